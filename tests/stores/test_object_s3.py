"""What is particular to buckets; what every store promises is in `test_objects.py`."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3  # type: ignore[import-untyped]
import pytest

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.object_s3 import Bucket, ObjectS3
from guardrail.stores.state import State

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _access(s3_access: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3_access.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def endpoint(s3: str) -> str:
    return s3.partition("endpoint=")[2].partition("&")[0]


@dataclass
class Clone:
    """What a store like S3 holds, which of the conditions it obeys, and how it fails.

    Attributes:
        answers: how many writes are answered; the connection is cut after those that are not.
    """

    obeys: frozenset[str] = frozenset({"If-None-Match", "If-Match"})
    held: dict[str, bytes] = field(default_factory=dict)
    tags: bool = True
    answers: int = 1_000
    writes: int = 0
    busy: int = 0

    def write(self, path: str, data: bytes, headers: Mapping[str, str]) -> int:
        self.writes += 1
        if self.busy:
            self.busy -= 1
            return 503
        wanted = headers.get("If-Match") if "If-Match" in self.obeys else None
        if headers.get("If-None-Match") and path in self.held and "If-None-Match" in self.obeys:
            return 412
        if wanted is not None and wanted != self.tag(path):
            return 412 if path in self.held else 404
        self.held[path] = data
        return 200

    def tag(self, path: str) -> str:
        return f'"{hashlib.sha256(self.held.get(path, b"")).hexdigest()[:32]}"'


class Speaking(BaseHTTPRequestHandler):
    """HTTP for a `Clone`."""

    protocol_version = "HTTP/1.1"
    clone: Clone

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.title(): value for name, value in self.headers.items()}
        status = self.clone.write(self.path, data, headers)
        self.clone.answers -= 1
        if self.clone.answers < 0:
            self.close_connection = True
            return
        self._answer(status, b"", {"ETag": self.clone.tag(self.path)} if status == 200 else {})

    def do_GET(self) -> None:
        data = self.clone.held.get(self.path)
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", {})
            return
        headers = {"Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}
        if self.clone.tags:
            headers["ETag"] = self.clone.tag(self.path)
        self._answer(200, data, headers)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"<DeleteResult></DeleteResult>", {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def clone() -> Iterator[Clone]:
    held = Clone()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (Speaking,), {"clone": held}), bind_and_activate=True
    )
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    held.held["port"] = str(server.server_address[1]).encode()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def at(clone: Clone) -> Bucket:
    return Bucket(name="b", endpoint=f"http://127.0.0.1:{clone.held['port'].decode()}")


def test_a_store_that_obeys_conditions_is_taken(clone: Clone) -> None:
    objects = ObjectS3(at(clone))
    assert objects.create("a", b"one")
    assert objects.swap("a", b"two", expected=b"one")
    assert clone.held["/b/a"] == b"two"


@pytest.mark.parametrize("obeys", [[], ["If-None-Match"], ["If-Match"]])
def test_a_store_that_passes_over_a_condition_in_silence_is_refused(
    clone: Clone, obeys: list[str]
) -> None:
    clone.obeys = frozenset(obeys)
    with pytest.raises(ConfigError, match="passes over the conditions") as caught:
        ObjectS3(at(clone))
    assert "PostgreSQL" in caught.value.fix


def test_a_store_without_tags_is_refused(clone: Clone) -> None:
    clone.tags = False
    with pytest.raises(ConfigError, match="passes over the conditions"):
        ObjectS3(at(clone))


def test_a_swap_whose_answer_is_lost_is_an_error_and_never_repeated(clone: Clone) -> None:
    objects = ObjectS3(at(clone))
    objects.create("a", b"one")
    clone.answers, clone.writes = 0, 0
    with pytest.raises(EvidenceError, match="can't be reached"):
        objects.swap("a", b"two", expected=b"one")
    assert clone.writes == 1
    clone.answers = 1_000
    assert objects.read("a") == b"two"


def test_a_create_is_repeated_while_the_store_is_busy(clone: Clone) -> None:
    objects = ObjectS3(at(clone))
    clone.busy, clone.writes = 2, 0
    assert objects.create("a", b"one")
    assert clone.writes == 3
    assert objects.read("a") == b"one"


def test_a_create_whose_answer_is_lost_is_repeated_and_finds_its_own(clone: Clone) -> None:
    objects = ObjectS3(at(clone))
    clone.writes = 0
    lost = threading.Event()
    plain = clone.write

    def write(path: str, data: bytes, headers: Mapping[str, str]) -> int:
        status = plain(path, data, headers)
        if not lost.is_set():
            lost.set()
            return 500
        return status

    clone.write = write  # type: ignore[method-assign]
    assert objects.create("a", b"one")
    assert clone.writes == 2


def test_what_was_taken_away_before_a_swap_is_no_error(clone: Clone) -> None:
    objects = ObjectS3(at(clone))
    objects.create("a", b"one")
    plain = clone.write

    def write(path: str, data: bytes, headers: Mapping[str, str]) -> int:
        clone.held.pop(path, None)
        return plain(path, data, headers)

    clone.write = write  # type: ignore[method-assign]
    assert not objects.swap("a", b"two", expected=b"one")


def test_a_bucket_that_isnt_there_is_told_and_never_made(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="isn't there") as caught:
        ObjectS3(Bucket(name="no-such-bucket", endpoint=endpoint, region="us-east-1"))
    assert "never" in caught.value.fix


def test_a_bucket_that_was_taken_away_isnt_an_empty_log(
    endpoint: str, s3_access: Mapping[str, str]
) -> None:
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="vanishing")
    objects = ObjectS3(Bucket(name="vanishing", endpoint=endpoint, region="us-east-1"))
    assert objects.read("a") is None
    assert objects.read("a", 5) is None
    client.delete_bucket(Bucket="vanishing")
    client.close()
    for start in (0, 5):
        with pytest.raises(EvidenceError, match="isn't there"):
            objects.read("a", start)
    with pytest.raises(EvidenceError):
        objects.create("a", b"")
    with pytest.raises(EvidenceError):
        objects.swap("a", b"", expected=None)


def test_wrong_keys_are_told_of_without_them(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret-word")
    with pytest.raises(ConfigError, match=r"refuses these credentials \(403\)") as caught:
        open_objects(s3, State(tmp_path))
    assert "secret-word" not in f"{caught.value} {caught.value.fix}"
    assert caught.value.__suppress_context__


def test_a_store_that_isnt_there_is_told_of(free_ports: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match="can't be reached"):
        ObjectS3(Bucket(name="b", endpoint=f"http://127.0.0.1:{free_ports[0]}"))


def test_an_object_that_is_too_large_is_refused_before_it_is_read(
    endpoint: str, s3: str, tmp_path: Path
) -> None:
    objects = open_objects(s3.replace("evidence?", "evidence/top?"), State(tmp_path))
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.put_object(Bucket="evidence", Key="top/a", Body=bytes(OBJECT_LIMIT + 1))
    for start in (0, OBJECT_LIMIT):
        with pytest.raises(EvidenceError, match=str(OBJECT_LIMIT + 1)):
            objects.read("a", start)
    assert list(objects.names("")) == ["a"]
    objects.delete(["a"])
    client.close()


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cant_be_read_are_told_of(tmp_path: Path, content: bytes | None) -> None:
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_bytes(content)
    with pytest.raises(ConfigError):
        ObjectS3(Bucket(name="b", endpoint="https://127.0.0.1:1", ca=ca))


def test_what_is_taken_away_from_a_locked_bucket_stays_as_a_version(
    endpoint: str, s3: str, tmp_path: Path
) -> None:
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    client.put_object_lock_configuration(
        Bucket="locked",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
    )
    objects = open_objects(s3.replace("evidence?", "locked/top?"), State(tmp_path))
    assert objects.create("a", b"one")
    assert objects.swap("a", b"two", expected=b"one")
    objects.delete(["a"])
    assert objects.read("a") is None
    versions = client.list_object_versions(Bucket="locked", Prefix="top/a")["Versions"]
    assert len(versions) == 2
    for version in versions:
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(
                Bucket="locked", Key=version["Key"], VersionId=version["VersionId"]
            )
    client.close()
