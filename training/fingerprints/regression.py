"""Logistic regression by Newton's method: some hundred terms, some thousand rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDS = 40


def fit(terms: Floats, wanted: Flags, counts: Floats, ridge: float) -> Floats:
    """Return the weights of terms (rows, terms) that tell `wanted` rows from the others.

    `counts` says how much a row counts; `ridge` holds every weight but the first near zero. Steps
    are halved while they make the penalised likelihood worse, so it always comes to rest.
    """
    weights = np.zeros(terms.shape[1])
    held = np.full(terms.shape[1], ridge)
    held[0] = 1e-6
    cost = _cost(terms, wanted, counts, held, weights)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(terms @ weights, -30, 30)))
        slope = terms.T @ (counts * (chance - wanted)) + held * weights
        curve = (terms * (counts * chance * (1 - chance))[:, None]).T @ terms + np.diag(held)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        better = _cost(terms, wanted, counts, held, weights - step)
        while better > cost and size > 1e-6:
            size /= 2
            better = _cost(terms, wanted, counts, held, weights - size * step)
        if better > cost:
            break
        weights = weights - size * step
        if cost - better < 1e-8 * cost:
            break
        cost = better
    return weights


def _cost(terms: Floats, wanted: Flags, counts: Floats, held: Floats, weights: Floats) -> float:
    sums = terms @ weights
    lost = np.logaddexp(0, np.where(wanted, -sums, sums))
    return float(counts @ lost + 0.5 * (held @ weights**2))
