"""Frames are listened to by the second, however they are cut, and no byte of them is left out."""

from __future__ import annotations

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.raw_sound import (
    ALAW,
    AT_ONCE,
    BEFORE,
    PCM,
    ULAW,
    Coding,
    Hearing,
    RawSound,
    coding_of,
    frame_of,
    windows,
)
from guardrail.testing import pictures

TINY = Coding("pcm16", 5)
"""Ten bytes a second."""
SOUND = bytes(range(1, 250))
cuts = st.lists(st.binary(max_size=35), max_size=30)


def looks(frames: list[bytes], coding: Coding = TINY) -> list[RawSound]:
    """Return what was listened to by the end."""
    hearing, out = Hearing(coding), []
    for last, frame in [(False, one) for one in frames] + [(True, b"")]:
        hearing.take(frame)
        while (due := hearing.due(last=last)) is not None:
            out.append(due)
            hearing.heard(due)
    assert hearing.waiting == 0
    return out


def seconds(frames: list[bytes]) -> list[tuple[bytes, float]]:
    return [window for sound in looks(frames) for window in windows(sound)]


@given(st.lists(st.integers(0, len(SOUND)), max_size=40))
def test_every_cut_is_listened_to_alike(places: list[int]) -> None:
    at = [0, *sorted(places), len(SOUND)]
    frames = [SOUND[one:other] for one, other in pairwise(at)]
    assert seconds(frames) == seconds([SOUND])


@given(cuts)
def test_every_byte_is_new_once_but_for_half_a_sample_at_the_end(frames: list[bytes]) -> None:
    sounds = looks(frames)
    whole = b"".join(frames)
    heard = b"".join(bytes(one[len(one) - one.fresh :]) for one in sounds)
    assert heard == whole[: len(whole) // 2 * 2]
    assert all(0 < one.fresh <= AT_ONCE * TINY.second for one in sounds)
    assert all(len(one) - one.fresh <= BEFORE * TINY.second for one in sounds)
    assert all(len(one) % TINY.width == 0 for one in sounds)


@given(cuts, st.lists(st.booleans(), min_size=30, max_size=30))
def test_a_frame_goes_on_once_all_of_it_was_heard(frames: list[bytes], lasts: list[bool]) -> None:
    hearing = Hearing(TINY)
    came = heard = 0
    ends: list[int] = []
    for frame, last in zip(frames, lasts, strict=False):
        hearing.take(frame)
        came += len(frame)
        ends.append(came)
        while (due := hearing.due(last=last)) is not None:
            heard += due.fresh
            hearing.heard(due)
        passed = came if last else heard
        waiting = sum(end > passed for end in ends)
        assert hearing.waiting <= waiting if last else hearing.waiting <= waiting + 1
        assert hearing.waiting == 0 or not last


def test_what_waits_is_less_than_a_second() -> None:
    hearing = Hearing(TINY)
    for _ in range(1_000):
        hearing.take(b"abc")
        while (due := hearing.due()) is not None:
            hearing.heard(due)
        assert hearing.waiting <= 4


def test_half_samples_go_on_in_the_next_frame_or_are_dropped() -> None:
    for joins, expected in ((True, b"abcdef"), (False, b"abde")):
        hearing = Hearing(TINY, joins=joins)
        hearing.take(b"abc")
        hearing.take(b"def")
        due = hearing.due(last=True)
        assert due == expected


def test_each_second_comes_with_those_before_it() -> None:
    sound = RawSound(SOUND[:40], TINY, fresh=20)
    assert [*windows(sound)] == [(SOUND[:30], 2.0), (SOUND[:40], 3.0)]
    long = RawSound(SOUND[:75], TINY, fresh=15)
    assert [*windows(long)] == [(SOUND[10:70], 5.0), (SOUND[20:75], 5.0)]


@pytest.mark.parametrize(
    ("name", "rate", "coding"),
    [
        ("pcm16", None, PCM),
        ("audio/pcm", 24_000, PCM),
        ("audio/pcm", 16_000, Coding("pcm16", 16_000)),
        ("g711_ulaw", None, ULAW),
        ("audio/pcmu", 24_000, ULAW),
        ("g711_alaw", None, ALAW),
        ("audio/pcma", None, ALAW),
        ("audio/pcm", 0, None),
        ("audio/pcm", True, None),
        ("audio/pcm", 1e4, None),
        ("audio/pcm", 10**9, None),
        ("audio/opus", 24_000, None),
        ("", None, None),
        (None, None, None),
        (["pcm16"], None, None),
    ],
)
def test_codings_have_the_names_that_interfaces_give_them(
    name: object, rate: object, coding: Coding | None
) -> None:
    assert coding_of(name, rate) == coding


def test_a_second_has_so_many_bytes() -> None:
    assert (PCM.second, ULAW.second, ALAW.second) == (48_000, 8_000, 8_000)


@given(st.binary(min_size=1, max_size=400).map(lambda tail: b"\x00\x00\xfe\xff" + tail))
def test_samples_are_a_frame(data: bytes) -> None:
    assert frame_of(b64encode(data).decode()) == data


@pytest.mark.parametrize("held", ["", "=", "ab!!!!!!", "/+_-", "AAAA=BBB"])
def test_what_is_no_base64_is_no_frame(held: str) -> None:
    assert frame_of(held) is None


def test_what_is_another_medium_is_no_frame() -> None:
    for data in (
        pictures.encoded(pictures.portrait(64)),
        b"%PDF-1.7\n",
        b"PK\x03\x04" + b"\0" * 30,
    ):
        assert frame_of(b64encode(data).decode()) is None


def test_few_bytes_that_samples_have_by_chance_tell_nothing() -> None:
    for data in (b"\xff\x0a" + b"\x10" * 30, b"\0\0\1\0\1\0" + b"\x20" * 60):
        assert frame_of(b64encode(data).decode()) == data


def test_a_sound_says_what_it_is() -> None:
    sound = RawSound(b"abcd", ULAW, fresh=2, whole=True)
    assert (sound, sound.coding, sound.fresh, sound.whole, sound.known) == (
        b"abcd",
        ULAW,
        2,
        True,
        None,
    )
