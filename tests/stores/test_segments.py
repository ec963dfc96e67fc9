import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, EvidenceLog, parse_line, verifier
from guardrail.stores.segments import Pace, SegmentLog, verify_directory

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "guard.example"
VKEY = str(verifier(ORIGIN, KEY.public_key()))
PACE = Pace()
NEVER = Pace(seal_every=3600)
WAIT = 20


def entry(n: int = 0) -> Entry:
    return Entry(kind=EntryKind.REQUEST, req=f"r{n}", fields={"status": 200})


def opened(directory: Path, writer: str | None = None, pace: Pace = PACE) -> SegmentLog:
    ticks = count(1_700_000_000_000_000)
    return SegmentLog(
        directory,
        signer=KEY,
        origin=ORIGIN,
        clock=lambda: next(ticks),
        writer=writer,
        pace=pace,
    )


@contextmanager
def log_in(directory: Path, writer: str | None = None, pace: Pace = PACE) -> Generator[SegmentLog]:
    log = opened(directory, writer, pace)
    try:
        yield log
    finally:
        log.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def failure_of(done: Future[tuple[str, ...]]) -> str:
    error = done.exception(WAIT)
    assert isinstance(error, EvidenceError)
    return str(error)


class Disk:
    """A way to make data durable that can be told to fail or to wait."""

    def __init__(self) -> None:
        self.broken = False
        self.ready = threading.Event()
        self.ready.set()

    def sync(self, fd: int) -> None:
        assert self.ready.wait(WAIT)
        if self.broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(fd)


def test_what_was_appended_is_there_in_order_and_sealed(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1") as log:
        port: EvidenceLog = log
        assert port.healthy
        assert port.append([entry(1), entry(2)]).result(WAIT) == ("w1-1", "w1-2")
        assert port.append([]).result(WAIT) == ()
        assert port.append([entry(3)]).result(WAIT) == ("w1-3",)
    lines = [parse_line(line) for line in (tmp_path / "w1.log").read_bytes().splitlines()]
    kinds = ["writer.start", "request", "request", "request", "writer.stop"]
    assert [line.kind for line in lines] == kinds
    assert [line.record.get("req") for line in lines] == [None, "r1", "r2", "r3", None]
    report = verify_directory(tmp_path, VKEY)
    assert report.ok
    assert (report.entries, report.unsealed) == (5, 0)


def test_nobody_else_may_read_the_evidence(tmp_path: Path) -> None:
    directory = tmp_path / "state" / "evidence"
    opened(directory).close()
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}
    assert {path.suffix for path in directory.iterdir()} == {".log", ".checkpoint"}


def test_new_entries_are_sealed_in_time(tmp_path: Path) -> None:
    with log_in(tmp_path, pace=Pace(seal_every=0.02)) as log:
        log.append([entry()]).result(WAIT)
        until(lambda: log.unsealed == 0)
        log.append([entry()]).result(WAIT)
        until(lambda: log.unsealed == 0)
        assert verify_directory(tmp_path, VKEY).unsealed == 0


def test_entries_wait_unsealed_till_the_end_at_a_slow_pace(tmp_path: Path) -> None:
    with log_in(tmp_path, pace=NEVER) as log:
        log.append([entry()]).result(WAIT)
        assert log.unsealed == 1
        assert verify_directory(tmp_path, VKEY).unsealed == 1
    assert verify_directory(tmp_path, VKEY).unsealed == 0


def test_a_flipped_byte_on_disk_is_found_and_named(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1") as log:
        log.append([entry()]).result(WAIT)
    for name, line in (("w1.log", 2), ("w1.checkpoint", 0)):
        path = tmp_path / name
        good = path.read_bytes()
        at = good.index(b"\n") + 1
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        problems = verify_directory(tmp_path, VKEY).problems
        assert (name, line) in {(problem.segment, problem.line) for problem in problems}
        path.write_bytes(good)
    assert verify_directory(tmp_path, VKEY).ok


def test_a_deleted_segment_is_missed(tmp_path: Path) -> None:
    for writer in ("w1", "w2", "w3"):
        opened(tmp_path, writer).close()
    (tmp_path / "w1.log").unlink()
    assert [problem.segment for problem in verify_directory(tmp_path, VKEY).problems] == [
        "w1.log"
    ] * 2
    (tmp_path / "w1.checkpoint").unlink()
    assert [str(problem) for problem in verify_directory(tmp_path, VKEY).problems] == [
        "w1.log: it is missing; a later writer saw 2 entries of it"
    ]


def test_a_start_lists_only_heads_that_no_start_lists_yet(tmp_path: Path) -> None:
    for writer in ("w1", "w2", "w3"):
        opened(tmp_path, writer).close()
    first = parse_line((tmp_path / "w3.log").read_bytes().splitlines()[0])
    heads = first.record["heads"]
    assert isinstance(heads, list)
    assert [head["w"] for head in heads] == ["w2"]


def test_a_name_that_is_taken_is_made_longer(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1"), log_in(tmp_path, "w1") as second:
        assert second.append([entry()]).result(WAIT)[0].startswith("w1-")
    assert verify_directory(tmp_path, VKEY).segments == 2


@pytest.mark.parametrize("writer", ["", "../w1", "W1", "w 1", "w" * 57])
def test_an_unfit_name_is_refused(tmp_path: Path, writer: str) -> None:
    with pytest.raises(EvidenceError, match="writer's id"):
        opened(tmp_path, writer)


def test_an_unfit_origin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="name"):
        SegmentLog(tmp_path, signer=KEY, origin="a b", clock=lambda: 1)


def test_many_threads_share_few_syncs(tmp_path: Path) -> None:
    with log_in(tmp_path, pace=NEVER) as log:
        done: list[Future[tuple[str, ...]]] = []

        def work() -> None:
            done.extend(log.append([entry(n)]) for n in range(250))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wait(done, WAIT).not_done
        assert len({item.result() for item in done}) == log.entries == 2000
        assert log.syncs < 1000
    assert verify_directory(tmp_path, VKEY).entries == 2002


def test_what_waits_is_written_in_one_group(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, pace=Pace(seal_every=3600, sync=disk.sync)) as log:
        disk.ready.clear()
        done = [log.append([entry()])]
        until(done[0].running)
        done += [log.append([entry(n)]) for n in range(100)]
        disk.ready.set()
        wait(done, WAIT)
        assert (log.entries, log.syncs) == (101, 2)


def test_two_writers_share_a_directory(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1") as one, log_in(tmp_path, "w2") as two:
        done = [log.append([entry(n)]) for n in range(50) for log in (one, two)]
        wait(done, WAIT)
        assert verify_directory(tmp_path, VKEY).ok
    report = verify_directory(tmp_path, VKEY)
    assert (report.ok, report.entries, report.unsealed) == (True, 104, 0)


def test_a_log_being_written_verifies_at_any_moment(tmp_path: Path) -> None:
    with log_in(tmp_path, pace=Pace(seal_every=0)) as log:
        for n in range(40):
            for m in range(20):
                log.append([entry(m)])
            assert verify_directory(tmp_path, VKEY).problems == (), n


def test_too_much_waiting_is_refused_at_once(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, pace=Pace(waiting=3, sync=disk.sync)) as log:
        disk.ready.clear()
        first = log.append([entry()])
        until(first.running)
        waiting = log.append([entry()] * 3)
        refused = log.append([entry()])
        assert refused.done()
        assert "3 entries are waiting" in failure_of(refused)
        disk.ready.set()
        assert len(waiting.result(WAIT)) == 3


def test_a_cancelled_entry_is_on_record_all_the_same(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, "w1", Pace(sync=disk.sync)) as log:
        disk.ready.clear()
        first = log.append([entry()])
        until(first.running)
        second = log.append([entry()])
        assert second.cancel()
        assert not first.cancel()
        disk.ready.set()
        assert log.append([entry()]).result(WAIT) == ("w1-3",)


def test_a_cancelled_entry_may_fail_too(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, "w1", Pace(sync=disk.sync)) as log:
        disk.ready.clear()
        first = log.append([entry()])
        until(first.running)
        assert log.append([entry()]).cancel()
        disk.broken = True
        disk.ready.set()
        failure_of(first)
        failure_of(log.append([entry()]))


def test_a_closed_log_refuses_and_closes_again(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.close()
    log.close()
    assert not log.healthy
    assert "closed" in failure_of(log.append([entry()]))


def test_what_was_accepted_before_the_close_is_written(tmp_path: Path) -> None:
    log = opened(tmp_path)
    done = [log.append([entry(n)]) for n in range(100)]
    log.close()
    assert all(item.done() and not item.exception() for item in done)


def test_a_log_opened_before_a_fork_refuses_in_the_child(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log._pid += 1  # as os.getpid() is another in the child
    assert "forked" in failure_of(log.append([entry()]))
    log.close()


def test_a_failed_sync_fails_what_waits_and_another_segment_begins(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, "w1", Pace(retry_every=0.05, sync=disk.sync)) as log:
        log.append([entry()]).result(WAIT)
        disk.broken = True
        assert "Input/output error" in failure_of(log.append([entry()]))
        assert not log.healthy
        assert "Input/output error" in failure_of(log.append([entry()]))
        failures = log.failures
        until(lambda: log.failures > failures)
        disk.broken = False
        until(lambda: log.healthy)
        assert log.failure == ""
        assert log.append([entry()]).result(WAIT)[0].startswith("w1-")
    report = verify_directory(tmp_path, VKEY)
    assert report.ok
    assert (report.segments, report.unsealed) == (2, 0)


def test_an_entry_that_comes_when_a_retry_is_due_finds_the_new_segment(tmp_path: Path) -> None:
    disk = Disk()
    disk.broken = True
    with log_in(tmp_path, "w1", Pace(retry_every=3600, sync=disk.sync)) as log:
        assert "Input/output error" in failure_of(log.append([entry()]))
        disk.broken = False
        log._due = 0.0
        assert log.append([entry()]).result(WAIT) == ("w1-1",)


def test_a_log_that_never_began_closes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    log = opened(tmp_path / "file")
    assert not log.healthy
    assert log.failure == "File exists"
    log.close()
    assert log.unsealed == 0


def test_a_seal_that_fails_is_a_failure(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1", Pace(seal_every=0.01, retry_every=3600)) as log:
        (tmp_path / "w1.checkpoint").unlink()
        (tmp_path / "w1.checkpoint").mkdir()
        log.append([entry()]).result(WAIT)
        until(lambda: not log.healthy)
        assert "directory" in log.failure
        with pytest.raises(EvidenceError, match="can't be read: Is a directory"):
            verify_directory(tmp_path, VKEY)


def test_a_directory_that_isnt_there_cant_be_verified(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        verify_directory(tmp_path / "none", VKEY)


@contextmanager
def disk_of(size: int) -> Generator[None]:
    """Let no file grow past `size` bytes: a real failure of a real write, after a partial one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_fails_what_waits_and_leaves_whole_lines(tmp_path: Path) -> None:
    with log_in(tmp_path, "w1", Pace(retry_every=0.02)) as log:
        written = 0
        with disk_of(2000):
            while not (done := log.append([entry()])).exception(WAIT):
                written += 1
            assert "too large" in failure_of(done)
            assert (tmp_path / "w1.log").read_bytes().endswith(b"\n")
            assert (tmp_path / "w1.log").stat().st_size <= 2000
            until(lambda: log.healthy)
        with disk_of(10):
            failure_of(log.append([entry()]))
            failures = log.failures
            until(lambda: log.failures > failures + 2)
            assert not log.healthy
        until(lambda: log.healthy)
        log.append([entry()]).result(WAIT)
    report = verify_directory(tmp_path, VKEY)
    assert report.ok
    assert written > 0
    assert (report.entries, report.unsealed) == (written + 1 + 1 + 3, 0)
    assert {path.suffix for path in tmp_path.iterdir()} == {".log", ".checkpoint"}


APPENDS = """
import sys, time
from itertools import count
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from guardrail.evidence import Entry, EntryKind
from guardrail.stores.segments import Pace, SegmentLog
log = SegmentLog(
    Path(sys.argv[1]), signer=Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
    origin="guard.example", clock=lambda: time.time_ns() // 1000, pace=Pace(seal_every=0.01),
)
for n in count():
    entries = [Entry(kind=EntryKind.REQUEST, req=f"r{n}")] * 20
    waiting = [log.append(entries) for _ in range(5)]
    for done in waiting:
        print(*done.result(), sep="\\n", flush=True)
"""


def killed_writer(directory: Path, delay: float) -> set[str]:
    """Return the ids that a writer had acknowledged when it was killed."""
    command = [sys.executable, "-c", APPENDS, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        head = process.stdout.readline()
        threading.Timer(delay, process.send_signal, [signal.SIGKILL]).start()
        said = (head + process.stdout.read()).decode()
    return set(said[: said.rindex("\n")].split("\n"))


def test_nothing_acknowledged_is_lost_to_a_kill(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    for kill in range(5):
        acknowledged |= killed_writer(tmp_path, 0.01 + 0.03 * kill)
    opened(tmp_path).close()
    report = verify_directory(tmp_path, VKEY)
    assert report.problems == ()
    assert (report.segments, report.unsealed) == (6, 0)
    on_disk = {
        f"{line.writer}-{line.n}"
        for path in tmp_path.glob("*.log")
        for data in path.read_bytes().splitlines(keepends=True)
        if data.endswith(b"\n")
        for line in [parse_line(data)]
    }
    assert acknowledged <= on_disk
    assert len(acknowledged) > 500
