from __future__ import annotations

import numpy as np
import pytest

from training.fingerprints.regression import fit


def table(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    terms = np.concatenate([np.ones((4000, 1)), rng.normal(0, 1, (4000, 2))], 1)
    chance = 1 / (1 + np.exp(-(0.5 + 2 * terms[:, 1] - terms[:, 2])))
    return terms, rng.random(4000) < chance


def test_weights_that_made_the_rows_come_back() -> None:
    terms, wanted = table(1)
    found = fit(terms, wanted, np.ones(4000), 1e-3)
    assert found == pytest.approx([0.5, 2.0, -1.0], abs=0.15)


def test_separable_rows_are_held_by_the_penalty() -> None:
    terms = np.stack([np.ones(20), np.linspace(-1, 1, 20)], 1)
    found = fit(terms, terms[:, 1] > 0, np.ones(20), 1.0)
    assert np.isfinite(found).all()
    assert abs(found[1]) < 20


def test_the_same_rows_give_the_same_weights() -> None:
    terms, wanted = table(2)
    counts = np.ones(4000)
    assert np.array_equal(fit(terms, wanted, counts, 1.0), fit(terms, wanted, counts, 1.0))
