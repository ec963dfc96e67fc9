from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

OLE = "application/x-ole-storage"
Compound = Callable[..., bytes]


def test_pictures_are_found_in_streams_whose_sectors_are_scattered(
    look: Look, compound: Compound, picture: bytes
) -> None:
    content = bytes(700) + picture + b"text between" + picture + bytes(4000)
    data = compound({"Data": content}, scattered=True)
    assert [part.data for part in look.parts(data, OLE)] == [picture, picture]
    assert look.names(data, OLE) == ["stream 1", "stream 1"]


def test_a_stream_that_is_a_file_is_yielded_whole(
    look: Look, compound: Compound, picture: bytes
) -> None:
    attached = b"%PDF-1.4\n" + picture
    data = compound({"__substg1.0_37010102": attached, "text": b"hello"})
    assert [part.data for part in look.parts(data, OLE)] == [attached]


def test_a_bitmap_gets_the_header_of_a_file(look: Look, compound: Compound) -> None:
    bitmap = (40).to_bytes(4, "little") + (2).to_bytes(4, "little") * 2 + b"\1\0\x18\0" + bytes(24)
    data = compound({"Data": b"x" * 80 + bitmap + bytes(16)})
    (part,) = look.parts(data, OLE)
    assert part.data[:2] == b"BM"
    assert part.data[10:14] == (54).to_bytes(4, "little")


def test_a_compressed_metafile_is_unpacked_within_bounds(look: Look, compound: Compound) -> None:
    data = compound(
        {"Pictures": b"\x00\xfe" + zlib.compress(b"drawing" * 9) + b"\x00\xfe\x78\x9c??"}
    )
    assert [part.data for part in look.parts(data, OLE)] == [b"drawing" * 9]
    bomb = compound({"Pictures": b"\x00\xfe" + zlib.compress(bytes(70 << 20), 9)})
    assert look.reason(bomb, OLE) == "too_many_unpacked_bytes"


def test_an_encrypted_document_is_a_verdict(look: Look, compound: Compound) -> None:
    assert look.reason(compound({"EncryptedPackage": b"x" * 99}), OLE) == "encrypted"


def test_parts_are_bounded(look: Look, compound: Compound, picture: bytes) -> None:
    few = replace(look.budget, parts=2)
    assert look.reason(compound({"Data": picture * 3}), OLE, few) == ""  # a file, yielded whole
    assert look.reason(compound({"Data": b"x" + picture * 3}), OLE, few) == "too_many_parts"


@pytest.mark.no_cover
def test_every_broken_document_is_a_verdict_or_has_parts(
    survives: Callable[..., None], compound: Compound, picture: bytes
) -> None:
    survives(compound({"Data": b"x" + picture, "Large": bytes(4200)}), OLE, 7)
