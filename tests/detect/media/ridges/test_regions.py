from __future__ import annotations

import cv2
import numpy as np
import pytest

from guardrail.detect.media.ridges.regions import (
    FEATURES,
    MOST,
    Grey,
    _smaller,
    judged_place,
    places,
)
from training.fingerprints.generate import seeded
from training.fingerprints.styles import card, on_form, optical


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
def test_a_place_is_found_at_every_resolution_with_its_ridge_width(factor: float) -> None:
    side = round(300 * factor)
    down, across = np.mgrid[0:side, 0:side] / factor
    far = np.hypot(across - 150, down - 150)
    grey = np.asarray(128 + 100 * np.sin(far * 2 * np.pi / 9), np.uint8)
    found = max(places(grey), key=lambda one: one.features[-2])
    assert found.period == pytest.approx(9 * factor, rel=0.2)
    assert len(found.features) == len(FEATURES)


def test_an_empty_page_has_no_place() -> None:
    assert list(places(np.full((800, 600), 255, np.uint8))) == []


def test_a_place_lies_where_the_print_lies() -> None:
    page = np.full((1000, 800), 250, np.uint8)
    small = optical(3, seeded("optical", 3))[::2, ::2]
    page[500 : 500 + small.shape[0], 300 : 300 + small.shape[1]] = small
    found = list(places(page))
    assert found
    for one in found:
        assert one.area[0] >= 300 - 64
        assert one.area[1] >= 500 - 64


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(6))
def test_a_small_print_on_a_form_is_a_place_of_its_own(seed: int) -> None:
    found = list(places(on_form(seed, seeded("on a form", seed))))
    assert any(one.area[2] - one.area[0] < 320 for one in found)


def test_the_places_of_one_picture_are_bounded() -> None:
    found = list(places(card(1, seeded("card", 1))))
    assert 0 < len(found) <= 4 * MOST


def test_what_is_too_small_isnt_judged() -> None:
    assert judged_place(np.zeros((200, 200), np.uint8), (0, 0, 60, 60), 8.0) is None
    assert judged_place(np.zeros((200, 200), np.uint8), (0, 0, 200, 200), 8.0) is None


def _text() -> Grey:
    page = np.full((612, 816), 235, np.uint8)
    for down in range(45, 580, 15):
        cv2.putText(page, "agreed on the following terms. " * 3, (40, down), 0, 0.3, 30, 1)
    return page


def test_lines_of_text_are_no_places_level_or_upright() -> None:
    page = _text()
    assert list(places(page)) == []
    assert list(places(np.ascontiguousarray(page.T))) == []


def test_a_print_upon_lines_of_text_is_still_a_place() -> None:
    page = _text()
    small = optical(3, seeded("optical", 3))[::2, ::2]
    high, wide = small.shape
    page[300 : 300 + high, 500 : 500 + wide] = small
    assert any(
        one.area[0] < 500 + wide / 2 < one.area[2] and one.area[1] < 300 + high / 2 < one.area[3]
        for one in places(page)
    )


@pytest.mark.parametrize("wide", [780, 640, 512, 440, 320, 100])
def test_a_smaller_copy_is_nearly_the_means_of_the_pixels_it_stands_for(wide: int) -> None:
    size = (wide, wide * 3 // 4)
    grey = optical(5, seeded("optical", 5))
    grey = np.asarray(cv2.resize(grey, (816, 612), interpolation=cv2.INTER_CUBIC), np.uint8)
    means = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    apart = _smaller(grey, size).astype(np.float64) - means
    assert apart.shape == means.shape
    assert abs(apart.mean()) < 1
    assert apart.std() < 0.1 * means.std()
