from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.zipped import parts

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = b'<?xml version="1.0"?><Types xmlns="urn:x"/>'


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def test_a_picture_in_a_document_has_the_name_that_the_format_gave(
    look: Look, picture: bytes
) -> None:
    data = zipped(("[Content_Types].xml", TYPES), ("word/media/image1.png", picture))
    (part,) = look.parts(data, DOCX)
    assert (part.name, part.data) == ("word/media/image1.png", picture)


def test_a_name_that_someone_gave_is_a_number(look: Look, picture: bytes) -> None:
    data = zipped(("note.txt", b"hello"), ("Айгүл Серікова паспорт.png", picture))
    assert look.names(data, ZIP) == ["entry 2"]
    sneaky = zipped(("word/media/Aigul.png", picture))
    assert look.names(sneaky, DOCX) == ["entry 1"]


def test_a_picture_is_found_whatever_its_name_says(look: Look, picture: bytes) -> None:
    assert look.names(zipped(("word/document.xml", picture)), DOCX) == ["entry 1"]


def test_text_is_looked_at_only_where_it_holds_something(look: Look, picture: bytes) -> None:
    encoded = b"<x xmlns='urn:x'>" + b"A" * 300 + b"</x>"
    data = zipped(("a.xml", TYPES), ("b.csv", b"1,2,3\n"), ("c.xml", encoded))
    assert look.names(data, ZIP) == ["entry 3"]


def test_an_encrypted_entry_is_a_verdict(look: Look, picture: bytes) -> None:
    data = bytearray(zipped(("a.png", picture)))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(magic) + at] |= 1
    assert look.reason(bytes(data), ZIP) == "encrypted"


def test_what_grows_too_much_isnt_unpacked(look: Look) -> None:
    bomb = zipped(("a.bin", bytes(20 << 20)))
    assert look.reason(bomb, ZIP) == "compressed_too_much"
    many = zipped(*((f"{number}.bin", bytes(1 << 20)) for number in range(70)))
    assert look.reason(many, ZIP) == "too_many_unpacked_bytes"


def test_more_parts_than_allowed_are_a_verdict(look: Look, picture: bytes) -> None:
    data = zipped(*((f"{number}.png", picture) for number in range(5)))
    assert look.reason(data, ZIP, replace(look.budget, parts=4)) == "too_many_parts"
    assert look.reason(data, ZIP, replace(look.budget, parts=5)) == ""


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_a_verdict(look: Look, picture: bytes) -> None:
    assert look.reason(zipped(("a.png", picture), ("A.png", b"x")), ZIP) == "duplicate_entries"


def test_entries_that_share_their_bytes_are_a_verdict(look: Look, picture: bytes) -> None:
    data = zipped(("a.png", picture), ("b.png", picture))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 1)
    same = data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]
    assert look.reason(same, ZIP) in {"overlapping_entries", "broken"}


def test_an_entry_that_the_directory_doesnt_name_is_a_verdict(look: Look, picture: bytes) -> None:
    data = zipped(("a.png", picture))
    hidden = zipped(("b.png", picture))
    local = hidden[: hidden.find(b"PK\x01\x02")]
    directory = data.find(b"PK\x01\x02")
    joined = bytearray(data[:directory] + local + data[directory:])
    end = joined.rfind(b"PK\x05\x06")
    struct.pack_into("<I", joined, end + 16, directory + len(local))
    assert look.reason(bytes(joined), ZIP) == "hidden_entries"
    assert look.reason(data + local, ZIP) in {"hidden_entries", "broken"}


def test_another_compression_is_a_verdict(look: Look, picture: bytes) -> None:
    data = zipped(("a.png", picture), method=zipfile.ZIP_LZMA)
    assert look.reason(data, ZIP) == "format_not_readable"


def test_a_directory_of_thousands_is_refused_before_it_is_read(look: Look) -> None:
    data = zipped(("a", b"")) + b"PK\x01\x02" * 5000
    assert look.reason(data, ZIP) == "too_many_parts"


def test_an_archive_in_an_archive_is_yielded_and_not_opened(look: Look, picture: bytes) -> None:
    data = picture
    for _ in range(9):
        data = zipped(("r.zip", data))
    (part,) = look.parts(data, ZIP)
    assert part.data.startswith(b"PK")


def test_every_broken_archive_is_a_verdict_or_has_parts(
    survives: Callable[..., None], picture: bytes
) -> None:
    survives(zipped(("word/media/image1.png", picture), ("b.txt", b"x" * 30)), ZIP)


@given(st.binary(max_size=400))
def test_every_string_of_bytes_is_a_verdict_or_has_parts(data: bytes) -> None:
    with suppress(Uninspectable):
        list(parts(b"PK\x03\x04" + data + b"PK\x05\x06" + bytes(18), Budget()))
