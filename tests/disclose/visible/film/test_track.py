"""The track of pictures: what is known of it, and its table for other pictures."""

from __future__ import annotations

import struct
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import Box, box, boxes
from guardrail.disclose.visible.film.colours import BT601, Colours
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.tables import Samples, samples
from guardrail.disclose.visible.film.track import (
    Pictures,
    anew,
    only,
    pictures,
    scale_of,
    table_with,
)
from guardrail.disclose.visible.unlabelled import Unlabelled


def trak_of(clip: bytes) -> Box:
    movie = next(one for one in boxes(clip) if one.kind == b"moov")
    return only(clip, movie, b"trak")


def test_what_is_known_of_a_track(clip: bytes) -> None:
    found = pictures(clip, trak_of(clip))
    assert (found.width, found.height, found.turns) == (320, 240, 0)
    assert found.colours == Colours(1, 1, BT601)
    assert scale_of(clip, trak_of(clip)) == found.scale
    assert len(found.samples.sizes) == 36
    # Frames come out of order, and are evenly spaced once they stand in it.
    assert found.samples.shown.tolist() != found.times.tolist()
    assert set(np.diff(found.times).tolist()) == {found.scale // 12}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"avc1\0\0\0\0\0\0\0\1", b"encv\0\0\0\0\0\0\0\1", "encrypted"),
        (b"avc1\0\0\0\0\0\0\0\1", b"mjpg\0\0\0\0\0\0\0\1", "unsupported_codec"),
        (b"pasp", b"sv3d", "unsupported_layout"),
        (b"btrt", b"clli", "unsupported_colours"),
        (b"btrt", b"pasp", "unsupported_layout"),
        (b"stsd\0\0\0\0\0\0\0\1", b"stsx\0\0\0\0\0\0\0\1", "unreadable"),
    ],
)
def test_a_track_that_cant_be_kept_is_refused(
    clip: bytes, old: bytes, new: bytes, reason: str
) -> None:
    assert old in clip
    broken = clip.replace(old, new, 1)
    with pytest.raises(Unlabelled) as caught:
        pictures(broken, trak_of(broken))
    assert caught.value.reason == reason


def matrix(clip: bytes, *values: int) -> bytes:
    head = only(clip, trak_of(clip), b"tkhd")
    at = head.body + 40
    return clip[:at] + struct.pack(">9i", *values) + clip[at + 36 :]


ONE, LAST = 1 << 16, 1 << 30


@pytest.mark.parametrize(
    ("values", "turns"),
    [
        ((ONE, 0, 0, 0, ONE, 0, 0, 0, LAST), 0),
        ((0, ONE, 0, -ONE, 0, 0, 240 * ONE, 0, LAST), 1),
        ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, LAST), 2),
        ((0, -ONE, 0, ONE, 0, 0, 0, 0, LAST), 3),
    ],
)
def test_quarter_turns_are_known(clip: bytes, values: tuple[int, ...], turns: int) -> None:
    turned = matrix(clip, *values)
    assert pictures(turned, trak_of(turned)).turns == turns


def test_pictures_that_are_mirrored_or_skewed_are_refused(clip: bytes) -> None:
    for values in ((-ONE, 0, 0, 0, ONE, 0, 0, 0, LAST), (ONE, 9, 0, 0, ONE, 0, 0, 0, LAST)):
        other = matrix(clip, *values)
        with pytest.raises(Unlabelled) as caught:
            pictures(other, trak_of(other))
        assert caught.value.reason == "unsupported_layout"


def test_pictures_that_were_turned_are_upright_now(clip: bytes) -> None:
    turned = matrix(clip, 0, ONE, 0, -ONE, 0, 0, 240 * ONE, 0, LAST)
    track = pictures(turned, trak_of(turned))
    new, _, _ = anew(turned, track, [Packet(b"x", is_key=True)] * 36, (240, 320))
    [head] = new.values()
    assert head[8 + 40 : 8 + 76] == struct.pack(">9i", ONE, 0, 0, 0, ONE, 0, 0, 0, LAST)
    assert head[8 + 76 :] == struct.pack(">2I", 240 << 16, 320 << 16)


@given(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=30), st.integers(0, 3_000), st.randoms()
)
def test_every_frame_is_shown_when_it_was(
    clip: bytes, durations: list[int], shift: int, order: object
) -> None:
    base = pictures(clip, trak_of(clip))
    starts = [0, *accumulate(durations)]
    shown = np.array(starts[:-1], np.int64) + shift
    mixed = shown.copy()
    order.shuffle(mixed)  # type: ignore[attr-defined]
    old = Samples(np.ones(len(mixed), np.int64), shown - shift, mixed, starts[-1])
    track = Pictures(
        base.trak, base.head, base.table, base.entry, old, base.colours, 1_000, 0, 320, 240
    )
    packets = [Packet(bytes([at]), at % 3 == 0) for at in range(len(mixed))]
    _, runs, parts = anew(clip, track, packets, (320, 240))
    table = table_with(parts, np.zeros(len(runs), np.int64))
    now = samples(table, next(boxes(table)))
    assert now.shown.tolist() == shown.tolist()
    assert now.ends == starts[-1]
    assert b"".join(run.data for run in runs) == bytes(range(len(mixed)))
    # None is more than a second long, and all are named.
    counts = next(one for one in parts if one[4:8] == b"stsc")
    assert int.from_bytes(counts[12:16]) == len(runs)
    assert box(b"stss", bytes(4)) not in parts
