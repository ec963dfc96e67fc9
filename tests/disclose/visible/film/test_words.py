"""Words stand on every frame of a film; all else of it stays as far as eyes and clocks tell."""

from __future__ import annotations

from contextlib import closing

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.encoder import Encoder
from guardrail.disclose.visible.film.iso import film, with_pictures
from guardrail.disclose.visible.film.words import caption
from guardrail.disclose.visible.overlay import Place
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ")


@pytest.fixture(scope="module")
def done(clip: bytes) -> Labelled:
    return caption(clip, WORDS)


def test_words_stand_on_every_frame_in_letters_that_are_large_enough(
    clip: bytes, done: Labelled
) -> None:
    left, top, width, height = done.box
    assert done.letter_height >= 0.05 * 240
    shown = 0
    for old, new in zip(frames(clip), frames(done.data), strict=True):
        was, plate = (
            cv2.cvtColor(one[top : top + height, left : left + width], cv2.COLOR_BGR2GRAY)
            for one in (old, new)
        )
        assert (plate < 60).mean() > 0.5
        assert (plate > 200).mean() > 0.03
        assert np.abs(plate.astype(int) - was).mean() > 40
        shown += 1
    assert shown == 36


def test_what_isnt_under_the_words_is_seen_as_before(clip: bytes, done: Labelled) -> None:
    top = done.box[1] - 8
    for old, new in zip(frames(clip), frames(done.data), strict=True):
        assert cv2.PSNR(old[:top].copy(), new[:top].copy()) > 34


def test_frames_are_shown_when_they_were_and_sound_stays(clip: bytes, done: Labelled) -> None:
    old, new = film(clip), film(done.data)
    assert old.pictures.times.tolist() == new.pictures.times.tolist()
    assert old.pictures.samples.ends == new.pictures.samples.ends
    assert [run.data for run in old.others[0].runs] == [run.data for run in new.others[0].runs]
    assert new.pictures.colours.matrix == 6


def test_a_film_can_be_labelled_twice(done: Labelled) -> None:
    again = caption(done.data, ("AI",), place=Place.TOP_RIGHT)
    assert again.box[0] > 160
    assert again.box[1] < 120
    assert len(list(frames(again.data))) == 36


@pytest.mark.parametrize(
    ("bounds", "words", "reason"),
    [
        (Bounds(encoded_bytes=1_000), WORDS, "too_large"),
        (Bounds(pixels=320 * 240 - 1), WORDS, "too_many_pixels"),
        (Bounds(film_pixels=320 * 240 * 36 - 1), WORDS, "too_long"),
        (Bounds(film_frames=35), WORDS, "too_long"),
        (Bounds(film_growth=-50_000), WORDS, "too_large"),
        (Bounds(), (), "no_letters"),
        (Bounds(), ("W" * 200,), "too_small"),
    ],
)
def test_what_isnt_labelled_is_told(
    clip: bytes, bounds: Bounds, words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(Unlabelled) as caught:
        caption(clip, words, bounds=bounds)
    assert caught.value.reason == reason


def test_frames_that_cant_be_decoded_are_never_left_out(clip: bytes) -> None:
    start = clip.index(b"mdat") + 4
    for broken in (clip[:start] + bytes(len(clip) - start), clip[: start + 40]):
        with pytest.raises(Unlabelled):
            caption(broken, WORDS)


def test_a_film_in_which_nothing_ever_changes_is_a_frame_that_hides_others(clip: bytes) -> None:
    grey = np.full((240, 320, 3), 128, np.uint8)
    with closing(Encoder(320, 240)) as encoder:
        still = with_pictures(film(clip), [encoder.encode(grey) for _ in range(36)], (320, 240))
    with pytest.raises(Unlabelled) as caught:
        caption(still, WORDS)
    assert caught.value.reason == "frames_lost"


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_broken_film_is_a_verdict_or_a_film(clip: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(clip) - 1))
    broken = clip[:at] + bytes((clip[at] ^ data.draw(st.integers(1, 255)),)) + clip[at + 1 :]
    try:
        made = caption(broken, WORDS)
    except Unlabelled as verdict:
        assert verdict.reason  # noqa: PT017
    else:
        assert len(list(frames(made.data))) == len(film(broken).pictures.samples.sizes)
