from __future__ import annotations

import struct

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.tiff import read
from guardrail.testing import formats


def test_directories_have_roles() -> None:
    block = formats.exif(place=True, thumbnail=True)
    assert [one.role for one in read(block).directories] == ["main", "gps", "thumbnail"]


def test_a_value_stands_in_the_entry_or_elsewhere() -> None:
    block = read(formats.exif(place=True, orientation=6))
    main, gps = block.directories
    assert block.value(main.entries[0x0112]) == 6
    assert block.octets(gps.entries[2])[:8] == struct.pack(">II", 43, 1)


def test_little_endian_and_big_files_are_read() -> None:
    little = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x0112, 3, 1, 8, 0) + bytes(4)
    big = b"MM\0+\0\x08\0\0" + struct.pack(">QQHHQHHI", 16, 1, 0x0112, 3, 1, 8, 0, 0) + bytes(8)
    for data in (little, big):
        block = read(data)
        assert block.value(block.directories[0].entries[0x0112]) == 8


def test_a_directory_that_leads_to_itself_is_read_once() -> None:
    data = b"MM\0*\0\0\0\x08\0\0\0\0\0\x08"
    assert len(read(data).directories) == 1


def test_a_dangling_thumbnail_is_let_go() -> None:
    data = b"MM\0*\0\0\0\x08\0\0\0\x0f\xff\xff"
    assert [one.role for one in read(data).directories] == ["main"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "broken_tiff"),
        (b"XX*\0", "broken_tiff"),
        (b"MM\0*", "truncated"),
        (b"MM\0*\0\0\0\x99", "truncated"),
        (b"MM\0*\0\0\0\x08\xff\xff" + bytes(99), "too_many_parts"),
    ],
)
def test_what_isnt_a_tiff_is_uninspectable(data: bytes, reason: str) -> None:
    with pytest.raises(Uninspectable, match=reason):
        read(data)


def test_a_long_chain_of_directories_is_uninspectable() -> None:
    chain = b"".join(b"\0\0" + struct.pack(">I", 8 + 6 * (one + 1)) for one in range(100))
    with pytest.raises(Uninspectable, match="too_many_parts"):
        read(b"MM\0*\0\0\0\x08" + chain + bytes(6))
