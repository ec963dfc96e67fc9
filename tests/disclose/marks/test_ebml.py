from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import CLUSTER, SEGMENT, TAGS, VOID, element, elements
from guardrail.disclose.marks.found import Unmarkable

ENDLESS = b"\x01" + b"\xff" * 7


@given(
    st.lists(st.tuples(st.sampled_from([0xA3, 0x4282, 0x2AD7B1, TAGS]), st.binary(max_size=300)))
)
def test_every_element_is_read_as_it_was_written(told: list[tuple[int, bytes]]) -> None:
    data = b"".join(element(kind, body) for kind, body in told)
    found = list(elements(data))
    assert [(one.kind, data[one.body : one.end]) for one in found] == told


@given(st.integers(0, 1 << 40), st.integers(0, 8))
def test_every_length_is_written_in_as_many_bytes_as_asked_for(length: int, width: int) -> None:
    try:
        written = ebml.size(length, width)
    except Unmarkable:
        assert width
        assert length >= (1 << 7 * width) - 1
        return
    assert len(written) == (width or len(written))
    [one] = elements(b"\xec" + written + bytes(0)) if not length else [None]
    assert one is None or one.end - one.body == 0
    assert int.from_bytes(written, "big") & ((1 << 7 * len(written)) - 1) == length


@given(st.integers(2, 70_000))
def test_every_room_is_as_long_as_asked_for(length: int) -> None:
    data = ebml.void(length)
    assert [(one.kind, one.end) for one in elements(data)] == [(VOID, length)]


def test_what_does_not_say_how_long_it_is_ends_before_the_next_of_its_kind() -> None:
    block = element(0xA3, b"block")
    cluster = ebml.identified(CLUSTER) + ENDLESS + block
    data = ebml.identified(SEGMENT) + ENDLESS + cluster + cluster + element(TAGS, b"")
    whole = ebml.segment(data)
    assert (whole.is_endless, whole.end) == (True, len(data))
    inside = list(elements(data, whole.body, whole.end))
    assert [one.kind for one in inside] == [CLUSTER, CLUSTER, TAGS]
    assert [one.end - one.start for one in inside[:2]] == [len(cluster)] * 2
    assert [one.kind for one in ebml.within(data, whole, CLUSTER, 0xA3)] == [0xA3, 0xA3]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x81", "broken_ebml"),
        (b"\xa3\x00", "broken_ebml"),
        (b"\xa3" + ENDLESS, "broken_ebml"),
        (b"\xa3\x85abc", "truncated"),
        (b"\xa3", "truncated"),
        (b"\x1a\x45", "truncated"),
    ],
)
def test_broken_elements_are_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        list(elements(data))


def test_numbers_and_texts_are_read() -> None:
    data = ebml.unsigned(0xE7, 70_000) + element(0x86, b"V_VP9\0\0") + element(0xE7, bytes(9))
    number, words, wide = elements(data)
    assert ebml.value(data, number) == 70_000
    assert ebml.text(data, words) == "V_VP9"
    with pytest.raises(Unmarkable, match="broken_ebml"):
        ebml.value(data, wide)
    with pytest.raises(Unmarkable, match="broken_ebml"):
        ebml.segment(data)
