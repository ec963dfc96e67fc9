"""Workers crash, hang and lie: a verdict comes back, and the next medium is looked into."""

from __future__ import annotations

import io
import signal
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.raw_sound import RawSound
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media import MediaPool
from guardrail.shells.media import pool as module
from guardrail.shells.media.pool import NOT_INSTALLED, is_installed
from guardrail.shells.workers import Worker
from guardrail.testing import biometrics, documents, pictures

pytestmark = pytest.mark.xdist_group("media")

RECORD = biometrics.finger_minutiae()
PORTRAIT = pictures.encoded(pictures.portrait(256))
SEEN = ["BIOMETRIC_TEMPLATE"]


def entities(inspected: Inspected) -> list[str]:
    return [one.entity for one in inspected.seen]


def worker_of(pool: MediaPool) -> Worker:
    worker = pool._workers._free.queue[-1]
    assert worker is not None
    return worker


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came to be")


def plant(pool: MediaPool, code: str) -> Worker:
    """Put a process of our own in the place of a worker; `pipe` is its socket."""
    ours, theirs = socket.socketpair()
    begin = f"import socket, struct, time; pipe = socket.socket(fileno={theirs.fileno()})\n"
    with theirs:
        process = subprocess.Popen([sys.executable, "-c", begin + code], pass_fds=[theirs.fileno()])
    worker = Worker(process, ours)
    taken = pool._workers._free.get()
    if taken is not None:
        taken.end()
    pool._workers._free.put(worker)
    return worker


def frame(head: bytes, data: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">IQ", len(head), len(data) if size is None else size) + head + data


def answering(raw: bytes) -> str:
    return f"pipe.recv(1 << 20)\npipe.sendall({raw!r})\ntime.sleep(60)"


# ------------------------------------------------------------------ one that works


def test_what_is_in_a_medium_comes_back(pool: MediaPool) -> None:
    inspected = pool.inspect(PORTRAIT, "audio/wav")
    assert entities(inspected) == ["FACE"]
    assert inspected.flags == ("declared_type_differs",)
    assert entities(pool.inspect(RECORD, name="a.bin")) == SEEN
    assert pool.inspect(b"text").reason == "unknown_format"
    assert pool.inspect(b"").reason == "unknown_format"


def test_a_worker_that_reads_no_files_hears_aac_and_films(pool: MediaPool) -> None:
    folder = Path(__file__).parents[2] / "detect" / "media" / "sound"
    for name in ("voice.aac", "voice.m4a", "voice.mp4", "voice.webm"):
        inspected = pool.inspect((folder / name).read_bytes())
        assert (entities(inspected), inspected.flags) == (["VOICE"], ())


def test_what_is_said_of_a_medium_may_be_anything(pool: MediaPool) -> None:
    assert entities(pool.inspect(RECORD, "\ud800" * 9, "\udcff\0" * 900)) == SEEN


def test_a_medium_is_redacted_or_it_is_said_why_not(pool: MediaPool) -> None:
    face = Redaction(entities=frozenset({"FACE"}))
    assert pool.inspect(pool.redact(PORTRAIT, face)).seen == ()
    with pytest.raises(Uninspectable) as caught:
        pool.redact(RECORD, face)
    assert caught.value.reason == "cannot_redact"


def test_documents_are_freed_by_a_worker_that_reads_no_files(pool: MediaPool) -> None:
    shown = pictures.encoded(pictures.portrait(256), ".jpg")
    face = Redaction(entities=frozenset({"FACE"}))
    for document in (
        documents.pdf(documents.jpeg_object(shown, 256, 256)),
        documents.office({"word/media/image1.jpeg": shown}),
    ):
        assert entities(pool.inspect(document)) == ["FACE"]
        assert pool.inspect(pool.redact(document, face)).seen == ()


def test_what_is_too_large_is_never_sent() -> None:
    pool = MediaPool(budget=Budget(encoded_bytes=10))
    assert pool.inspect(b"x" * 11).reason == "too_large"
    with pytest.raises(Uninspectable, match="too_large"):
        pool.redact(b"x" * 11, Redaction())
    assert list(pool._workers._free.queue) == [None]


def test_a_worker_is_bounded_and_has_nothing_open(pool: MediaPool) -> None:
    assert entities(pool.inspect(RECORD)) == SEEN
    process = Path(f"/proc/{worker_of(pool).process.pid}")
    limits = {
        line[:26].strip(): line[26:].split()[:2]
        for line in (process / "limits").read_text().splitlines()
    }
    most = str(2 << 30)
    assert limits["Max address space"] == [most, most]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["64", "64"]
    assert limits["Max file size"] == [str(64 << 20)] * 2
    assert limits["Max cpu time"][0] != "unlimited"

    def opened() -> list[str]:
        with suppress(FileNotFoundError):  # it looks at its own memory once it has answered
            return sorted(str(link.readlink()) for link in (process / "fd").iterdir())
        return []

    until(lambda: len(opened()) == 4)
    assert [name for name in opened() if not name.startswith("socket:")] == ["/dev/null"] * 3


def test_a_larger_budget_is_the_workers_too() -> None:
    budget = Budget(encoded_bytes=200, unpacked_bytes=100, pixels=10)
    pool = MediaPool(seconds=30, budget=budget)
    assert entities(pool.inspect(RECORD + bytes(190 - len(RECORD)))) == SEEN
    assert pool.inspect(pictures.empty_png(8, bits=1)).reason == "too_many_pixels"
    pool.close()


# ------------------------------------------------------------------ one that doesn't


def test_a_worker_that_hangs_is_a_verdict_and_so_is_a_pool_that_was_closed() -> None:
    pool = MediaPool(seconds=0.3)
    worker = plant(pool, "time.sleep(60)")
    assert pool.inspect(RECORD * 900).reason == "timeout"
    assert worker.process.returncode == -signal.SIGKILL
    pool.close()
    with pytest.raises(Uninspectable, match="no_worker"):
        pool.redact(RECORD, Redaction())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff" * 100, "crashed"),
        (frame(b"[]"), "crashed"),
        (frame(b"{"), "crashed"),
        (frame(b"{}", size=1 << 40), "crashed"),
        (b"\x80\x05cos\nsystem\n(S'touch x'\ntR.", "crashed"),
        (frame(b"{}"), "worker_confused"),
        (frame(b'{"verdict": "fine"}'), "worker_confused"),
        (frame(b'{"reason": "Not a slug: 900101300017"}'), "worker_confused"),
        (frame(b'{"verdict": "inspected", "seen": [{"entity": "FACE"}]}'), "worker_confused"),
    ],
)
def test_whatever_a_worker_says_is_a_verdict_and_it_says_no_more(raw: bytes, reason: str) -> None:
    pool = MediaPool(seconds=30)
    worker = plant(pool, answering(raw))
    assert pool.inspect(RECORD) == Inspected(verdict=Verdict.UNINSPECTABLE, reason=reason)
    assert worker.process.returncode is not None
    assert list(pool._workers._free.queue) == [None]
    plant(pool, answering(raw))
    with pytest.raises(Uninspectable, match=reason):
        pool.redact(RECORD, Redaction())


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_a_worker_that_doesnt_start_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    pool = MediaPool(seconds=30)
    monkeypatch.setattr(sys, "executable", python)
    for _ in range(2):
        assert pool.inspect(RECORD).reason == "no_worker"
    assert list(pool._workers._free.queue) == [None]


def test_without_the_extra_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_installed()
    monkeypatch.setattr(module, "_NEEDED", ("cv2", "no_such_library"))
    assert not is_installed()
    pool = MediaPool()
    assert pool.inspect(RECORD) == NOT_INSTALLED
    assert pool.listen(RawSound(b"")) == NOT_INSTALLED
    with pytest.raises(Uninspectable, match="media_extra_missing"):
        pool.redact(RECORD, Redaction())


# ------------------------------------------------------------------ the end


def test_a_worker_ends_with_its_guard() -> None:
    code = (
        "from guardrail.shells.media import MediaPool\n"
        "pool = MediaPool(seconds=30)\n"
        "pool.inspect(b'x')\n"
        "print(pool._workers._free.queue[-1].process.pid, flush=True)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    worker = int(done.stdout)
    until(lambda: not Path(f"/proc/{worker}").exists() or _is_dead(worker))


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


# ------------------------------------------------------------------ files that mean harm


def _zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _with_text(kind: bytes, body: bytes) -> bytes:
    return PORTRAIT[:33] + pictures.chunk(kind, body) + PORTRAIT[33:]


_SCENE = pictures.encoded(pictures.scene(64, 48), ".jpg")
_MUCH = zlib.compress(bytes(70 << 20), 9)
_NESTED = _zipped(a=_zipped(b=_zipped(c=_zipped(d=PORTRAIT))))
_ENTITIES = b'<!DOCTYPE s [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg><text>&b;</text></svg>'
HARM = {
    "a PNG of 400 million pixels": (pictures.empty_png(20_000, bits=1), "too_many_pixels"),
    "a PNG of 144 million pixels": (pictures.empty_png(12_000, bits=24), "too_many_pixels"),
    "a JPEG that lies": (pictures.with_stated_size(_SCENE, 65_500, 65_500), "too_many_pixels"),
    "an animation": (pictures.gif(300, 2_000), "too_many_frames"),
    "a compressed comment": (_with_text(b"zTXt", b"k\0\0" + _MUCH), "too_much_unpacked"),
    "a JPEG cut off": (_SCENE[:600], ""),
    "a PNG cut off": (PORTRAIT[:600], "truncated"),
    "entities": (_ENTITIES, "entities"),
    "a file's entity": (_ENTITIES.replace(b'"aa"', b'SYSTEM "file:///etc/passwd"'), "entities"),
    "elements in elements": (b"<svg>" + b"<g>" * 50_000, "too_deep"),
    "an archive": (_zipped(a=bytes(20 << 20)), "compressed_too_much"),
    "archives in archives": (_NESTED, "nested_too_deep"),
    "a PDF of junk": (b"%PDF-1.7\n" + bytes(range(256)) * 400, "broken"),
    "marks without records": (b"FMR\0 99\0" * 50_000, ""),
    "a TIFF that turns round": (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", ""),
}


@pytest.mark.parametrize("name", HARM)
def test_a_file_that_means_harm_gets_a_verdict_and_the_worker_lives(
    pool: MediaPool, name: str
) -> None:
    data, reason = HARM[name]
    pool.inspect(RECORD)
    worker = worker_of(pool)
    inspected = pool.inspect(data)
    assert inspected.verdict is Verdict.UNINSPECTABLE
    assert inspected.reason not in {"timeout", "crashed", "worker_confused", "inspection_failed"}
    assert not reason or inspected.reason == reason
    assert entities(pool.inspect(RECORD)) == SEEN
    assert worker_of(pool) is worker


def test_what_is_two_things_at_once_says_so(pool: MediaPool) -> None:
    script = b"GIF89a/*" + pictures.gif(1, 16)[8:] + b"*/=1;alert(1)//<script>"
    assert pool.inspect(script).reason == "polyglot"
    assert pool.inspect(_SCENE + _zipped(a=PORTRAIT)).reason == "polyglot"
