from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.adts import HEAD, begins, frames, header

HEADER = bytes.fromhex("fff15840027ffc")
"""AAC-LC, 24 kHz, one channel, 19 bytes with the header."""
FRAME = HEADER + bytes(12)


def test_a_header_is_read() -> None:
    found = header(b"." + FRAME, 1)
    assert found is not None
    assert (found.profile, found.rate, found.channels, found.blocks) == (1, 6, 1, 1)
    assert (found.start, found.body, found.end) == (1, 8, 20)
    assert not found.is_checked
    checked = header(b"\xff\xf0" + FRAME[2:], 0)
    assert checked is not None
    assert (checked.body, checked.is_checked) == (9, True)


def test_what_frames_have_in_common_leaves_their_lengths_out() -> None:
    longer = header(FRAME[:4] + b"\x03\x5f" + FRAME[6:] + bytes(9), 0)
    first = header(FRAME, 0)
    assert longer is not None and first is not None  # noqa: PT018
    assert longer.fixed == first.fixed
    assert longer.end != first.end


def test_frames_follow_one_another_as_far_as_they_are_whole() -> None:
    found = list(frames(FRAME * 3 + FRAME[:10]))
    assert [one.start for one in found] == [0, 19, 38]


def test_a_stream_begins_with_two_frames_of_a_kind_or_is_one() -> None:
    assert begins(FRAME * 2)
    assert begins(FRAME)
    assert begins(b"tag" + FRAME + FRAME[:4], 3)
    assert not begins(FRAME + FRAME[:2] + b"\x5c" + FRAME[3:])
    assert not begins(FRAME + b"other")
    assert not begins(FRAME[:-1])


@given(st.binary(max_size=40))
def test_every_header_ends_behind_its_own_bytes(data: bytes) -> None:
    found = header(data, 0)
    assert found is None or found.end >= found.body >= HEAD
    assert isinstance(begins(b"\xff\xf1" + data), bool)
