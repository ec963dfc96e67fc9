"""A film keeps all but its pictures, and what can't be kept is refused with its reason."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.marks.boxes import C2PA, Box, box, boxes, within
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.iso import film, is_quicktime, rebuilt, with_pictures
from guardrail.disclose.visible.film.tables import chunks, samples
from guardrail.disclose.visible.unlabelled import Unlabelled

PACKETS = [Packet(bytes((at,)) * (at + 1), at == 0) for at in range(36)]


def movie_of(data: bytes) -> Box:
    return next(one for one in boxes(data) if one.kind == b"moov")


def tracks_of(data: bytes) -> list[bytes]:
    """Return the samples of each track, one behind another."""
    found = []
    for trak in within(data, movie_of(data), b"trak"):
        [table] = within(data, trak, b"mdia", b"minf", b"stbl")
        at = chunks(data, table, samples(data, table))
        runs = zip(at.offsets.tolist(), at.sizes.tolist(), strict=True)
        found.append(b"".join(data[start : start + size] for start, size in runs))
    return found


def test_sound_stays_byte_for_byte_and_pictures_are_the_new_ones(clip: bytes) -> None:
    made = with_pictures(film(clip), PACKETS, (320, 240))
    _, sound = tracks_of(clip)
    assert tracks_of(made) == [b"".join(one.data for one in PACKETS), sound]
    assert [one.kind for one in boxes(made)] == [b"ftyp", b"moov", b"mdat"]


def test_all_else_of_the_index_stays(clip: bytes) -> None:
    made = with_pictures(film(clip), PACKETS, (320, 240))
    for path in ((b"mvhd",), (b"udta",), (b"trak", b"edts"), (b"trak", b"tkhd"),
                 (b"trak", b"mdia", b"mdhd"), (b"trak", b"mdia", b"hdlr")):  # fmt: skip
        old, new = (
            [data[one.start : one.end] for one in within(data, movie_of(data), *path)]
            for data in (clip, made)
        )
        assert old == new
        assert old


def test_what_promises_the_old_encoding_goes_and_what_is_beside_stays(clip: bytes) -> None:
    beside = box(b"uuid", bytes(16), b"something of somebody's")
    signed = box(b"uuid", C2PA, b"a manifest over the old film")
    assert b"avc1" in clip[:40]
    made = with_pictures(film(clip + beside + signed), PACKETS, (320, 240))
    assert b"avc1" not in made
    assert made.endswith(beside)
    assert b"a manifest" not in made


def test_sound_stands_near_its_pictures(clip: bytes) -> None:
    made = with_pictures(film(clip), PACKETS, (320, 240))
    kinds = []
    for number, trak in enumerate(within(made, movie_of(made), b"trak")):
        [table] = within(made, trak, b"mdia", b"minf", b"stbl")
        kinds += [(at, number) for at in chunks(made, table, samples(made, table)).offsets]
    assert [number for _, number in sorted(kinds)] != sorted(number for _, number in kinds)


def test_fewer_frames_than_before_are_a_verdict(clip: bytes) -> None:
    for packets in (PACKETS[1:], [*PACKETS, PACKETS[0]]):
        with pytest.raises(Unlabelled) as caught:
            with_pictures(film(clip), packets, (320, 240))
        assert caught.value.reason == "frames_lost"


def with_inside(clip: bytes, more: bytes) -> bytes:
    """Return the clip with more at the end of its index."""
    movie = movie_of(clip)
    size = struct.pack(">I", movie.end - movie.start + len(more))
    return clip[: movie.start] + size + clip[movie.start + 4 : movie.end] + more + clip[movie.end :]


def first_trak(clip: bytes) -> bytes:
    one = next(within(clip, movie_of(clip), b"trak"))
    return clip[one.start : one.end]


REFUSED = {
    "no film": (lambda _: box(b"ftyp", b"isom", bytes(4)), "unsupported_format"),
    "older than MP4": (lambda clip: clip[32:], "unsupported_format"),
    "sound alone": (lambda clip: clip.replace(b"vide", b"soun", 1), "unsupported_format"),
    "two of pictures": (lambda clip: with_inside(clip, first_trak(clip)), "several_video_tracks"),
    "fragments": (lambda clip: clip + box(b"moof"), "fragmented"),
    "fragments to come": (lambda clip: with_inside(clip, box(b"mvex")), "fragmented"),
    "keys": (lambda clip: with_inside(clip, box(b"pssh")), "encrypted"),
    "secret sound": (
        lambda clip: clip.replace(b"mp4a\0\0\0\0\0\0\0\1", b"enca\0\0\0\0\0\0\0\1", 1),
        "encrypted",
    ),
    "items": (lambda clip: clip + box(b"meta", bytes(4)), "unsupported_layout"),
    "two films": (lambda clip: clip + box(b"moov"), "unsupported_layout"),
    "samples elsewhere": (lambda clip: clip.replace(b"url \0\0\0\1", b"url \0\0\0\0", 1),
                          "unsupported_layout"),
    "turned as a whole": (
        lambda clip: clip.replace(struct.pack(">5i", 1 << 16, 0, 0, 0, 1 << 16), bytes(20), 1),
        "unsupported_layout",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cant_be_kept_is_refused(clip: bytes, what: str) -> None:
    make, reason = REFUSED[what]
    with pytest.raises(Unlabelled) as caught:
        film(make(clip))  # type: ignore[no-untyped-call]
    assert caught.value.reason == reason


def test_a_quicktime_film_is_one_whose_sound_counts_its_samples(clip: bytes) -> None:
    quicktime = clip.replace(b"ftypisom", b"ftypqt  ", 1)
    assert is_quicktime(quicktime)
    assert not is_quicktime(clip)
    made = with_pictures(film(quicktime), PACKETS, (320, 240))
    assert is_quicktime(made)
    assert tracks_of(made)[1] == tracks_of(clip)[1]
    at = quicktime.rindex(b"stsz") + 8
    all_alike = quicktime[:at] + b"\0\0\0\1" + quicktime[at + 4 :]
    shaped = quicktime.replace(b"edts", b"tapt", 1)
    for data in (all_alike, shaped):
        with pytest.raises(Unlabelled, match="unsupported_layout"):
            film(data)


def test_only_what_is_named_is_replaced(clip: bytes) -> None:
    movie = movie_of(clip)
    assert rebuilt(clip, movie, {}) == clip[movie.start : movie.end]
    head = next(within(clip, movie, b"mvhd"))
    assert rebuilt(clip, movie, {head.start: b""}) == box(b"moov", clip[head.end : movie.end])


@settings(max_examples=60)
@given(st.data())
def test_every_broken_film_is_a_verdict_or_keeps_its_sound(
    clip: bytes, data: st.DataObject
) -> None:
    movie = movie_of(clip)
    at = data.draw(st.integers(0, movie.end - 1))
    broken = clip[:at] + bytes((data.draw(st.integers(0, 255)),)) + clip[at + 1 :]
    try:
        one = film(broken)
        made = with_pictures(one, PACKETS, (320, 240))
    except (Unlabelled, Unmarkable) as verdict:
        assert verdict.reason  # noqa: PT017
    else:
        assert np.sum([len(run.data) for run in one.others[0].runs]) == len(tracks_of(made)[1])
