from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import element, elements, unsigned
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.blocks import (
    KEY,
    TIME,
    Block,
    blocks,
    longest,
    scale_of,
    written,
)
from guardrail.disclose.visible.unlabelled import Unlabelled

BLOCKS = st.builds(
    Block,
    st.integers(1, 300),
    st.integers(0, 32_000),
    st.sampled_from([0, KEY, 0x08]),
    st.binary(max_size=40),
)


def read(*parts: bytes, time: int = 0) -> list[Block]:
    data = element(ebml.CLUSTER, unsigned(TIME, time), *parts)
    return list(blocks(data, list(elements(data))))


@given(st.lists(BLOCKS, max_size=20), st.integers(0, 1 << 40))
def test_every_block_that_is_written_is_read_back(held: list[Block], start: int) -> None:
    found = read(*(written(one, one.time) for one in held), time=start)
    assert [(one.track, one.time - start, one.flags, one.data) for one in found] == [
        (one.track, one.time, one.flags, one.data) for one in held
    ]


def test_what_a_group_has_beside_its_block_stays() -> None:
    lasts = unsigned(0x9B, 40)
    one = Block(1, 7, 0, b"sound", lasts + element(0x75A2, b"\5"), lasts)
    assert read(written(one, 7)) == [one]


def test_blocks_that_arent_seen_say_so() -> None:
    assert not Block(1, 0, 0x08, b"").is_shown
    assert Block(1, 0, KEY, b"").is_shown


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (element(0xAF, b""), "encrypted"),
        (element(0x5854, b""), "unsupported_layout"),
        (element(0xA3, b"\x81\xff\xff\x80"), "unsupported_layout"),
    ],
)
def test_what_nobody_here_knows_is_refused(part: bytes, reason: str) -> None:
    with pytest.raises(Unlabelled, match=reason):
        read(part)


@pytest.mark.parametrize("part", [element(0xA3, b"\x81\0"), element(0xA0, unsigned(0x9B, 1))])
def test_a_block_without_a_head_is_broken(part: bytes) -> None:
    with pytest.raises(Unmarkable, match="broken_ebml"):
        read(part)


def test_a_tick_is_a_millisecond_unless_a_file_says_otherwise() -> None:
    told = element(ebml.INFO, unsigned(0x2AD7B1, 125))
    assert scale_of(told, list(elements(told))) == 125
    bare = element(ebml.INFO)
    assert scale_of(bare, list(elements(bare))) == 1_000_000
    with pytest.raises(Unlabelled, match="unreadable"):
        scale_of(b"", [])


def test_a_cluster_lasts_five_seconds_and_no_longer_than_a_block_can_say() -> None:
    assert longest(1_000_000) == 5_000
    assert longest(1_000) == 32_000
    assert longest(1 << 40) == 1
