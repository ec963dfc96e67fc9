from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import adts
from guardrail.disclose.visible.aac.encoder import encoded
from guardrail.disclose.visible.aac.extended import is_extended
from guardrail.disclose.visible.sound import earcon

PLAIN = encoded(earcon(24_000), 6, 1)[1:9]


Grow = Callable[..., bytes]


@given(st.integers(1, 269), st.sampled_from(["1101", "1110"]))
def test_every_length_of_such_data_is_seen(grown: Grow, size: int, kind: str) -> None:
    assert is_extended([grown(block, size, kind) for block in PLAIN])


def test_other_fillings_and_plain_frames_are_none(raw: bytes, grown: Grow) -> None:
    assert not is_extended([grown(block, 20, "0000") for block in PLAIN])
    assert not is_extended(PLAIN)
    assert not is_extended([raw[one.body : one.end] for one in islice(adts.frames(raw), 8)])


@pytest.mark.parametrize("blocks", [[], [b""], [b"\0"], [b"\xff" * 20], [b"\xe0"]])
def test_what_is_no_block_is_none(blocks: list[bytes], grown: Grow) -> None:
    assert not is_extended(blocks)
    assert not is_extended([*(grown(block, 9) for block in PLAIN), *blocks, PLAIN[0]])
