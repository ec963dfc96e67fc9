from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import box, boxes
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.places import corrections


def table(*places: int, wide: bool = False) -> bytes:
    rows = struct.pack(f">II{len(places)}{'Q' if wide else 'I'}", 0, len(places), *places)
    held = box(b"stbl", box(b"co64" if wide else b"stco", rows))
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", held))))


def moved(data: bytes, limit: int, grown: int) -> bytes:
    return patched(data, corrections(data, limit, grown))


@given(
    places=st.lists(st.integers(0, 1 << 30), max_size=20),
    limit=st.integers(0, 1 << 30),
    grown=st.integers(0, 1 << 20),
)
@pytest.mark.parametrize("wide", [False, True])
def test_every_place_at_the_limit_and_behind_moves_and_no_other(
    places: list[int], limit: int, grown: int, *, wide: bool
) -> None:
    after = [one + grown if one >= limit else one for one in places]
    assert moved(table(*places, wide=wide), limit, grown) == table(*after, wide=wide)


def test_a_place_that_cant_be_written_any_more_is_told() -> None:
    with pytest.raises(Unmarkable, match="too_large"):
        moved(table((1 << 31) - 1), 0, 1 << 32)


def test_a_place_beyond_any_file_is_broken() -> None:
    with pytest.raises(Unmarkable, match="broken_box"):
        moved(table(1 << 63, wide=True), 0, 1)


def test_an_index_that_names_more_than_it_holds_is_broken() -> None:
    index = box(b"mfra", box(b"tfra", struct.pack(">IIII", 0, 1, 0, 9)))
    with pytest.raises(Unmarkable, match="broken_box"):
        moved(index, 0, 1)


def test_a_file_that_states_no_places_has_no_corrections() -> None:
    data = box(b"ftyp", b"isom") + box(b"mdat", bytes(9))
    assert [one.kind for one in boxes(moved(data, 0, 9))] == [b"ftyp", b"mdat"]
