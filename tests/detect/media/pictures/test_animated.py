from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures.animated import frames, spaced
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import Pixels, animation, gif, scene, with_portrait

BUDGET = Budget()


def looked_at(data: bytes, budget: Budget = BUDGET) -> list[int]:
    return [number for number, _ in frames(data, picture_size(data, sniff(data)), budget)]


def film(count: int, face_from: int) -> list[Pixels]:
    """Return frames that all differ: those who write animations leave out what is repeated."""
    empty = [scene(320, 240) // 2 + 6 * number for number in range(count)]
    return [
        with_portrait(ground, 40, 20, 200) if number >= face_from else ground
        for number, ground in enumerate(empty)
    ]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_face_that_comes_later_in_an_animation_is_found(kind: str, faces: Faces) -> None:
    data = animation(film(10, 5), kind)
    seen = {
        number: len(faces.find(picture))
        for number, picture in frames(data, picture_size(data, sniff(data)), BUDGET)
    }
    assert seen == {0: 0, 1: 0, 3: 0, 4: 0, 5: 1, 6: 1, 8: 1, 9: 1}


def test_all_pages_of_a_tiff_are_looked_at_or_none() -> None:
    assert looked_at(animation(film(8, 9), "TIFF")) == list(range(8))
    with pytest.raises(Uninspectable, match="too_many_frames"):
        looked_at(animation(film(9, 9), "TIFF"))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_too_large_for_the_memory_of_a_worker_is_refused(kind: str) -> None:
    large = [np.full((2000, 2000, 3), shade, np.uint8) for shade in (40, 90)]
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        looked_at(animation(large, kind))


def test_three_hundred_large_frames_are_refused_before_any_is_decoded() -> None:
    with pytest.raises(Uninspectable, match="too_many_frames"):
        looked_at(gif(300, 2000))


def test_frames_without_end_are_refused() -> None:
    with pytest.raises(Uninspectable, match="too_many_frames"):
        list(frames(b"GIF89a", Size(2, 2, 1 << 31), BUDGET))


def test_a_still_picture_of_this_kind_is_one_frame() -> None:
    assert looked_at(gif(1, 300)) == [0]
    assert looked_at(gif(1, 6000)) == [0]


def test_more_pixels_than_the_budget_are_refused() -> None:
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        looked_at(gif(1, 300), Budget(pixels=1000))


@given(st.integers(1, 5000), st.integers(1, 30))
def test_frames_are_evenly_spaced_whatever_their_number(count: int, most: int) -> None:
    numbers = spaced(count, most)
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(count, most)
    assert numbers[0] == 0
    if most > 1:
        assert numbers[-1] == count - 1
        assert int(np.ptp(np.diff(numbers))) <= 1 if len(numbers) > 1 else True


GIF = gif(5, 20)


@given(st.data())
def test_every_broken_animation_gives_frames_or_a_verdict(data: st.DataObject) -> None:
    file = bytearray(GIF)
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=3)):
        file[at] ^= data.draw(st.integers(1, 255))
    broken = bytes(file[: data.draw(st.integers(0, len(file)))])
    with suppress(Uninspectable):
        list(frames(broken, Size(20, 20, 5), BUDGET))
