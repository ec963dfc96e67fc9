from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks.zipped import Archive

Make = Callable[..., bytes]


def test_other_entries_stay_byte_for_byte_and_in_their_order(archive: Make) -> None:
    data = archive({"a.txt": "one" * 99, "b.txt": "two", "c.txt": "three"}, "c.txt")
    new = Archive(data).written({"b.txt": b"other" * 9, "ә.txt": b"new"})
    with zipfile.ZipFile(io.BytesIO(new)) as read:
        assert read.testzip() is None
        assert read.namelist() == ["a.txt", "b.txt", "c.txt", "ә.txt"]
        assert read.read("b.txt") == b"other" * 9
        assert read.read("ә.txt") == b"new"
    assert new[: data.index(b"PK\3\4", 4)] == data[: data.index(b"PK\3\4", 4)]
    assert Archive(new).written({}) == new


def test_a_comment_and_what_is_before_the_archive_stay(archive: Make) -> None:
    file = io.BytesIO(archive({"a": "1"}))
    with zipfile.ZipFile(file, "a") as read:
        read.comment = b"hello"
    new = Archive(file.getvalue()).written({"a": b"2"})
    assert new.endswith(b"hello")


def test_sizes_behind_the_data_stay_there(archive: Make) -> None:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: object) -> int:
            raise OSError

    file = Unseekable()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as read:
        read.writestr("a", "1" * 99)
        read.writestr("b", "2" * 99)
    new = Archive(file.getvalue()).written({"b": b"3"})
    with zipfile.ZipFile(io.BytesIO(new)) as read:
        assert (read.testzip(), read.read("a"), read.read("b")) == (None, b"1" * 99, b"3")


def test_a_stored_entry_stays_stored(archive: Make) -> None:
    new = Archive(archive({"a": "1"}, "a")).written({"a": b"2" * 99})
    assert b"2" * 99 in new


def test_an_entry_that_isnt_there_holds_nothing(archive: Make) -> None:
    assert Archive(archive({"a": "1"})).read("b") is None


def test_an_archive_that_contradicts_itself_isnt_written(archive: Make) -> None:
    data = archive({"a": "1", "b": "2"})
    at = data.rindex(b"PK\1\2")
    twice = data[: at + 42] + bytes(4) + data[at + 46 :]
    with pytest.raises(Unmarkable, match="broken_zip"):
        Archive(twice).written({"a": b""})
    with pytest.raises(Unmarkable, match="broken_zip"):
        Archive(data.replace(b"b", b"a"))


def test_encrypted_broken_and_huge_archives_arent_read(archive: Make) -> None:
    data = bytearray(archive({"a": "1"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(Unmarkable, match="encrypted"):
        Archive(bytes(data))
    with pytest.raises(Unmarkable, match="broken_zip"):
        Archive(b"PK\3\4")
    with pytest.raises(Unmarkable, match="too_many_parts"):
        Archive(b"PK\1\2" * 10_001)
    with pytest.raises(Unmarkable, match="too_much_unpacked"):
        Archive(archive({"a": "1" * (17 << 20)})).read("a")


def test_damaged_content_isnt_read(archive: Make) -> None:
    data = bytearray(archive({"a": "1" * 99}))
    data[33] ^= 0xFF
    with pytest.raises(Unmarkable, match="broken_zip"):
        Archive(bytes(data)).read("a")


def test_a_wide_archive_isnt_written(archive: Make) -> None:
    data = bytearray(archive({"a": "1"}))
    at = data.index(b"PK\1\2")
    data[at + 20 : at + 24] = b"\xff" * 4
    data[at + 30 : at + 32] = struct.pack("<H", 12)
    extra = struct.pack("<HHQ", 1, 8, 1)
    end = at + 47
    data[end:end] = extra
    place = data.index(b"PK\5\6")
    data[place + 12 : place + 16] = struct.pack("<I", 47 + 12)
    with pytest.raises(Unmarkable, match="zip64"):
        Archive(bytes(data)).written({"a": b""})
