"""From logits to probabilities and thresholds, on topics that were held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.network import OUTPUTS
from training.intent.sentences import Sentence

SUSPECT_ERRORS, CERTAIN_ERRORS = 0.08, 0.01
"""Shares of the hard negatives in held-back topics that come to `suspect`, and to `certain`: the
first was chosen on the development set, the second is what a refusal may cost."""

Numbers = NDArray[np.float32]


def platt(logits: NDArray[np.float64], asked: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift that make logits probable: J. Platt's fit, by Newton's steps."""
    rights, wrongs = asked.sum(), (~asked).sum()
    goals = np.where(asked, (rights + 1) / (rights + 2), 1 / (wrongs + 2))
    inputs = np.stack([logits, np.ones_like(logits)], 1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chances - goals) + 1e-6 * weights
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        weights -= np.clip(step, -1, 1)
    return float(weights[0]), float(weights[1])


def calibrated(examples: Sequence[Sentence], logits: Numbers) -> Mapping[str, Numbers]:
    """Slopes and shifts of `OUTPUTS`, and the two thresholds of the last, as arrays."""
    worded = np.array([bool(one.lang) for one in examples])
    plain = logits.astype(np.float64)
    slopes, shifts = [], []
    for place, label in enumerate(OUTPUTS):
        asked = np.array(
            [one.asks if label == "ANY" else label in one.labels for one in examples], np.bool_
        )
        slope, shift = platt(plain[worded, place], asked[worded])
        slopes.append(slope)
        shifts.append(shift)
    wrong = 1 / (1 + np.exp(-(plain[:, -1] * slopes[-1] + shifts[-1])))
    return {
        "slopes": np.array(slopes, np.float32),
        "shifts": np.array(shifts, np.float32),
        "thresholds": thresholds_of(examples, wrong),
    }


def thresholds_of(
    examples: Sequence[Sentence],
    told: NDArray[np.float64],
    *,
    suspect_errors: float = SUSPECT_ERRORS,
) -> Numbers:
    """`suspect` and `certain`: where the shares of hard negatives that errors may take lie."""
    hard = np.array([bool(one.near) for one in examples])
    made: Numbers = np.quantile(told[hard], [1 - suspect_errors, 1 - CERTAIN_ERRORS]).astype(
        np.float32
    )
    return made
