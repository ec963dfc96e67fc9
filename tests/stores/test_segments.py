import errno
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Entry,
    EntryKind,
    EvidenceLog,
    Line,
    Objects,
    Receipt,
    Totals,
    Value,
    parse_line,
)
from guardrail.stores import segments, wal
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import SILENCE, Pace, SegmentLog, Told
from guardrail.stores.wal import Tail
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import SmallLog

PACE = Pace()
WAIT = 20


def entry(n: int = 0) -> Entry:
    return Entry(kind=EntryKind.REQUEST, req=f"r{n}", fields={"status": 200})


class Ticks:
    """A clock that goes on by a microsecond whenever it is asked, and jumps when it is told to."""

    def __init__(self) -> None:
        self.ahead = 0
        self._ticks = count(1_787_000_000_000_000)

    def __call__(self) -> int:
        return next(self._ticks) + self.ahead


def opened(
    where: Path | Objects,
    pace: Pace = PACE,
    clock: Callable[[], int] | None = None,
    told: Told | None = None,
) -> SegmentLog:
    objects = ObjectFolder(where) if isinstance(where, Path) else where
    return SegmentLog(objects, log="log", clock=clock or Ticks(), writer="w", pace=pace, told=told)


@contextmanager
def log_in(
    where: Path | Objects,
    pace: Pace = PACE,
    clock: Callable[[], int] | None = None,
    told: Told | None = None,
) -> Generator[SegmentLog]:
    log = opened(where, pace, clock, told)
    try:
        yield log
    finally:
        log.close()


def lines_in(where: Path | Objects) -> dict[str, list[Line]]:
    """All whole lines of all writers."""
    objects = ObjectFolder(where) if isinstance(where, Path) else where
    tail = Tail(objects)
    return {
        writer: [parse_line(line) for line in tail.lines(writer, segments, 0)]
        for writer, segments in tail.segments().items()
    }


def kinds_in(where: Path | Objects) -> list[list[str]]:
    return [[line.kind for line in lines] for lines in lines_in(where).values()]


def sealed(where: Path) -> list[dict[str, object]]:
    """All entries in the tree, after a sequencer took them in and nothing was found wrong."""
    log = SmallLog(ObjectFolder(where))
    log.settle()
    assert log.problems() == []
    return log.entries()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def failure_of(done: Future[tuple[Receipt, ...]]) -> str:
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


def test_what_was_appended_is_there_in_order(tmp_path: Path) -> None:
    with log_in(tmp_path) as log:
        port: EvidenceLog = log
        assert port.healthy
        one, two = port.append([entry(1), entry(2)]).result(WAIT)
        assert port.append([]).result(WAIT) == ()
        (three,) = port.append([entry(3)]).result(WAIT)
        assert log.origin == "log/2026h2"
    ((writer, lines),) = lines_in(tmp_path).items()
    kinds = ["writer.start", "request", "request", "request", "writer.stop"]
    assert [line.kind for line in lines] == kinds
    assert [line.record.get("req") for line in lines] == [None, "r1", "r2", "r3", None]
    assert [line.n for line in lines] == [0, 1, 2, 3, 4]
    receipts = [Receipt(writer=writer, n=line.n, leaf=line.leaf.hex()) for line in lines[1:4]]
    assert receipts == [one, two, three]
    assert len(sealed(tmp_path)) == 5 + 4


def test_a_store_that_is_no_directory_does_as_well() -> None:
    objects = MemoryObjects()
    with log_in(objects) as log:
        log.append([entry(1)]).result(WAIT)
    assert kinds_in(objects) == [["writer.start", "request", "writer.stop"]]


def test_each_writer_has_a_name_that_nobody_had_before(tmp_path: Path) -> None:
    for _ in range(3):
        opened(tmp_path).close()
    names = lines_in(tmp_path).keys()
    assert len(names) == 3
    assert all(name.startswith("w-") for name in names)


def test_names_that_are_made_up_are_in_the_order_of_time() -> None:
    objects, clock = MemoryObjects(), Ticks()
    for _ in range(3):
        SegmentLog(objects, log="log", clock=clock).close()
        clock.ahead += 10_000_000
    starts = [lines[0].ts for _, lines in sorted(lines_in(objects).items())]
    assert starts == sorted(starts)


@pytest.mark.parametrize("writer", ["", "../w1", "W1", "w 1", "w" * 57])
def test_an_unfit_name_is_refused(writer: str) -> None:
    with pytest.raises(EvidenceError, match="writer's id"):
        SegmentLog(MemoryObjects(), log="log", clock=Ticks(), writer=writer)


def test_a_start_says_how_far_the_log_had_come(tmp_path: Path) -> None:
    opened(tmp_path).close()
    sealed(tmp_path)
    opened(tmp_path).close()
    ((start, _),) = lines_in(tmp_path).values()
    assert start.record["origin"] == "log/2026h2"
    assert start.record["size"] == 6


def test_beats_say_how_many_entries_there_were_so_far() -> None:
    objects = MemoryObjects()
    hit = {"rule": "kz.10", "action": "mask"}
    masked = Entry(kind=EntryKind.REPLY, req="r", fields={"dir": "reply", "hits": [hit]})
    with log_in(objects, Pace(beat_every=0.03)) as log:
        log.append([entry(1), masked]).result(WAIT)
        until(lambda: log.entries >= 6)
    (lines,) = lines_in(objects).values()
    beats = [line.record["totals"] for line in lines if line.kind == "writer.beat"]
    assert beats[0] == {
        "records": {"writer_start": 1, "request": 1, "reply": 1},
        "decisions": [{"dir": "reply", "rule": "kz.10", "action": "mask", "count": 1}],
    }
    assert beats[1]["records"]["writer_beat"] == 1  # type: ignore[index]
    assert [line.kind for line in lines][-1] == "writer.stop"


def test_much_to_say_takes_several_beats_and_stops(tmp_path: Path) -> None:
    with log_in(tmp_path) as log:
        for n in range(70):
            hit: Value = {"rule": f"kz.{n}", "action": "mask"}
            fields: dict[str, Value] = {"dir": "reply", "hits": [hit]}
            log.append([Entry(kind=EntryKind.REPLY, req="r", fields=fields)]).result(WAIT)
    (lines,) = lines_in(tmp_path).values()
    stops = [line.record for line in lines if line.kind == "writer.stop"]
    assert [stop.get("more") for stop in stops] == [True, True, None]
    sealed(tmp_path)


def test_many_threads_share_few_syncs(tmp_path: Path) -> None:
    with log_in(tmp_path) as log:
        done: list[Future[tuple[Receipt, ...]]] = []

        def work() -> None:
            done.extend(log.append([entry(n)]) for n in range(250))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wait(done, WAIT).not_done
        assert len({item.result() for item in done}) == log.entries - 1 == 2000
        assert log.syncs < 1000
    assert len(sealed(tmp_path)) == 2002 + 4


def test_what_waits_is_written_in_one_group(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, Pace(sync=disk.sync)) as log:
        disk.ready.clear()
        done = [log.append([entry()])]
        until(lambda: not log.waiting)
        done += [log.append([entry(n)]) for n in range(100)]
        assert log.waiting == 100
        disk.ready.set()
        wait(done, WAIT)
        assert (log.entries, log.syncs, log.waiting) == (102, 3, 0)


@pytest.mark.parametrize("store", ["folder", "memory"])
def test_very_much_that_waits_is_written_in_pieces_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setattr(segments, "GROUP_BYTES", 10_000)
    monkeypatch.setattr(segments, "PIECE", 10)
    monkeypatch.setattr(wal, "FILE_BYTES", 10_000)
    objects = ObjectFolder(tmp_path) if store == "folder" else MemoryObjects()
    with log_in(objects) as log:
        assert len(log.append([entry(n) for n in range(1_000)]).result(WAIT)) == 1_000
    sizes = [len(objects.read(name) or b"") for name in objects.names("wal/")]
    assert len(sizes) > 10
    assert max(sizes) < 20_500
    (lines,) = lines_in(objects).values()
    assert [line.n for line in lines] == [*range(1_002)]


def test_writers_share_a_log(tmp_path: Path) -> None:
    with log_in(tmp_path) as one, log_in(tmp_path) as two:
        done = [log.append([entry(n)]) for n in range(50) for log in (one, two)]
        wait(done, WAIT)
    assert len(sealed(tmp_path)) == 104 + 4


def test_too_much_waiting_is_refused_at_once(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, Pace(waiting=3, sync=disk.sync)) as log:
        disk.ready.clear()
        log.append([entry()])
        until(lambda: not log.waiting)
        waiting = log.append([entry()] * 3)
        refused = log.append([entry()])
        assert refused.done()
        assert "3 entries are waiting" in failure_of(refused)
        disk.ready.set()
        assert len(waiting.result(WAIT)) == 3


def test_a_cancelled_entry_is_on_record_all_the_same(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, Pace(sync=disk.sync)) as log:
        disk.ready.clear()
        first = log.append([entry()])
        until(lambda: not log.waiting)
        second = log.append([entry()])
        assert second.cancel()
        assert first.cancel()
        disk.ready.set()
        assert log.append([entry()]).result(WAIT)[0].n == 3


def test_a_cancelled_entry_may_fail_too(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, Pace(sync=disk.sync)) as log:
        disk.ready.clear()
        first = log.append([entry()])
        until(lambda: not log.waiting)
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


def in_a_fork(work: Callable[[], bool]) -> int:
    """Return what a forked child exits with: 0 if `work` says yes; 14 if it hangs."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_log_opened_before_a_fork_refuses_in_the_child_whatever_was_locked(
    tmp_path: Path,
) -> None:
    with log_in(tmp_path) as log:
        log.append([entry()]).result(WAIT)

        def work() -> bool:
            refused = "forked" in failure_of(log.append([entry()]))
            log.close()
            return refused

        with log._wake:  # another thread may hold it at that moment
            assert in_a_fork(work) == 0
        assert log.append([entry()]).result(WAIT)[0].n == 2
    assert kinds_in(tmp_path) == [["writer.start", "request", "request", "writer.stop"]]


def test_a_failed_sync_fails_what_waits_and_another_writer_begins(tmp_path: Path) -> None:
    disk = Disk()
    with log_in(tmp_path, Pace(retry_every=0.05, sync=disk.sync)) as log:
        (first,) = log.append([entry()]).result(WAIT)
        disk.broken = True
        assert "Input/output error" in failure_of(log.append([entry()]))
        assert not log.healthy
        assert "Input/output error" in failure_of(log.append([entry()]))
        failures = log.failures
        until(lambda: log.failures > failures)
        disk.broken = False
        until(lambda: log.healthy)
        assert log.failure == ""
        (second,) = log.append([entry()]).result(WAIT)
        assert second.writer != first.writer
    assert sorted(map(len, lines_in(tmp_path).values())) == [2, 3]
    assert len(sealed(tmp_path)) == 5 + 4


def test_an_entry_that_comes_when_a_retry_is_due_finds_the_new_writer(tmp_path: Path) -> None:
    disk = Disk()
    disk.broken = True
    with log_in(tmp_path, Pace(retry_every=3600, sync=disk.sync)) as log:
        assert "Input/output error" in failure_of(log.append([entry()]))
        disk.broken = False
        log._due = 0.0
        assert log.append([entry()]).result(WAIT)[0].n == 1


def test_writers_that_cant_begin_leave_neither_files_nor_descriptors(tmp_path: Path) -> None:
    disk = Disk()
    disk.broken = True
    with log_in(tmp_path, Pace(retry_every=0.001, sync=disk.sync)) as log:
        until(lambda: log.failures > 5)
        before = len(list(Path("/proc/self/fd").iterdir()))
        until(lambda: log.failures > 60)
        assert len(list(Path("/proc/self/fd").iterdir())) < before + 10
    assert list((tmp_path / "wal").iterdir()) == []


def test_a_store_that_fails_is_gone_on_with_when_it_works_again() -> None:
    objects = MemoryObjects()
    with log_in(objects, Pace(retry_every=0.02)) as log:
        log.append([entry(1)]).result(WAIT)
        objects.failing = True
        assert "can't be reached" in failure_of(log.append([entry(2)]))
        objects.failing = False
        until(lambda: log.healthy)
        log.append([entry(3)]).result(WAIT)
    assert sorted(map(len, kinds_in(objects))) == [2, 3]


def test_a_log_that_never_began_closes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    log = opened(tmp_path / "file")
    assert not log.healthy
    assert log.failure == "Not a directory"
    log.close()


def test_a_clock_out_of_range_fails_what_waits_and_is_survived() -> None:
    clock = Ticks()
    with log_in(MemoryObjects(), Pace(retry_every=0.01), clock) as log:
        log.append([entry()]).result(WAIT)
        clock.ahead = -(10**17)
        assert "clock" in failure_of(log.append([entry()]))
        clock.ahead = 0
        until(lambda: log.healthy)
        log.append([entry()]).result(WAIT)


def test_a_clock_that_goes_back_is_on_record_as_it_is(tmp_path: Path) -> None:
    clock = Ticks()
    with log_in(tmp_path, clock=clock) as log:
        log.append([entry(1)]).result(WAIT)
        clock.ahead = -3_600_000_000
        log.append([entry(2)]).result(WAIT)
    (lines,) = lines_in(tmp_path).values()
    assert lines[2].ts < lines[1].ts
    sealed(tmp_path)


def test_who_stood_still_for_long_begins_anew(tmp_path: Path) -> None:
    clock = Ticks()
    with log_in(tmp_path, clock=clock) as log:
        (first,) = log.append([entry()]).result(WAIT)
        clock.ahead += SILENCE - 1_000_000
        assert log.append([entry()]).result(WAIT)[0].writer == first.writer
        clock.ahead += SILENCE + 1_000_000
        (second,) = log.append([entry()]).result(WAIT)
        assert (second.n, second.writer != first.writer) == (1, True)
        assert log.failures == 0
    sealed(tmp_path)


def test_who_was_given_up_by_mistake_begins_anew_and_loses_nothing(tmp_path: Path) -> None:
    with log_in(tmp_path, Pace(retry_every=0.01)) as log:
        log.append([entry(1)]).result(WAIT)
        ObjectFolder(tmp_path).delete(ObjectFolder(tmp_path).names("wal/"))
        assert "taken away" in failure_of(log.append([entry(2)]))
        until(lambda: log.healthy)
        log.append([entry(3)]).result(WAIT)
    assert kinds_in(tmp_path) == [["writer.start", "request", "writer.stop"]]


def test_each_group_that_became_durable_is_told_of() -> None:
    heard: list[tuple[str, Totals]] = []

    def told(writer: str, totals: Totals, seconds: float) -> None:
        assert seconds >= 0
        heard.append((writer, totals))

    with log_in(MemoryObjects(), told=told) as log:
        receipts = log.append([entry(1), entry(2)]).result(WAIT)
    assert {writer for writer, _ in heard} == {receipts[0].writer}
    kinds = [{"writer.start": 1}, {"request": 2}, {"writer.stop": 1}]
    assert [totals.records for _, totals in heard] == kinds


def test_whoever_is_told_may_fail_and_entries_are_acknowledged_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def told(writer: str, totals: Totals, seconds: float) -> None:
        raise KeyError

    with log_in(MemoryObjects(), told=told) as log:
        log.append([entry(1)]).result(WAIT)
        log.append([entry(2)]).result(WAIT)
        assert log.healthy
    assert "KeyError" in caplog.text


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
    with log_in(tmp_path, Pace(retry_every=0.02)) as log:
        written = 0
        with disk_of(2000):
            while not (done := log.append([entry()])).exception(WAIT):
                written += 1
            assert "too large" in failure_of(done)
            (path,) = (
                path for path in tmp_path.rglob("0000000000000000") if path.stat().st_size > 500
            )
            assert path.read_bytes().endswith(b"\n")
            assert path.stat().st_size <= 2000
            until(lambda: log.healthy)
        with disk_of(10):
            failure_of(log.append([entry()]))
            failures = log.failures
            until(lambda: log.failures > failures + 2)
            assert not log.healthy
        until(lambda: log.healthy)
        log.append([entry()]).result(WAIT)
    assert written > 0
    kinds = [entry["t"] for entry in sealed(tmp_path)]
    assert kinds.count("request") == written + 1
