from __future__ import annotations

import struct
from itertools import product

import pytest

from guardrail.disclose.marks.boxes import box, boxes
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.items import Items, corrections, items, with_item
from guardrail.disclose.marks.octets import patched

PICTURE = b"the picture's own bytes"
KINDS = box(b"infe", b"\2\0\0\0", b"\0\1\0\0", b"av01", b"\0")
RDF = b"application/rdf+xml"


def located(*rows: bytes, version: int = 0, widths: int = 0x4400) -> bytes:
    wide = ">I" if version == 2 else ">H"
    head = bytes([version, 0, 0, 0]) + struct.pack(">H", widths) + struct.pack(wide, len(rows))
    return box(b"iloc", head, *rows)


def meta_of(iloc: bytes, *more: bytes, primary: bytes = b"\0\0\0\0\0\1") -> bytes:
    listed = box(b"iinf", bytes(4), b"\0\1", KINDS)
    return box(b"meta", bytes(4), box(b"pitm", primary), listed, iloc, *more)


def held(meta: bytes, behind: bytes = PICTURE) -> Items:
    data = meta + behind
    return items(data, next(boxes(data)))


def row(at: int, version: int = 0, method: int = 0, size: int = len(PICTURE)) -> bytes:
    how = struct.pack(">H", method) if version else b""
    item = struct.pack(">I" if version == 2 else ">H", 1)
    return item + how + b"\0\0\0\1" + struct.pack(">II", at, size)


@pytest.mark.parametrize(("version", "with_references"), list(product((0, 1, 2), (False, True))))
def test_the_picture_is_found_after_another_item_was_put_in(
    version: int, *, with_references: bool
) -> None:
    wide = b"\0\0\0\1" if version == 2 else b"\0\1"
    references = [box(b"iref", bytes(4), box(b"thmb", b"\0\1\0\1\0\1"))] if with_references else []
    length = len(meta_of(located(row(0, version), version=version), *references))
    old = held(meta_of(located(row(length, version), version=version), *references))
    assert old.body(1) == PICTURE
    grown = len(with_item(old, 2, RDF, (0, 4), 0)) - length
    place = length + grown + len(PICTURE)
    new = held(with_item(old, 2, RDF, (place, 4), grown), PICTURE + b"more")
    assert (new.body(1), new.body(2)) == (PICTURE, b"more")
    assert new.kinds == {1: (b"av01", b""), 2: (b"mime", RDF)}
    assert new.version == version
    refers = new.part(b"iref")
    assert refers is not None
    assert new.data[refers.start : refers.end].endswith(b"cdsc\0\2\0\1\0\1")
    assert wide in new.data


def test_an_item_that_is_there_gets_another_place_and_is_listed_once() -> None:
    old = held(meta_of(located(row(0))))
    new = held(with_item(old, 1, RDF, (7, 5), 0))
    assert new.kinds == old.kinds
    assert [(one.item, one.extents[0].offset) for one in new.places] == [(1, 7)]


def test_what_stands_in_the_box_itself_stays_where_it_is() -> None:
    iloc = located(row(2, 1, 1, 3), version=1)
    old = held(meta_of(iloc, box(b"idat", b"..abc..")), b"")
    assert old.body(1) == b"abc"
    new = held(with_item(old, 2, RDF, (0, 1), 500), b"")
    assert new.body(1) == b"abc"


def test_a_base_is_added_to_places() -> None:
    based = b"\0\1\0\0" + struct.pack(">IH", 100, 1) + struct.pack(">II", 11, 3)
    one = held(meta_of(located(based, widths=0x4440)))
    assert one.places[0].extents[0].offset == 111


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (b"\0\1\0\0\0\1" + struct.pack(">II", 1, 1 << 20), "truncated"),
        (b"\0\1\0\0\xff\xff", "too_many_parts"),
        (b"\0\1\0\0\0\7" + bytes(8), "broken_box"),
    ],
)
def test_places_out_of_the_file_are_told(place: bytes, why: str) -> None:
    with pytest.raises(Unmarkable) as raised:
        held(meta_of(located(place))).body(1)
    assert raised.value.reason in {why, "broken_box"}


def test_an_item_in_another_file_has_no_bytes_here() -> None:
    place = b"\0\1\0\5\0\1" + struct.pack(">II", 0, 4)
    one = held(meta_of(located(place)))
    assert one.body(1) is None
    assert one.body(9) is None
    assert held(with_item(one, 2, RDF, (0, 1), 50)).places[0].extents[0].offset == 0


def test_an_item_that_goes_on_to_the_end_of_the_file_is_refused() -> None:
    one = held(meta_of(located(row(0, size=0))))
    assert one.body(1) == one.data
    with pytest.raises(Unmarkable, match="broken_box"):
        with_item(one, 2, RDF, (0, 1), 50)


def test_what_names_no_picture_is_broken() -> None:
    bare = box(b"meta", bytes(4), located(row(0)))
    with pytest.raises(Unmarkable, match="broken_box"):
        items(bare, next(boxes(bare)))
    with pytest.raises(Unmarkable, match="broken_box"):
        held(meta_of(located(version=3)))


def test_a_number_too_large_for_references_as_they_are_is_refused() -> None:
    references = box(b"iref", bytes(4))
    with pytest.raises(Unmarkable, match="too_large"):
        with_item(held(meta_of(located(row(0)), references)), 1 << 16, RDF, (0, 1), 0)
    wide = held(meta_of(located(row(0, 2), version=2)))
    new = held(with_item(wide, 1 << 16, RDF, (0, 1), 0))
    assert new.kinds[1 << 16] == (b"mime", RDF)


def test_places_are_corrected_where_they_stand() -> None:
    data = located(row(40), row(400))
    [found] = boxes(data)
    edits = list(corrections(data, found, 100, 5))
    assert patched(data, edits) == located(row(40), row(405))


def test_places_that_count_from_a_base_are_not_guessed_at() -> None:
    based = b"\0\1\0\0" + struct.pack(">IH", 100, 1) + struct.pack(">II", 11, 3)
    data = located(based, widths=0x4440)
    with pytest.raises(Unmarkable, match="items_by_place"):
        list(corrections(data, next(boxes(data)), 50, 5))
    assert list(corrections(data, next(boxes(data)), 500, 5)) == []
