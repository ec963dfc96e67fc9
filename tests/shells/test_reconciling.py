from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client import generate_latest

from guardrail.errors import BadInput
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.evidence.reconcile import reconcile
from guardrail.settings import Settings
from guardrail.shells.evidence_log import open_writer, settle
from guardrail.shells.reconciling import begun, counted_in, records_of, scraped
from guardrail.stores.evidence_reader import FIRST_SHARD_US
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.telemetry import Metrics

HIT: Value = {"rule": "kz.10", "action": "mask"}


@pytest.fixture
def objects(tmp_path: Path) -> ObjectFolder:
    return ObjectFolder(State(tmp_path).evidence)


def worked(settings: Settings, objects: ObjectFolder, requests: int) -> str:
    """Let a guard's writer put requests on record; return what its metrics say after that."""
    metrics = Metrics()
    writer = open_writer(settings, objects, metrics)
    fields: dict[str, Value] = {"dir": "request", "hits": [HIT]}
    entries = [
        Entry(kind=EntryKind.REQUEST, req=f"req_{n}", fields=fields) for n in range(requests)
    ]
    writer.append(entries).result()
    writer.close()
    return generate_latest(metrics.registry).decode()


def test_metrics_of_several_guards_are_what_the_log_says_wherever_the_entries_are(
    tmp_path: Path, objects: ObjectFolder
) -> None:
    settings = Settings(state=tmp_path)
    texts = {"one": worked(settings, objects, 3)}
    settle(settings)
    texts["two"] = worked(settings, objects, 5)
    worked(settings, objects, 7)  # a third that isn't asked about; this and the second one wait
    counted = counted_in(texts)
    assert sorted(counted.writers.values()) == [5, 7]  # with each one's start and stop
    assert counted.totals.decisions == {("request", "kz.10", "mask"): 8}
    assert reconcile(counted, records_of(objects, counted.writers)) == []
    settle(settings)
    assert reconcile(counted, records_of(objects, counted.writers)) == []


def test_one_guards_metrics_given_twice_are_refused(tmp_path: Path, objects: ObjectFolder) -> None:
    text = worked(Settings(state=tmp_path), objects, 1)
    with pytest.raises(BadInput, match="counted twice"):
        counted_in({"one": text, "again": text})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no guardrail_audit_writer_records_total"),
        ("process_start_time_seconds 1\n", "has no guardrail_audit_writer"),
        ("{{{", "it:"),
        ("guardrail_audit_records_total 1\n", "kind"),
    ],
)
def test_what_are_no_metrics_of_a_guard_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        counted_in({"it": text})


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write("көрсеткіш".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/metrics"
        server.shutdown()
        thread.join()


def test_metrics_come_from_a_file_or_a_url(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text("көрсеткіш", "utf-8")
    with served() as url:
        assert scraped(url) == scraped(str(tmp_path / "metrics")) == "көрсеткіш"


@pytest.mark.parametrize("where", ["missing", "http://127.0.0.1:1/metrics", "http://[", "bytes"])
def test_metrics_that_cant_be_had_are_told_by_their_place(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bytes").write_bytes(b"\xff")
    with pytest.raises(BadInput) as caught:
        scraped(where)
    assert str(caught.value).startswith(f"{where}: ")


def test_a_writers_name_tells_when_it_began() -> None:
    assert begun("0660ed266edde3-d9e79242") == 0x0660ED266EDDE3
    assert begun("made-up-by-hand-0a0a0a0a") == FIRST_SHARD_US
