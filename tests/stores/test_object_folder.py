"""What is particular to a directory; what every store promises is in `test_objects.py`."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores import object_folder
from guardrail.stores.object_folder import LEFT_OVER_SECONDS, ObjectFolder

WRITES_FOR_EVER = """
import itertools, os, sys
from pathlib import Path
from guardrail.stores.object_folder import ObjectFolder

objects = ObjectFolder(Path(sys.argv[1]))
held = objects.read("count")
for n in itertools.count(int(held[:16]) + 1 if held else 0):
    data = b"%016d" % n * 500
    assert objects.create(f"wal/{n // 10}/{n}", data)
    assert objects.swap("count", data, expected=held)
    held = data
    print(n, flush=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "evidence"


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_an_object_is_a_file_that_its_owner_alone_reads(root: Path) -> None:
    objects = ObjectFolder(root)
    objects.create("2026h2/tile/0/000", b"one")
    objects.swap("2026h2/state", b"two", expected=None)
    objects.swap("2026h2/state", b"three", expected=b"two")
    assert (root / "2026h2/tile/0/000").read_bytes() == b"one"
    assert (root / "2026h2/state").read_bytes() == b"three"
    assert files(root) == [".lock", "2026h2/state", "2026h2/tile/0/000"]
    for path in (root, *root.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_reading_makes_nothing(root: Path) -> None:
    objects = ObjectFolder(root)
    assert objects.read("a") is None
    assert list(objects.names("")) == []
    assert not root.exists()


def test_what_is_no_object_is_neither_named_nor_read(root: Path) -> None:
    objects = ObjectFolder(root)
    objects.create("a/b", b"")
    for name in ("lost+found", "A", ".hidden", "a/.c"):
        (root / name).write_bytes(b"")
    assert list(objects.names("")) == ["a/b"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(root: Path) -> None:
    objects = ObjectFolder(root)
    objects.create("a", b"")
    os.truncate(root / "a", OBJECT_LIMIT)
    assert len(objects.read("a") or b"") == OBJECT_LIMIT
    os.truncate(root / "a", OBJECT_LIMIT + 1)
    with pytest.raises(EvidenceError, match=str(OBJECT_LIMIT + 1)):
        objects.read("a", OBJECT_LIMIT)


def test_directories_that_are_empty_go_and_come_back_for_another_process_too(root: Path) -> None:
    one, other = ObjectFolder(root), ObjectFolder(root)
    for objects in (one, other):
        assert objects.create("wal/w/0", b"")
        objects.delete(["wal/w/0", "wal/x/0"])
        assert not (root / "wal").exists()
    assert one.swap("wal/w/1", b"", expected=None)
    assert other.create("wal/w/2", b"")
    one.delete(["wal/w/1"])
    assert files(root / "wal") == ["w/2"]


def test_a_directory_that_was_wiped_is_made_anew_at_the_second_try(root: Path) -> None:
    objects = ObjectFolder(root)
    objects.create("a/b", b"")
    subprocess.run(["rm", "-r", root], check=True)
    with pytest.raises(EvidenceError):
        objects.create("a/b", b"")
    assert objects.create("a/b", b"")


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_what_cant_be_synced_isnt_there(root: Path, number: int) -> None:
    def sync(_: int) -> None:
        if failing:
            raise OSError(number, os.strerror(number))

    failing = False
    objects = ObjectFolder(root, sync=sync)
    objects.create("state", b"one")
    failing = True
    with pytest.raises(EvidenceError, match=os.strerror(number)):
        objects.create("a", b"one")
    with pytest.raises(EvidenceError, match=os.strerror(number)):
        objects.swap("state", b"two", expected=b"one")
    failing = False
    assert files(root) == [".lock", "state"]
    assert objects.read("state") == b"one"
    assert objects.swap("state", b"two", expected=b"one")


def test_what_is_there_was_synced_before(root: Path) -> None:
    sizes: list[int] = []

    def sync(descriptor: int) -> None:
        assert objects.read("a") == (b"x" * sizes[-1] if sizes else None)
        sizes.append(os.fstat(descriptor).st_size)

    objects = ObjectFolder(root, sync=sync)
    assert objects.create("a", b"x")
    assert objects.swap("a", b"xx", expected=b"x")
    assert sizes == [1, 2]


def test_a_name_that_is_anothers_directory_is_an_error(root: Path) -> None:
    objects = ObjectFolder(root)
    objects.create("a/b", b"")
    objects.create("c", b"")
    with pytest.raises(EvidenceError):
        objects.create("a", b"")
    with pytest.raises(EvidenceError):
        objects.create("c/d", b"")


def test_what_a_crash_left_is_cleared_away_when_it_is_old(root: Path) -> None:
    ObjectFolder(root).create("a", b"")
    old, new = root / ".drafts" / "old", root / ".drafts" / "new"
    for path in (old, new):
        path.write_bytes(b"x")
    before = time.time() - LEFT_OVER_SECONDS - 60  # noqa: TID251 - of a file
    os.utime(old, (before, before))
    ObjectFolder(root)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_swap_waits_for_the_lock_only_so_long(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = ObjectFolder(root)
    assert objects.swap("a", b"one", expected=None)
    with (root / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        released = threading.Timer(0.2, lambda: fcntl.flock(lock, fcntl.LOCK_UN))
        released.start()
        assert objects.swap("a", b"two", expected=b"one")
        released.join()
        fcntl.flock(lock, fcntl.LOCK_EX)
        monkeypatch.setattr(object_folder, "LOCK_PATIENCE", 0.05)
        with pytest.raises(EvidenceError, match="can't be written"):
            objects.swap("a", b"three", expected=b"two")
        assert objects.create("b", b"")


def test_whenever_a_writer_is_killed_nothing_is_torn_or_lost(root: Path) -> None:
    last = -1
    for turn in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES_FOR_EVER, root], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(5 + 7 * turn):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[0].split()
        last = int(said[-1]) if said else last
        objects = ObjectFolder(root)
        state = objects.read("count")
        assert state is not None
        assert int(state[:16]) in {last, last + 1}
        for name in ("count", *objects.names("wal/")):
            data = objects.read(name)
            assert data is not None
            assert data == data[:16] * 500
        assert {f"wal/{n // 10}/{n}" for n in range(last + 1)} <= set(objects.names("wal/"))


def test_a_directory_that_goes_while_others_write_to_it_fails_nobody(root: Path) -> None:
    stop = threading.Event()

    def clear() -> None:
        deleting = ObjectFolder(root)
        while not stop.is_set():
            deleting.delete(["wal/a/0", "wal/a/1"])

    clearing = threading.Thread(target=clear)
    clearing.start()
    try:
        objects = ObjectFolder(root)
        for _ in range(300):
            assert objects.create("wal/a/0", b"")
            if objects.swap("wal/a/1", b"one", expected=None):
                objects.swap("wal/a/1", b"two", expected=b"one")
    finally:
        stop.set()
        clearing.join()


def test_several_objects_are_made_with_one_sync_of_their_directory(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ObjectFolder(root)
    folder.create("a/0", b"0")
    synced: list[Path] = []
    monkeypatch.setattr(object_folder, "_sync_folder", synced.append)
    assert folder.create_all({f"a/{n}": b"%d" % n for n in range(9)})
    assert synced == [root / "a"]
    assert [folder.read(f"a/{n}") for n in range(9)] == [b"%d" % n for n in range(9)]


def test_one_of_several_that_holds_something_else_is_told_of_and_stays(root: Path) -> None:
    folder = ObjectFolder(root)
    folder.create("a/1", b"first")
    assert not folder.create_all({"a/0": b"0", "a/1": b"second", "b/2": b"2"})
    assert [folder.read(name) for name in ("a/0", "a/1", "b/2")] == [b"0", b"first", b"2"]


def test_several_are_synced_before_any_of_them_is_seen(root: Path) -> None:
    seen: list[int] = []
    folder = ObjectFolder(root, sync=lambda _: seen.append(len(list(root.glob("a/*")))))
    assert folder.create_all({f"a/{n}": b"%d" % n for n in range(5)})
    assert seen == [0] * 5


def test_more_than_are_written_at_once_are_all_there(root: Path) -> None:
    folder = ObjectFolder(root)
    named = {f"a/{n:04d}": b"%d" % n for n in range(object_folder.TOGETHER + 3)}
    assert folder.create_all(named)
    assert {name: folder.read(name) for name in folder.names("a/")} == named
    assert list((root / ".drafts").iterdir()) == []


def test_of_several_none_is_there_and_nothing_is_left_where_one_cant_be_synced(root: Path) -> None:
    def fails(_: int) -> None:
        raise OSError(errno.EIO, "no luck")

    folder = ObjectFolder(root, sync=fails)
    with pytest.raises(EvidenceError, match="no luck"):
        folder.create_all({"a/1": b"1", "a/2": b"2"})
    assert list(folder.names("a/")) == []
    assert list((root / ".drafts").iterdir()) == []
