from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.ridges.regions import (
    FEATURES,
    LONGEST,
    SHORTEST,
    at_one_width,
    places,
)
from training.fingerprints.generate import seeded
from training.fingerprints.styles import on_form, optical


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
def test_a_place_is_found_at_every_resolution_with_its_ridge_width(factor: float) -> None:
    side = round(300 * factor)
    down, across = np.mgrid[0:side, 0:side] / factor
    far = np.hypot(across - 150, down - 150)
    grey = (128 + 100 * np.sin(far * 2 * np.pi / 9)).astype(np.uint8)
    found = max(places(grey), key=lambda one: one.features[-2])
    assert found.period == pytest.approx(9 * factor, rel=0.2)
    assert len(found.features) == len(FEATURES)


def test_an_empty_page_has_no_place() -> None:
    assert list(places(np.full((800, 600), 255, np.uint8))) == []


def test_a_place_lies_where_the_print_lies() -> None:
    page = np.full((1000, 800), 250, np.uint8)
    small = optical(3, seeded("optical", 3))[::4, ::4]
    page[700 : 700 + small.shape[0], 500 : 500 + small.shape[1]] = small
    for one in places(page):
        assert one.area[0] >= 500 - 64
        assert one.area[1] >= 700 - 64


def test_a_print_on_a_form_is_a_place_of_its_own() -> None:
    found = list(places(on_form(3, seeded("on a form", 3))))
    assert any(one.area[2] - one.area[0] < 300 for one in found)


def test_what_is_judged_is_neither_tiny_nor_huge() -> None:
    grey = np.zeros((2000, 1500), np.uint8)
    assert at_one_width(grey, (0, 0, 60, 60), 8.0) is None
    part = at_one_width(grey, (0, 0, 1500, 2000), 8.0)
    assert part is not None
    assert SHORTEST <= min(part.shape) <= max(part.shape) <= LONGEST + 8
