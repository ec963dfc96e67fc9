from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.sniff import sniff
from guardrail.testing import pictures


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".bmp", ".tiff", ".avif"])
def test_a_picture_is_encoded_as_what_its_ending_says(ending: str) -> None:
    data = pictures.encoded(pictures.scene(96, 64), ending)
    medium = sniff(data)
    assert ending.strip(".").replace("jpg", "jpeg") in medium.mime
    size = picture_size(data, medium)
    assert (size.width, size.height) == (96, 64)


def test_a_portrait_stands_where_it_was_put_and_nothing_else_changes() -> None:
    ground = pictures.scene(200, 150)
    both = pictures.with_portrait(ground, 40, 30, 80)
    changed = np.argwhere((both != ground).any(axis=2))
    assert changed.min(axis=0).tolist() >= [30, 40]
    assert changed.max(axis=0).tolist() < [110, 120]


def test_a_large_empty_picture_is_small_on_the_wire() -> None:
    data = pictures.empty_png(20_000, bits=1)
    assert len(data) < 64 << 10
    assert picture_size(data, sniff(data)).width == 20_000


def test_a_header_can_be_made_to_lie() -> None:
    lying = pictures.with_stated_size(pictures.encoded(pictures.scene(64, 48), ".jpg"), 9_000, 7)
    assert picture_size(lying, sniff(lying)).width == 9_000


def test_an_animation_has_its_frames() -> None:
    data = pictures.gif(5, 16)
    assert picture_size(data, sniff(data)).frames == 5
