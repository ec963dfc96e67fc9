"""What a crash, a loss of power, a full or a broken disk leaves behind, and what becomes of it."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, Receipt, read_state
from guardrail.evidence.staging import staged, staging_name
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencing import Sequencing
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import AUGUST, SmallLog

REPOSITORY = Path(__file__).parents[2]
WAIT = 20
ENTRY = Entry(kind=EntryKind.REQUEST, req="r1", fields={"status": 200})


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Ticks:
    def __init__(self) -> None:
        self._ticks = count(AUGUST)

    def __call__(self) -> int:
        return next(self._ticks)


class Disk:
    """A way to make data durable that fails when it is told to."""

    def __init__(self) -> None:
        self.broken = 0

    def sync(self, fd: int) -> None:
        if self.broken:
            raise OSError(self.broken, os.strerror(self.broken))
        os.fdatasync(fd)


def acknowledged(log: SegmentLog, receipts: list[Receipt]) -> bool:
    """Append an entry, and tell whether that came about."""
    done = log.append([ENTRY])
    if done.exception(WAIT) is None:
        receipts += done.result()
        return True
    return False


def lost(log: SmallLog, receipts: list[Receipt]) -> list[Receipt]:
    found = log.receipts()
    return [one for one in receipts if found.count((one.writer, one.n, one.leaf)) != 1]


def test_processes_that_are_killed_at_any_moment_lose_nothing_that_was_acknowledged() -> None:
    command = [sys.executable, "-m", "benchmarks.crash", "--rounds", "6"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "problems: 0" in done.stdout
    assert int(done.stdout.split("acknowledged ")[1].split("\n")[0]) > 100


def test_a_write_ahead_log_that_was_cut_off_anywhere_gives_its_whole_lines() -> None:
    log = SmallLog()
    writer = log.writer("w")
    writer.ask(2)
    name = "wal/w/0000000000000000"
    (start, rest) = log.waiting()
    whole = (log.objects.read(start) or b"") + (log.objects.read(rest) or b"")
    for size in range(len(whole)):
        cut = SmallLog()
        cut.keep(name, whole[:size])
        sequencer = cut.sequencer()
        assert sequencer.step().taken == whole[:size].count(b"\n")
        other = cut.writer("x")
        assert sequencer.step().taken == 1
        if size % 40 == 0:
            other.stop()
            sequencer.close()
            assert cut.of_kind("incident") == []
            assert cut.problems() == []


def test_a_power_loss_may_leave_less_of_a_write_ahead_log_than_was_taken_from_it() -> None:
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer()
    writer.ask(1)
    log.sequencer().step()
    name = "wal/w/0000000000000001"
    log.keep(name, (log.objects.read(name) or b"")[:50])
    log.clock.advance(6)
    other = log.writer("x")
    other.ask(3)
    sequencer.step()
    sequencer.step()
    assert log.of_kind("incident") == []
    assert [entry["w"] for entry in log.entries()].count("x") == 4
    log.objects.delete([name])
    log.settle()
    assert log.problems() == []


def test_a_staging_object_that_is_damaged_is_never_written_out() -> None:
    log = SmallLog()
    log.writer("w").ask(2)
    log.sequencer().close()
    state = read_state(log.objects.read("2026h2/state") or b"")
    name = f"2026h2/{state.staged}"
    whole = log.objects.read(name) or b""
    tiles = {tile: log.objects.read(tile) for tile in log.objects.names("2026h2/tile/")}
    for size in range(len(whole)):
        log.keep(name, whole[:size])
        log.clock.advance(6)
        with pytest.raises(EvidenceError) as caught:
            log.sequencer().step()
        assert caught.value.code == "evidence_unreadable"
        now = {tile: log.objects.read(tile) for tile in log.objects.names("2026h2/tile/")}
        assert now == tiles
    log.keep(name, whole)
    log.settle()
    assert log.problems() == []


def test_a_step_that_was_staged_but_not_swapped_is_as_if_it_had_never_been() -> None:
    log = SmallLog()
    log.writer("w").ask(2)
    log.sequencer().step()
    lost = staged({"tile/0/000.p/9": b"of a step that another was faster than"})
    log.keep(f"2026h2/{staging_name(lost, 9)}", lost)
    log.writers[0].ask(2)
    log.settle()
    assert log.problems() == []


@contextmanager
def small_disk(path: Path, size: str = "1m") -> Generator[Path]:
    """Mount a disk with little room, as root may."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(path)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("a small disk can't be mounted here: that takes root")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="no program here mounts a small disk")
def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_that_was_is_lost(
    tmp_path: Path,
) -> None:
    receipts: list[Receipt] = []
    with small_disk(tmp_path / "disk") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(600_000))
        small = SmallLog(ObjectFolder(disk / "evidence"))
        pace = Pace(retry_every=0.02)
        log = SegmentLog(small.objects, log="log", clock=Ticks(), pace=pace)
        thread = Sequencing(small.sequencer(), objects=small.objects, clock=small.clock, every=0.01)
        while acknowledged(log, receipts):
            pass
        assert len(receipts) > 100
        assert log.failure == "No space left on device"
        until(lambda: "No space left" in thread.failure)
        assert not acknowledged(log, receipts)
        ballast.unlink()
        until(lambda: log.healthy)
        until(lambda: thread.failure == "")
        before = len(receipts)
        while len(receipts) < before + 50:
            assert acknowledged(log, receipts)
        log.close()
        thread.close()
        assert lost(small, receipts) == []
        assert small.problems() == []
        assert small.of_kind("incident") == []


def test_a_step_on_a_full_disk_is_made_good_when_there_is_room(tmp_path: Path) -> None:
    disk = Disk()
    small = SmallLog(ObjectFolder(tmp_path, disk.sync))
    writer = small.writer("w")
    sequencer = small.sequencer()
    sequencer.step()
    for broken in (errno.ENOSPC, errno.EIO):
        writer.ask(300)
        disk.broken = broken
        for _ in range(3):
            with pytest.raises(EvidenceError, match=os.strerror(broken)):
                sequencer.step()
        disk.broken = 0
        sequencer.step()
    small.settle()
    assert small.problems() == []


def test_a_step_whose_syncs_fail_one_after_the_other_is_made_good(tmp_path: Path) -> None:
    class Failing(Disk):
        left = -1

        def sync(self, fd: int) -> None:
            self.left -= 1
            if self.left == 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    disk = Failing()
    small = SmallLog(ObjectFolder(tmp_path, disk.sync))
    writer, sequencer = small.writer("w"), small.sequencer(seal_every=1)
    sequencer.step()
    failed = 0
    for at in range(1, 16):
        writer.ask(60)
        small.clock.advance(1)
        disk.left = at
        try:
            sequencer.step()
        except EvidenceError:
            failed += 1
        disk.left = -1  # a step may take fewer
    small.settle()
    assert failed > 3
    assert small.problems() == []


def test_a_sync_that_fails_now_and_then_costs_no_acknowledged_entry(tmp_path: Path) -> None:
    disk = Disk()
    small = SmallLog(ObjectFolder(tmp_path))
    log = SegmentLog(
        small.objects, log="log", clock=Ticks(), pace=Pace(retry_every=0.01, sync=disk.sync)
    )
    receipts: list[Receipt] = []
    for turn in range(60):
        disk.broken = errno.EIO if turn % 10 == 5 else 0
        if not acknowledged(log, receipts):
            disk.broken = 0
            until(lambda: log.healthy)
    log.close()
    small.settle()
    assert len(receipts) == 54
    assert log.failures >= 6
    assert lost(small, receipts) == []
    assert small.problems() == []
    assert small.of_kind("incident") == []


def test_clocks_that_jump_back_and_forth_lose_nothing() -> None:
    small = SmallLog(MemoryObjects())
    writer, sequencer = small.writer("w"), small.sequencer(seal_every=10)
    for seconds in (3600, -7200, 86_400, -3600, -100_000, 5, 10_000_000, -20_000_000, 15_000_000):
        small.clock.advance(seconds)
        writer.ask(3)
        sequencer.step()
        small.clock.advance(1)
        writer.beat()
        sequencer.step()
    writer.stop()
    sequencer.close()
    small.settle()
    assert small.problems() == []


def test_a_child_that_was_forked_writes_a_log_of_its_own(tmp_path: Path) -> None:
    program = """
import os, sys, time
from pathlib import Path
from guardrail.evidence import Entry, EntryKind
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import SegmentLog
objects = ObjectFolder(Path(sys.argv[1]))
entry = Entry(kind=EntryKind.REQUEST, req="r")
def opened():
    return SegmentLog(objects, log="log", clock=lambda: time.time_ns() // 1000)
log = opened()
log.append([entry]).result()
child = os.fork()
if child == 0:
    assert log.append([entry]).exception() is not None
    log.close()
    own = opened()
    own.append([entry]).result()
    own.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
log.append([entry]).result()
log.close()
"""
    command = [sys.executable, "-W", "ignore", "-c", program, str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    small = SmallLog(ObjectFolder(tmp_path))
    small.clock.now = time.time_ns() // 1000
    small.settle()
    entries = [entry for entry in small.entries() if entry["t"] == "request"]
    assert len(entries) == 3
    assert len({entry["w"] for entry in entries}) == 2
    assert small.problems() == []
