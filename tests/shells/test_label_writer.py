"""Media go to a process and come back labelled; whatever that process says, it is judged."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget
from guardrail.disclose import label, marks
from guardrail.disclose.c2pa import development, verify
from guardrail.disclose.layers import BESIDE, SIGNED, TAGS, VISIBLE, WATERMARK, Layered, Said
from guardrail.disclose.watermark import Spread, detected
from guardrail.errors import ConfigError
from guardrail.shells.label_writer import Kit, LabelWriter, _read, _vouched
from guardrail.shells.workers import Worker
from guardrail.testing import pictures
from guardrail.testing.time_authority import TimeAuthority

# The processes read the clock.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = development(NOW)
KEY = b"k" * 32
KIT = Kit(credentials=(MADE.credential,), anchors=MADE.root, watermark_key=KEY)
PICTURE = pictures.encoded(pictures.scene(480, 400))
SAID = Said(
    label=label(
        id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
        kind="synthetic",
        model="m",
        provider="ТОО Пример",
        created=1_763_787_600,
    ),
    details=marks.Details(producer="990140001234"),
    words=("ЖИ · ИИ",),
)
ALL = (VISIBLE, WATERMARK, TAGS, SIGNED)


@pytest.fixture(scope="module")
def writer() -> Iterator[LabelWriter]:
    one = LabelWriter(KIT, seconds=60)
    yield one
    one.close()


def is_whole(data: bytes) -> bool:
    found = marks.read(data)
    return (
        verify(data, "image/png", anchors=MADE.root).found[0].trusted
        and detected(data, Spread(KEY)) is not None
        and "ai-generated" in {one.level for one in found}
    )


# ------------------------------------------------------------------ the whole way


def test_a_medium_comes_back_with_every_layer(writer: LabelWriter) -> None:
    done = writer.write(PICTURE, SAID)
    assert (done.medium, done.written, dict(done.missing)) == ("image/png", ALL, {})
    assert done.why_not == "no_authority"
    assert is_whole(done.data)


def test_one_process_writes_all_and_keeps_nothing_of_the_last(writer: LabelWriter) -> None:
    first = writer.write(PICTURE, SAID)
    [worker] = writer._workers._free.queue
    other = writer.write(b"# A\n", SAID, "text/markdown")
    assert (other.medium, other.written) == ("text/markdown", (TAGS,))
    nothing = writer.write(b"no medium", SAID)
    assert nothing.written == ()
    assert nothing.missing == {
        VISIBLE: "unsupported_format",
        TAGS: "no_carrier",
        SIGNED: "unsupported_format",
    }
    assert [*writer._workers._free.queue] == [worker]
    assert first.data != PICTURE


def test_what_a_medium_is_said_to_be_may_be_anything(writer: LabelWriter) -> None:
    assert writer.write(PICTURE, SAID, "\ud800" * 900).written == ALL


@pytest.mark.parametrize(
    "spell",
    [
        lambda data: b64encode(data).decode(),
        lambda data: b64encode(data).decode().rstrip("="),
        lambda data: b64encode(data, b"-_").decode(),
        lambda data: "data:image/png;base64," + b64encode(data).decode(),
    ],
    ids=["base64", "without padding", "for URLs", "a data URL"],
)
def test_what_was_spelt_in_base64_is_spelt_back_so(
    writer: LabelWriter, spell: Callable[[bytes], str]
) -> None:
    held = spell(PICTURE)
    done = writer.respelt(held, held, SAID)
    head = held.partition("base64,")[0] if held.startswith("data:") else ""
    assert done.held.startswith(head)
    body = done.held.rpartition(",")[2]
    # How one without padding is meant isn't known where none was needed.
    assert ("=" in body) <= ("=" in held or len(PICTURE) % 3 == 0)
    assert {"+", "/"}.isdisjoint(body) is {"+", "/"}.isdisjoint(held.rpartition(",")[2])
    plain = body.replace("-", "+").replace("_", "/")
    assert is_whole(b64decode(plain + "=" * (-len(plain) % 4)))
    assert done.layered.written == ALL


def test_bytes_come_back_as_latin_1_whatever_stands_in_their_place(writer: LabelWriter) -> None:
    for now in (PICTURE, PICTURE.decode("latin-1")):
        done = writer.respelt(PICTURE, now, SAID)
        assert is_whole(done.held.encode("latin-1"))


def test_what_stands_in_its_place_by_now_is_labelled_and_not_what_was_held(
    writer: LabelWriter,
) -> None:
    held = b64encode(PICTURE).decode()
    redacted = pictures.encoded(pictures.scene(300, 300, seed=2))
    done = writer.respelt(held, b64encode(redacted).decode(), SAID)
    left = b64decode(done.held)
    assert is_whole(left)
    # Width and height stand at the head of a PNG.
    assert struct.unpack(">II", left[16:24]) == (300, 300)


@pytest.mark.parametrize(
    ("held", "reason"),
    [("", "not_base64"), ("(!) ; (?)", "not_base64"), ("a+b-c", "not_base64")],
)
def test_what_stands_for_no_bytes_isnt_labelled(
    writer: LabelWriter, held: str, reason: str
) -> None:
    done = writer.respelt(held, held, SAID)
    assert (done.held, dict(done.layered.missing)) == ("", {TAGS: reason})


def test_where_nothing_could_be_put_in_nothing_stands_in_its_place(writer: LabelWriter) -> None:
    done = writer.respelt(b"no medium", b"no medium", SAID)
    assert done.held == ""
    assert done.layered.missing[TAGS] == "no_carrier"


def test_another_kit_labels_the_next_medium() -> None:
    other = development(NOW - timedelta(days=3), organisation="Мысал ЖШС")
    writer = LabelWriter(KIT, seconds=60)
    [before] = verify(writer.write(PICTURE, SAID).data, "image/png", anchors=MADE.root).found
    assert not writer.use(replace(KIT))
    assert writer.use(replace(KIT, credentials=(other.credential,), anchors=other.root))
    data = writer.write(PICTURE, SAID).data
    [after] = verify(data, "image/png", anchors=other.root).found
    assert (before.trusted, after.trusted) == (True, True)
    assert not verify(data, "image/png", anchors=MADE.root).found[0].trusted
    writer.close()


# ------------------------------------------------------------------ bounds


def test_what_is_too_large_is_never_sent() -> None:
    writer = LabelWriter(KIT, budget=Budget(encoded_bytes=10))
    for one in (b"x" * 11, b64encode(b"x" * 11).decode()):
        assert writer.respelt(one, one, SAID).layered.missing == {TAGS: "too_large"}
    assert writer.write(b"x" * 11, SAID).missing == {TAGS: "too_large"}
    assert list(writer._workers._free.queue) == [None]


def test_a_closed_writer_labels_nothing() -> None:
    writer = LabelWriter(KIT)
    writer.close()
    done = writer.respelt(PICTURE, PICTURE, SAID)
    assert (done.held, dict(done.layered.missing)) == ("", {TAGS: "no_worker"})


def test_secrets_are_in_no_argument_and_in_no_words(writer: LabelWriter) -> None:
    assert KEY.hex() not in repr(KIT)
    assert "PRIVATE" not in repr(KIT)
    job = writer._workers._job
    assert list(job.arguments) == [str((20 << 20) + (16 << 20))]
    assert b"PRIVATE" not in job.greeting
    assert KEY.hex().encode() in job.greeting


# ------------------------------------------------------------------ who holds the key


def memory_of(pid: int) -> bytes:
    """Return all that a process has written into its memory."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
            place, rights, *_ = line.split()
            start, end = (int(one, 16) for one in place.split("-"))
            if rights.startswith("rw"):
                memory.seek(start)
                with suppress(OSError):
                    found.append(memory.read(end - start))
    return b"\0".join(found)


def test_no_process_that_parses_media_holds_the_key_that_signs(writer: LabelWriter) -> None:
    assert SIGNED in writer.write(PICTURE, SAID).written
    [worker] = writer._workers._free.queue
    assert worker is not None
    folder = Path(f"/proc/{worker.process.pid}")
    known = [(folder / one).read_bytes() for one in ("environ", "cmdline")]
    memory = memory_of(worker.process.pid)
    key = serialization.load_pem_private_key(MADE.credential.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    scalar = key.private_numbers().private_value.to_bytes(32, "big")
    pem = b"".join(MADE.credential.key.splitlines()[1:-1])
    for one in (*known, memory):
        for secret in (scalar, scalar[::-1], pem[:64], b64decode(pem)):
            assert secret not in one
    # What it does hold is found in the same way.
    assert KEY in memory
    assert MADE.credential.chain[100:164] in memory


def asking(*heads: dict[str, object], said: bytes = b"words") -> str:
    """Return a process that asks for these, one after another, and then says that all is well."""
    return f"""
import json, socket, struct, sys
from guardrail.shells.frames import receive, send
pipe = socket.socket(fileno=int(sys.argv[1]))
head, _ = receive(pipe, 1 << 30)
for one in {heads!r}:
    send(pipe, {{"task": head["task"], **one}}, {said!r})
    receive(pipe, 1 << 20)
send(pipe, {FINE!r}, b"data")
receive(pipe, 9)
"""


def captured(writer: LabelWriter, code: str) -> Worker:
    """Put a process that somebody took over in the place of a worker."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
    worker = Worker(process, ours, serves=writer._workers._job.serves)
    assert writer._workers._free.get() is None
    writer._workers._free.put(worker)
    return worker


@pytest.mark.parametrize(
    ("heads", "reason"),
    [
        ([{"ask": "sign"}], "not_a_claim"),
        ([{"ask": "sign", "task": "another"}], "another_task"),
        ([{"ask": "stamp"}], "not_now"),
        ([{"ask": "key"}], "not_now"),
    ],
)
def test_a_process_that_was_taken_over_gets_nothing_and_is_ended(
    heads: list[dict[str, object]], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    writer = LabelWriter(KIT)
    worker = captured(writer, asking(*heads))
    done = writer.respelt(PICTURE, PICTURE, SAID)
    assert (done.held, dict(done.layered.missing)) == ("", {TAGS: "worker_confused"})
    assert worker.process.returncode == -signal.SIGKILL
    assert reason in caplog.text
    assert list(writer._workers._free.queue) == [None]


def test_a_process_that_asks_for_nothing_may_say_that_it_signed_nothing() -> None:
    writer = LabelWriter(KIT)
    captured(writer, asking())
    assert writer.write(PICTURE, SAID).written == ("tags",)
    writer.close()


STORE = """
import hashlib, os, pathlib, time
from guardrail.disclose.c2pa.certificates import from_pem
from guardrail.disclose.c2pa.local import local

FOLDER = pathlib.Path(__file__).parent
CREDENTIAL = from_pem((FOLDER / "chain.pem").read_bytes(), (FOLDER / "key.pem").read_bytes(), None)
SIGNS = local(CREDENTIAL)

def sign(message):
    (FOLDER / "signing").write_text(f"{os.getpid()} {os.environ.get('GUARDRAIL_SECRET')}")
    while (FOLDER / "stuck").exists():
        time.sleep(0.02)
    return SIGNS(message)
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a key store's module, as an operator writes one."""
    (tmp_path / "a_store_of_keys.py").write_text(STORE)
    (tmp_path / "chain.pem").write_bytes(MADE.credential.chain)
    (tmp_path / "key.pem").write_bytes(MADE.credential.key)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("GUARDRAIL_SECRET", "hunter2")
    return tmp_path


PUBLIC = replace(MADE.credential, key=b"")
ELSEWHERE = replace(KIT, credentials=(PUBLIC,), signer="a_store_of_keys:sign", visible=False)


@pytest.fixture
def remote() -> Iterator[Callable[..., LabelWriter]]:
    made: list[LabelWriter] = []

    def one(seconds: float = 60.0, signer: str = ELSEWHERE.signer) -> LabelWriter:
        made.append(LabelWriter(replace(ELSEWHERE, signer=signer), seconds=seconds))
        return made[-1]

    yield one
    for each in made:
        each.close()


Remote = Callable[..., LabelWriter]


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came to be")


def stuck(writer: LabelWriter, store: Path) -> tuple[threading.Thread, list[Layered], int]:
    """Begin a medium whose signature doesn't come; return the process that should sign."""
    (store / "stuck").touch()
    (store / "signing").unlink(missing_ok=True)
    done: list[Layered] = []
    working = threading.Thread(target=lambda: done.append(writer.write(PICTURE, SAID)))
    working.start()
    until(lambda: (store / "signing").exists() and bool((store / "signing").read_text()))
    return working, done, int((store / "signing").read_text().split()[0])


def test_a_function_signs_in_a_process_that_sees_no_media_and_no_environment(
    remote: Remote, store: Path
) -> None:
    writer = remote()
    done = writer.write(PICTURE, SAID)
    assert verify(done.data, "image/png", anchors=MADE.root).found[0].trusted
    signing, secret = (store / "signing").read_text().split()
    [worker] = writer._workers._free.queue
    assert worker is not None
    assert (int(signing) in {worker.process.pid, os.getpid()}, secret) == (False, "None")


def test_a_process_that_is_killed_while_its_label_is_signed_costs_that_medium(
    remote: Remote, store: Path
) -> None:
    writer = remote()
    writer.write(PICTURE, SAID)
    [worker] = writer._workers._free.queue
    assert worker is not None
    working, done, _ = stuck(writer, store)
    os.kill(worker.process.pid, signal.SIGKILL)
    (store / "stuck").unlink()
    working.join()
    assert [dict(one.missing) for one in done] == [{TAGS: "crashed"}]
    assert SIGNED in writer.write(PICTURE, SAID).written


def test_a_signers_process_that_is_killed_leaves_the_medium_without_a_manifest(
    remote: Remote, store: Path
) -> None:
    writer = remote()
    working, done, signing = stuck(writer, store)
    os.kill(signing, signal.SIGKILL)
    working.join()
    assert [dict(one.missing) for one in done] == [{SIGNED: "signer_failed"}]
    (store / "stuck").unlink()
    assert SIGNED in writer.write(PICTURE, SAID).written


def test_a_function_that_is_stuck_costs_no_more_than_the_mediums_time(
    remote: Remote, store: Path
) -> None:
    writer = remote()
    writer.write(PICTURE, SAID)
    writer._workers._seconds = 3.0
    begun = time.monotonic()
    working, done, signing = stuck(writer, store)
    working.join()
    assert time.monotonic() - begun < 20  # the signer's own time is 60
    assert [dict(one.missing) for one in done] == [{TAGS: "timeout"}]
    assert not Path(f"/proc/{signing}").exists()
    (store / "stuck").unlink()


@pytest.mark.usefixtures("store")
def test_without_the_function_nothing_is_labelled(remote: Remote) -> None:
    assert remote(signer="a_store_of_keys:nothing").write(PICTURE, SAID).missing == {
        TAGS: "no_worker"
    }


# ------------------------------------------------------------------ time-stamps


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the address of an authority, and its root."""
    times = TimeAuthority(tmp_path)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = times.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", times.root.read_bytes()
        server.shutdown()


def test_the_guard_asks_the_authority_for_what_a_process_wrote(
    authority: tuple[str, bytes],
) -> None:
    url, root = authority
    writer = LabelWriter(replace(KIT, authority=url, authority_seconds=20.0), seconds=60)
    done = writer.write(PICTURE, SAID)
    assert (done.written, done.why_not, done.store) == (ALL, "", b"")
    told = verify(done.data, "image/png", anchors=MADE.root + root)
    assert told.found[0].signed_at > 0
    writer.close()


def test_an_authority_that_is_down_is_asked_once_and_media_leave() -> None:
    kit = replace(KIT, authority="http://127.0.0.1:9/", visible=False)
    writer = LabelWriter(kit, seconds=60)
    for _ in range(2):
        done = writer.write(PICTURE, SAID)
        assert (SIGNED in done.written, done.why_not) == (True, "authority_failed")
        assert done.store
    writer.close()


def test_an_address_that_is_none_labels_nothing_and_changes_nothing(writer: LabelWriter) -> None:
    wrong = replace(KIT, authority="file:///etc/passwd")
    with pytest.raises(ConfigError):
        LabelWriter(wrong)
    with pytest.raises(ConfigError):
        writer.use(wrong)
    assert not writer.use(KIT)


# ------------------------------------------------------------------ confused processes

FINE = {"medium": "image/png", "written": ["tags"], "missing": {}, "why_not": ""}
WRONG: dict[str, dict[str, object]] = {
    "nothing": dict.fromkeys(FINE),
    "no layers": {"written": None},
    "layers as a text": {"written": "tags"},
    "an unknown layer": {"written": ["tags", "magic"]},
    "a layer that is no name": {"written": [["tags"]]},
    "a layer twice": {"written": ["tags", "tags"]},
    "a layer that is there and isn't": {"missing": {"tags": "too_large"}},
    "no reasons": {"missing": ["signed"]},
    "a reason for nothing": {"missing": {"magic": "too_large"}},
    "words for a reason": {"missing": {"signed": "Not a slug: 900101300017"}},
    "no reason": {"missing": {"signed": ""}},
    "a number for a reason": {"missing": {"signed": 5}},
    "a list for a reason": {"missing": {"signed": ["too_large"]}},
    "no medium": {"medium": None},
    "words for a medium": {"medium": "image/png 900101300017"},
    "two lines for a medium": {"medium": "image/png\n"},
    "words for no time-stamp": {"why_not": "Not a slug"},
    "a number for no time-stamp": {"why_not": 5},
    "zero for no time-stamp": {"why_not": 0},
    "a list for no time-stamp": {"why_not": []},
}


def plant(writer: LabelWriter, raw: bytes) -> Worker:
    """Put a process that says this in the place of a worker."""
    ours, theirs = socket.socketpair()
    code = (
        f"import socket, time; pipe = socket.socket(fileno={theirs.fileno()})\n"
        f"pipe.recv(1 << 20)\npipe.sendall({raw!r})\ntime.sleep(60)"
    )
    with theirs:
        process = subprocess.Popen([sys.executable, "-c", code], pass_fds=[theirs.fileno()])
    worker = Worker(process, ours)
    assert writer._workers._free.get() is None
    writer._workers._free.put(worker)
    return worker


def message(head: object, data: bytes = b"data") -> bytes:
    raw = orjson.dumps(head)
    return struct.pack(">IQ", len(raw), len(data)) + raw + data


def test_an_answer_that_makes_sense_is_taken() -> None:
    writer = LabelWriter(KIT)
    plant(writer, message(FINE))
    done = writer.write(PICTURE, SAID)
    assert (done.data, done.medium, done.written) == (b"data", "image/png", ("tags",))
    writer.close()


@pytest.mark.parametrize("how", WRONG)
def test_every_wrong_answer_is_no_label_and_no_text_for_evidence(how: str) -> None:
    with pytest.raises(ValueError, match="no label"):
        _read({**FINE, **WRONG[how]}, b"data")


@pytest.mark.parametrize("how", ["a layer that is no name", "words for a reason"])
def test_a_process_that_is_confused_is_replaced(how: str) -> None:
    writer = LabelWriter(KIT)
    worker = plant(writer, message({**FINE, **WRONG[how]}))
    done = writer.respelt(PICTURE, PICTURE, SAID)
    assert (done.held, dict(done.layered.missing)) == ("", {TAGS: "worker_confused"})
    assert worker.process.returncode is not None
    assert list(writer._workers._free.queue) == [None]


def test_a_label_without_a_medium_in_it_is_none() -> None:
    with pytest.raises(ValueError, match="no label"):
        _read(FINE, b"")
    assert _read({**FINE, "written": [], "missing": {"tags": "no_carrier"}}, b"").written == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tags", "signed", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({name: JSON | st.just(FINE[name]) for name in FINE}))
def test_whatever_is_answered_is_a_label_or_none(head: dict[str, object]) -> None:
    try:
        made = _read(head, b"data")
    except ValueError:
        return
    assert set(made.written) <= set(ALL)
    assert all(reason.isascii() for reason in made.missing.values())
    assert made.medium.isascii()
    assert made.why_not.isascii()


# ------------------------------------------------------------------ texts


PAGE = b"<!doctype html><html><head></head><body>A</body></html>"


def test_a_text_gets_a_manifest_beside_it_and_stays_as_it_is(writer: LabelWriter) -> None:
    assert writer.signs
    made = writer.vouch(PAGE, SAID, "text/html")
    assert (made.medium, made.written, made.data) == ("text/html", (BESIDE,), b"")
    [mark] = verify(PAGE, "text/html", anchors=MADE.root, sidecar=made.beside).found
    assert (mark.trusted, mark.label_id, mark.kind) == (True, SAID.label.id, "synthetic")
    other = verify(PAGE + b" ", "text/html", anchors=MADE.root, sidecar=made.beside)
    assert other.conclusion == "mark_invalid"


def test_a_text_has_a_process_of_its_own_and_waits_for_no_authority(
    writer: LabelWriter,
) -> None:
    unheard = replace(KIT, authority="http://127.0.0.1:9/", authority_seconds=30.0)
    own = LabelWriter(unheard, seconds=60)
    made = own.vouch(PAGE, SAID, "text/html")
    assert (made.written, made.why_not) == ((BESIDE,), "no_authority")
    assert list(own._workers._free.queue) == [None]
    own.close()


def test_a_text_is_told_why_it_has_no_manifest() -> None:
    nobody = LabelWriter(replace(KIT, credentials=()))
    assert not nobody.signs
    assert nobody.vouch(PAGE, SAID, "text/html").missing == {SIGNED: "no_certificate"}
    nobody.close()
    assert nobody.vouch(PAGE, SAID, "text/html").missing == {SIGNED: "no_worker"}
    small = LabelWriter(KIT, budget=Budget(encoded_bytes=10))
    assert small.vouch(PAGE, SAID, "text/html").missing == {SIGNED: "too_large"}
    assert list(small._vouchers._free.queue) == [None]


def test_what_is_answered_for_a_text_is_a_manifest_or_nothing() -> None:
    head = {"medium": "text/html", "written": ["beside"], "missing": {}, "why_not": ""}
    assert _vouched(head, b"a manifest").beside == b"a manifest"
    nothing = {**head, "written": [], "missing": {"signed": "timeout"}}
    assert _vouched(nothing, b"").missing == {"signed": "timeout"}
    for wrong, data in ((nothing, b"x"), ({**head, "written": ["tags", "beside"]}, b"x")):
        with pytest.raises(ValueError, match="no label"):
            _vouched(wrong, data)
