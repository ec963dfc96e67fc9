from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.adts import HEAD, frames

AAC = (Path(__file__).parents[1] / "sound" / "voice.aac").read_bytes()
TAG = b"ID3\x04\0\0\0\0\0\x05" + bytes(5)


def test_frames_are_the_whole_of_a_recording() -> None:
    found = frames(TAG + AAC + b"TAG" + bytes(125))
    assert len(found) == 37
    assert {(one.rate, one.channels) for one in found} == {(24_000, 1)}
    assert b"".join(one.head + one.block for one in found) == AAC


@given(st.binary(max_size=8_000))
def test_a_frame_with_another_block_says_how_long_it_is(block: bytes) -> None:
    first = frames(AAC)[0]
    changed = first.with_block(block)
    assert len(changed) == HEAD + len(block)
    if block:
        (again,) = frames(changed)
        assert (again.block, again.rate, again.channels) == (block, 24_000, 1)
    assert first.with_block(first.block) == first.head + first.block


def _with(at: int, bits: int) -> bytes:
    return AAC[:at] + bytes((AAC[at] ^ bits,)) + AAC[at + 1 :]


@pytest.mark.parametrize(
    "data",
    [b"", TAG, _with(1, 1), _with(2, 0x80), _with(2, 0x2C), _with(6, 3), AAC + bytes(300)],
    ids=["nothing", "tags", "checksum", "profile", "rate", "blocks", "more"],
)
def test_what_isnt_plain_aac_is_a_verdict(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="cannot_redact"):
        frames(data)


def test_half_a_frame_is_a_verdict() -> None:
    with pytest.raises(Uninspectable, match="truncated"):
        frames(AAC[:-20])
