"""What a film says of its colours is found, and what can't be kept is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import Box, boxes
from guardrail.disclose.visible.film.colours import (
    BT601,
    BT709,
    UNKNOWN,
    Colours,
    as_guessed,
    colours,
)
from guardrail.disclose.visible.film.track import only
from guardrail.disclose.visible.unlabelled import Unlabelled

INTERLACED = bytes.fromhex(
    "0164001effe1001a6764001eacd940a063f3e022000003000200000300603e28532c01000468fe8fcbfdf8f800"
)
"""What x264 says of 640 x 360 with ``interlaced=1``."""


def nclx(primaries: int, transfer: int, matrix: int) -> bytes:
    return b"nclx" + struct.pack(">3HB", primaries, transfer, matrix, 0)


def own(clip: bytes) -> bytes:
    """Return the clip's parameters of H.264."""
    movie = next(one for one in boxes(clip) if one.kind == b"moov")
    table = only(clip, movie, b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entry = next(boxes(clip, table.body + 8, table.end))
    found: Box = next(one for one in boxes(clip, entry.body + 78, entry.end) if one.kind == b"avcC")
    return clip[found.body : found.end]


def test_h264_says_it_in_itself_where_its_container_says_nothing(clip: bytes) -> None:
    assert colours({b"avcC": own(clip)}) == Colours(1, 1, BT601)
    with pytest.raises(Unlabelled, match="unsupported_colours"):
        colours({b"avcC": own(clip).replace(b"\1\x64", b"\1\x6e", 1)})


def test_the_container_goes_first(clip: bytes) -> None:
    told = {b"avcC": own(clip), b"colr": nclx(5, 6, 5)}
    assert colours(told) == Colours(5, 6, BT601)
    assert colours({b"colr": nclx(2, 2, 2)}).matrix == UNKNOWN
    assert colours({b"vpcC": bytes((1, 0, 0, 0, 0, 10, 0x82, 1, 1, 1))}) == Colours(1, 1, BT601)


def test_of_others_nobody_knows_and_they_were_decoded_as_they_say() -> None:
    assert colours({b"hvcC": bytes(16) + b"\1\0"}) == Colours(matrix=BT601)


def test_what_isnt_said_is_what_players_take_it_for() -> None:
    assert as_guessed(Colours(), 720) == Colours(BT709, BT709, BT709)
    assert as_guessed(Colours(), 719) == Colours(BT601, BT601, BT601)
    assert as_guessed(Colours(5, 4, BT601), 1080) == Colours(5, 4, BT601)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ({b"colr": nclx(9, 16, 9)}, "unsupported_colours"),
        ({b"colr": nclx(9, 18, 9)}, "unsupported_colours"),
        ({b"mdcv": b""}, "unsupported_colours"),
        ({b"clli": b""}, "unsupported_colours"),
        ({b"avcC": INTERLACED}, "interlaced"),
        ({b"avcC": b"\1\x64\0\x0a\xff\xe0"}, "unsupported_layout"),
        ({b"avcC": b"\1\x64\0\x0a\xff\xe1\0\4\x67\x64"}, "unreadable"),
        ({b"hvcC": bytes(6) + b"\x40" + bytes(9) + b"\1\0"}, "interlaced"),
        ({b"hvcC": bytes(16) + b"\1\2"}, "unsupported_colours"),
        ({b"hvcC": bytes(16) + b"\3\0"}, "unsupported_colours"),
        ({b"av1C": b"\x81\0\x4c\0"}, "unsupported_colours"),
        ({b"av1C": b"\x81\0\0\0"}, "unsupported_colours"),
        ({b"vpcC": bytes(6) + b"\xa2"}, "unsupported_colours"),
        ({b"vpcC": bytes(6) + b"\x86"}, "unsupported_colours"),
        ({b"fiel": b"\2\6"}, "interlaced"),
    ],
)
def test_what_cant_be_kept_is_refused(inside: dict[bytes, bytes], reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        colours(inside)
    assert caught.value.reason == reason


REASONS = {"unreadable", "unsupported_colours", "unsupported_layout", "interlaced"}


@given(st.binary(max_size=60))
def test_every_nonsense_is_colours_or_a_verdict(data: bytes) -> None:
    try:
        found = colours({b"avcC": data})
    except Unlabelled as verdict:
        assert verdict.reason in REASONS  # noqa: PT017
    else:
        assert found.matrix in {UNKNOWN, BT601}
