import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import guardrail.stores.wal as module
from guardrail.errors import EvidenceError
from guardrail.evidence import LINE_LIMIT
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.wal import Tail, closed_segments, segment_name, write_ahead
from guardrail.testing.objects import MemoryObjects

FIRST, SECOND = segment_name("w", 0), segment_name("w", 2)


def lines(objects: MemoryObjects | ObjectFolder, tail: Tail, n: int = 0) -> list[bytes]:
    return list(tail.lines("w", Tail(objects).segments()["w"], n))


def kept(**held: bytes) -> MemoryObjects:
    objects = MemoryObjects()
    objects.held = {name.replace("__", "/"): data for name, data in held.items()}
    return objects


class Disk:
    """A way to make data durable that fails when it is told to."""

    broken = False

    def sync(self, fd: int) -> None:
        if self.broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(fd)


# --- Writing ---


def test_names_sort_as_numbers_do() -> None:
    numbers = [0, 9, 10, 99_999, 10**15]
    names = [segment_name("w", n) for n in numbers]
    assert names == sorted(names)
    assert names[0] == "wal/w/0000000000000000"


def test_in_a_directory_a_writer_appends_to_one_file_that_nobody_else_reads(tmp_path: Path) -> None:
    objects = ObjectFolder(tmp_path / "state" / "evidence")
    wal = write_ahead(objects, "w")
    wal.append(b"a\nb\n", 0)
    wal.append(b"c\n", 2)
    wal.close()
    wal.close()
    assert objects.read(FIRST) == b"a\nb\nc\n"
    assert list(objects.names("wal/")) == [FIRST]
    path = objects.root / FIRST
    assert path.stat().st_mode & 0o777 == 0o600
    above = (path.parent, path.parent.parent, objects.root)
    assert [folder.stat().st_mode & 0o777 for folder in above] == [0o700] * 3


def test_in_other_stores_each_group_is_an_object() -> None:
    objects = MemoryObjects()
    wal = write_ahead(objects, "w")
    wal.append(b"a\nb\n", 0)
    wal.append(b"c\n", 2)
    wal.close()
    assert objects.held == {FIRST: b"a\nb\n", SECOND: b"c\n"}


def test_a_large_file_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FILE_BYTES", 4)
    objects = ObjectFolder(tmp_path)
    wal = write_ahead(objects, "w")
    for n in range(5):
        wal.append(b"%d\n" % n, n)
    wal.close()
    held = {name: objects.read(name) for name in objects.names("wal/")}
    assert held == {FIRST: b"0\n1\n", SECOND: b"2\n3\n", segment_name("w", 4): b"4\n"}


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    objects, memory = ObjectFolder(tmp_path), MemoryObjects()
    write_ahead(objects, "w").append(b"a\n", 0)
    with pytest.raises(FileExistsError):
        write_ahead(objects, "w").append(b"b\n", 0)
    write_ahead(memory, "w").append(b"a\n", 0)
    with pytest.raises(EvidenceError, match="two writers have one name"):
        write_ahead(memory, "w").append(b"b\n", 0)
    assert objects.read(FIRST) == memory.held[FIRST] == b"a\n"


def test_what_failed_to_become_durable_is_taken_back(tmp_path: Path) -> None:
    disk = Disk()
    objects = ObjectFolder(tmp_path)
    wal = write_ahead(objects, "w", disk.sync)
    wal.append(b"a\n", 0)
    disk.broken = True
    with pytest.raises(OSError, match="Input/output"):
        wal.append(b"b\n", 1)
    wal.close()
    assert objects.read(FIRST) == b"a\n"


def test_a_writer_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    disk = Disk()
    disk.broken = True
    wal = write_ahead(ObjectFolder(tmp_path), "w", disk.sync)
    with pytest.raises(OSError, match="Input/output"):
        wal.append(b"a\n", 0)
    wal.close()
    assert list((tmp_path / "wal").iterdir()) == []


def test_a_second_file_that_failed_goes_and_the_first_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FILE_BYTES", 2)
    disk = Disk()
    objects = ObjectFolder(tmp_path)
    wal = write_ahead(objects, "w", disk.sync)
    wal.append(b"a\n", 0)
    disk.broken = True
    with pytest.raises(OSError, match="Input/output"):
        wal.append(b"b\n", 1)
    wal.close()
    assert list(objects.names("")) == [FIRST]


def test_nothing_is_durable_in_a_file_that_somebody_took_away(tmp_path: Path) -> None:
    objects = ObjectFolder(tmp_path)
    wal = write_ahead(objects, "w")
    wal.append(b"a\n", 0)
    objects.delete([FIRST])
    with pytest.raises(OSError, match="taken away"):
        wal.append(b"b\n", 1)
    wal.close()


# --- Reading ---


def test_each_line_is_given_once() -> None:
    objects = kept(wal__w__0000000000000000=b"a\nb\n")
    tail = Tail(objects)
    assert lines(objects, tail) == [b"a", b"b"]
    assert lines(objects, tail) == []
    objects.held[FIRST] += b"c\n"
    assert lines(objects, tail) == [b"c"]
    objects.held[SECOND] = b"d\n"
    assert lines(objects, tail) == [b"d"]


def test_a_line_counts_as_read_when_the_next_is_asked_for() -> None:
    objects = kept(wal__w__0000000000000000=b"a\nb\nc\n")
    tail = Tail(objects)
    given_lines = tail.lines("w", [FIRST], 0)
    assert [next(given_lines), next(given_lines)] == [b"a", b"b"]
    assert lines(objects, tail) == [b"b", b"c"]


def test_reading_begins_where_the_next_entry_must_be() -> None:
    objects = kept(wal__w__0000000000000000=b"a\nb\n", wal__w__0000000000000002=b"c\nd\n")
    assert lines(objects, Tail(objects), 1) == [b"a", b"b", b"c", b"d"]
    assert lines(objects, Tail(objects), 2) == [b"c", b"d"]
    assert lines(objects, Tail(objects), 4) == [b"d"]
    assert lines(objects, Tail(objects), 9) == []


def test_lines_that_were_passed_over_stay_so() -> None:
    objects = kept(wal__w__0000000000000000=b"a\nb\nc\n")
    tail = Tail(objects)
    assert lines(objects, tail, 3) == [b"c"]
    assert lines(objects, tail, 3) == []
    objects.held[FIRST] += b"d\n"
    assert lines(objects, tail, 3) == [b"d"]


def test_what_was_forgotten_is_read_again() -> None:
    objects = kept(wal__w__0000000000000000=b"a\n")
    tail = Tail(objects)
    for writer in ("w", None):
        assert lines(objects, tail) == [b"a"]
        assert lines(objects, tail) == []
        tail.forget(writer)
    assert lines(objects, tail) == [b"a"]
    tail.forget("other")
    assert lines(objects, tail) == []


def test_a_file_that_is_gone_is_gone_on_from() -> None:
    objects = kept(wal__w__0000000000000000=b"a\nb\n")
    tail = Tail(objects)
    assert lines(objects, tail) == [b"a", b"b"]
    objects.held = {SECOND: b"c\n"}
    assert lines(objects, tail, 2) == [b"c"]
    assert list(tail.lines("w", [SECOND, segment_name("w", 3)], 3)) == []


@given(st.binary(max_size=200).map(lambda data: data.replace(b"\r", b"\n")), st.data())
def test_however_a_file_grows_its_whole_lines_are_given_once(
    data: bytes, cuts: st.DataObject
) -> None:
    objects = kept(wal__w__0000000000000000=b"")
    tail, seen = Tail(objects), []
    for at in [*sorted(cuts.draw(st.lists(st.integers(0, len(data))))), len(data)]:
        objects.held[FIRST] = data[:at]
        seen += lines(objects, tail)
    assert seen == data.split(b"\n")[:-1]


def test_a_line_without_an_end_isnt_given_unless_no_writer_makes_such_a_line() -> None:
    objects = kept(wal__w__0000000000000000=b"a\n" + b"x" * LINE_LIMIT)
    assert lines(objects, Tail(objects)) == [b"a"]
    objects.held[FIRST] += b"x"
    assert lines(objects, Tail(objects)) == [b"a", b"x" * (LINE_LIMIT + 1)]


def test_only_what_is_called_as_a_writers_log_is_one() -> None:
    names = (
        "wal/w/0000000000000000", "wal/w/0000000000000007", "wal/other.1/0000000000000000",
        "wal/w/000000000000000", "wal/w/x", "wal/x", "wal/-w/0000000000000000",
        f"wal/{'w' * 81}/0000000000000000", "wal/w/deep/0000000000000000",
    )  # fmt: skip
    objects = MemoryObjects()
    objects.held = dict.fromkeys(names, b"")
    assert Tail(objects).segments() == {"w": list(names[:2]), "other.1": [names[2]]}


@pytest.mark.parametrize(
    ("next_n", "ended", "closed"),
    [(0, False, 0), (1, False, 0), (2, False, 1), (4, False, 1), (5, False, 2), (9, False, 2),
     (9, True, 3)],
)  # fmt: skip
def test_objects_are_closed_when_the_log_holds_all_before_the_next(
    next_n: int, *, ended: bool, closed: int
) -> None:
    segments = [segment_name("w", n) for n in (0, 2, 5)]
    assert closed_segments(segments, next_n, ended=ended) == segments[:closed]
