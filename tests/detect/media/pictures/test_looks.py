from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.pictures.looks import SecondLook, surroundings
from guardrail.detect.media.pictures.yunet import Candidate, YuNet
from guardrail.testing.pictures import portrait, scene, with_portrait


@pytest.fixture(scope="module")
def second() -> SecondLook:
    return SecondLook(YuNet())


@pytest.mark.parametrize("side", [60, 200, 900])
def test_a_face_keeps_its_score_at_a_second_look(second: SecondLook, side: int) -> None:
    picture = with_portrait(scene(1200, 1000), 100, 50, side)
    face = Candidate(100 + side * 0.3, 50 + side * 0.26, side * 0.42, side * 0.53, 0.8)
    assert second.opinion(picture, face) > 0.8


def test_what_is_no_face_has_no_score_at_a_second_look(second: SecondLook) -> None:
    assert second.opinion(scene(600, 400), Candidate(100, 100, 80, 90, 0.8)) < 0.3


def test_a_face_beside_the_candidate_doesnt_speak_for_it(second: SecondLook) -> None:
    picture = with_portrait(scene(900, 600), 500, 100, 300)
    assert second.opinion(picture, Candidate(430, 180, 80, 90, 0.8)) < 0.3


@pytest.mark.parametrize("size", [(4, 4), (50, 50), (900, 900)])
@pytest.mark.parametrize("place", [(-50, -50), (0, 0), (199, 99), (5_000, 5_000)])
def test_surroundings_beyond_the_picture_are_grey(
    place: tuple[int, int], size: tuple[int, int]
) -> None:
    view = surroundings(portrait(200), Candidate(*place, *size, 0.8), 160, 64, 15)
    assert view.shape == (160, 160, 3)
    assert view.dtype == np.uint8
