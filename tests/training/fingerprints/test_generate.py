from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.fingerprints.generate import (
    FAMILIES,
    FAMILIES_HELD_OUT,
    STYLES,
    STYLES_HELD_OUT,
    natural,
    negatives,
    prints,
    seeded,
)


@pytest.mark.no_cover
@pytest.mark.parametrize("style", sorted({**STYLES, **STYLES_HELD_OUT}))
def test_a_print_depends_on_its_seed_alone(style: str) -> None:
    made = {**STYLES, **STYLES_HELD_OUT}[style]
    first, again = (made(2, seeded(style, 2)) for _ in range(2))
    assert first.dtype == np.uint8
    assert first.std() > 3
    assert np.array_equal(first, again)


@pytest.mark.parametrize("family", sorted({**FAMILIES, **FAMILIES_HELD_OUT}))
def test_a_texture_depends_on_its_seed_alone(family: str) -> None:
    made = {**FAMILIES, **FAMILIES_HELD_OUT}[family]
    first, again = (made(seeded(family, 1), 240) for _ in range(2))
    assert first.dtype == np.uint8
    assert first.std() > 1
    assert np.array_equal(first, again)


def test_what_is_held_out_is_never_learnt() -> None:
    assert not set(STYLES) & set(STYLES_HELD_OUT)
    assert not set(FAMILIES) & set(FAMILIES_HELD_OUT)


@pytest.mark.no_cover
def test_every_finger_comes_in_every_style_and_every_family_with_every_seed() -> None:
    few = dict(list(STYLES.items())[:2])
    assert [name for name, _ in prints(few, range(2))] == [*few, *few]
    some = dict(list(FAMILIES.items())[-2:])
    assert [name for name, _ in negatives(some, range(3))] == [*some, *some, *some]


def test_a_folder_falls_into_two_halves(tmp_path: Path) -> None:
    for i in range(12):
        cv2.imwrite(str(tmp_path / f"{i}.png"), np.full((120, 120), i, np.uint8))
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((20, 20), np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    halves = [[name for name, _ in natural(tmp_path, half)] for half in (0, 1)]
    assert sorted(halves[0] + halves[1]) == sorted(f"{i}.png" for i in range(12))
    assert all(halves)
