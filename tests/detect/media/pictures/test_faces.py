from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.pictures.decode import Picture, Pixels, from_pixels
from guardrail.detect.media.pictures.faces import Faces, box_of, certain, turned_back
from guardrail.detect.media.pictures.yunet import Candidate
from guardrail.facts.finding import Category, Tier
from guardrail.facts.media import Box
from guardrail.testing.pictures import portrait, scene, with_portrait


def pictured(pixels: Pixels) -> Picture:
    return from_pixels(pixels, 640)


def covers(box: Box | None, left: int, top: int, side: int) -> bool:
    """Tell whether a box is about where a portrait of `side` has its face."""
    assert box is not None
    across, down = box[0] + box[2] / 2, box[1] + box[3] / 2
    return abs(across - left - side / 2) < side / 6 and abs(down - top - side / 2) < side / 6


@pytest.mark.parametrize("side", [64, 128, 256, 512, 1400])
def test_a_face_is_found_surely_at_every_size(faces: Faces, side: int) -> None:
    (seen,) = faces.find(pictured(portrait(side)))
    assert (seen.entity, seen.category, seen.tier) == ("FACE", Category.BIOMETRIC, Tier.CERTAIN)
    assert seen.recognizer == "YuNet@2023mar"
    assert covers(seen.box, 0, 0, side)


@pytest.mark.parametrize("skin", [(60, 80, 120), (100, 130, 180), (190, 205, 235)])
def test_a_face_is_found_whatever_its_colour(faces: Faces, skin: tuple[int, int, int]) -> None:
    (seen,) = faces.find(pictured(portrait(256, skin)))
    assert seen.tier is Tier.CERTAIN


def test_every_face_of_a_picture_is_found_at_its_place_in_the_whole(faces: Faces) -> None:
    picture = with_portrait(with_portrait(scene(2000, 1500), 100, 200, 400), 1300, 800, 500)
    found = faces.find(pictured(picture), part="frame 3")
    assert len(certain(found)) == 2
    assert {one.part for one in found} == {"frame 3"}
    for left, top, side in ((100, 200, 400), (1300, 800, 500)):
        assert sum(covers(one.box, left, top, side) for one in found) == 1


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_lying_on_its_side_is_found_at_its_place(faces: Faces, quarters: int) -> None:
    picture = np.rot90(with_portrait(scene(900, 600), 500, 250, 300), quarters)
    (seen,) = faces.find(pictured(np.ascontiguousarray(picture)))
    place = {1: (250, 100), 2: (100, 50), 3: (50, 500)}[quarters]
    assert covers(seen.box, *place, 300)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_seen_where_nobody_is(faces: Faces, seed: int) -> None:
    assert faces.find(pictured(scene(800, 600, seed))) == ()


@pytest.mark.parametrize("shape", [(1, 1), (12, 12), (2, 900), (900, 2), (16, 16)])
def test_the_tiniest_pictures_hold_nothing(faces: Faces, shape: tuple[int, int]) -> None:
    assert faces.find(pictured(np.zeros((*shape, 3), np.uint8))) == ()


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("left", [0, 1490, 2740])
def test_a_face_in_a_long_strip_isnt_lost(faces: Faces, left: int, *, upright: bool) -> None:
    strip = scene(3000, 300)
    strip = strip if upright else np.ascontiguousarray(strip.transpose(1, 0, 2))
    place = (left, 20) if upright else (20, left)
    found = faces.find(pictured(with_portrait(strip, *place, 260)))
    assert [covers(one.box, *place, 260) for one in found] == [True]


def test_a_face_under_transparency_is_seen(faces: Faces) -> None:
    blank = np.full((256, 256, 3), 255, np.uint8)
    picture = Picture(pixels=blank, scale=1, width=256, height=256, beneath=portrait(256))
    assert len(faces.find(picture)) == 1


class Contrary:
    def __init__(self, said: float) -> None:
        self.said = said
        self.asked = 0

    def opinion(self, pixels: Pixels, candidate: Candidate) -> float:
        self.asked += 1
        return self.said


def test_an_arbiter_decides_on_doubtful_candidates_only() -> None:
    doubtful = [Candidate(0, 0, 9, 9, 0.8), Candidate(20, 20, 9, 9, 0.75)]
    for said, kept in ((0.9, doubtful), (0.1, [])):
        arbiter = Contrary(said)
        assert Faces(arbiter)._judged(portrait(64), doubtful) == kept
        assert arbiter.asked
    clear = [Candidate(0, 0, 9, 9, 0.92)]
    arbiter = Contrary(0.0)
    assert Faces(arbiter)._judged(portrait(64), clear) == clear
    assert not arbiter.asked


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_what_is_found_only_in_a_turned_picture_is_asked_about_too(quarters: int) -> None:
    lying = pictured(np.ascontiguousarray(np.rot90(with_portrait(scene(640, 480), 200, 90, 300))))
    turned = pictured(np.ascontiguousarray(np.rot90(lying.pixels, quarters - 1)))
    agreeing, contrary = Contrary(0.9), Contrary(0.1)
    assert Faces(agreeing).find(turned)
    assert agreeing.asked
    assert Faces(contrary).find(turned) == ()
    assert contrary.asked


@given(
    st.integers(0, 3),
    st.tuples(st.integers(20, 60), st.integers(20, 60)),
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9), st.integers(1, 9)),
)
def test_every_box_in_a_turned_picture_is_mapped_back(
    quarters: int, shape: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    turned = np.rot90(np.zeros(shape, np.uint8), quarters).copy()
    left, top, width, height = box
    turned[top : top + height, left : left + width] = 1
    back = turned_back(Candidate(left, top, width, height, 1), quarters, shape)
    expected = np.zeros(shape, np.uint8)
    at = round(back.left), round(back.top)
    expected[at[1] : at[1] + round(back.height), at[0] : at[0] + round(back.width)] = 1
    assert (np.rot90(turned, -quarters) == expected).all()


@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.floats(-10, 1e6),
    st.floats(-10, 1e6),
    st.floats(0.01, 1),
)
def test_every_box_lies_within_its_picture(
    left: float, top: float, width: float, height: float, scale: float
) -> None:
    candidate = Candidate(left, top, max(0, width), max(0, height), 1)
    box = box_of(candidate, scale, 640, 480)
    assert 0 <= box[0] <= box[0] + box[2] <= 640
    assert 0 <= box[1] <= box[1] + box[3] <= 480
