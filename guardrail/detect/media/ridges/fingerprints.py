"""Fingerprints in pictures: from sensors, inked, photographed, lifted, on cards and on forms.

Places that might show ridges are judged by a logistic regression over their statistics and the
products of each two. Its weights are data, made by ``training/fingerprints`` from made-up fingers
(docs/fingerprint-model.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.ridges.regions import FEATURES, Area, places
from guardrail.facts import Category, Seen, Tier

Floats = NDArray[np.float64]

FAR = 3.0
"""Deviations from the mean beyond which a statistic counts for no more."""
MOST = 20
"""Prints that are reported of one picture."""
SMALLEST = 32
"""A picture with a shorter side can't show a print that could be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learnt: how statistics are scaled, what they weigh, from where a score counts."""

    version: str
    mean: Floats
    deviation: Floats
    weights: Floats
    suspect: float
    certain: float

    def scores(self, features: Floats) -> Floats:
        """Return how like a print each place (n, features) is, 0 to 1."""
        sums = products(features, self.mean, self.deviation) @ self.weights
        return np.asarray(1 / (1 + np.exp(-np.clip(sums, -30, 30))), np.float64)


def products(features: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Return 1, the scaled statistics and the product of each two, for places (n, features)."""
    scaled = np.clip((features - mean) / deviation, -FAR, FAR)
    first, second = np.triu_indices(scaled.shape[1])
    ones = np.ones((len(scaled), 1))
    return np.concatenate([ones, scaled, scaled[:, first] * scaled[:, second]], 1)


def weights_of(data: Mapping[str, object]) -> Weights:
    """Return weights as their file has them.

    Raises:
        ValueError: the file was made for other statistics than those that are taken.
    """
    if data.get("features") != list(FEATURES):
        message = "the weights of fingerprints belong to other statistics: train them again"
        raise ValueError(message)

    def numbers(name: str) -> Floats:
        return np.asarray(data[name], np.float64)

    return Weights(
        version=str(data["version"]),
        mean=numbers("mean"),
        deviation=numbers("deviation"),
        weights=numbers("weights"),
        suspect=float(numbers("suspect")),
        certain=float(numbers("certain")),
    )


@cache
def shipped() -> Weights:
    """Return the weights that ship with guardrail."""
    path = files("guardrail.detect.media.ridges") / "data" / "weights.json"
    return weights_of(json.loads(path.read_text("utf-8")))


class Fingerprints:
    """Finds fingerprints in grey pictures."""

    def __init__(self, weights: Weights | None = None) -> None:
        """Take weights, or those that ship."""
        self.weights = weights or shipped()

    def find(self, grey: NDArray[np.uint8], *, scale: float = 1.0) -> tuple[Seen, ...]:
        """Return the prints of a grey picture (height, width), upright; the surest first.

        `scale` is how many pixels of the full picture one of `grey` stands for: boxes are in
        pixels of the full picture.

        Raises:
            Uninspectable: it isn't a grey picture.
        """
        _checked(grey)
        if min(grey.shape) < SMALLEST:
            return ()
        found = list(places(grey))
        if not found:
            return ()
        scores = self.weights.scores(np.stack([place.features for place in found]))
        kept = _apart(
            [(float(s), p.area) for s, p in zip(scores, found, strict=True)], self.weights.suspect
        )
        return tuple(self._seen(score, area, scale) for score, area in kept[:MOST])

    def score(self, grey: NDArray[np.uint8]) -> float:
        """Return the score of the likeliest place of a grey picture, 0 where there is none.

        Raises:
            Uninspectable: it isn't a grey picture.
        """
        _checked(grey)
        found = list(places(grey))
        if not found:
            return 0.0
        return float(self.weights.scores(np.stack([place.features for place in found])).max())

    def _seen(self, score: float, area: Area, scale: float) -> Seen:
        left, top, right, bottom = (round(n * scale) for n in area)
        return Seen(
            entity="FINGERPRINT",
            category=Category.BIOMETRIC,
            tier=Tier.CERTAIN if score >= self.weights.certain else Tier.SUSPECT,
            score=round(score, 4),
            recognizer=f"Fingerprints@{self.weights.version}",
            reason="ridge texture",
            box=(left, top, max(1, right - left), max(1, bottom - top)),
        )


def _checked(grey: NDArray[np.uint8]) -> None:
    if grey.ndim != 2 or grey.dtype != np.uint8 or not grey.size:
        raise Uninspectable("not_a_grey_picture")


def _apart(found: Sequence[tuple[float, Area]], least: float) -> list[tuple[float, Area]]:
    """Return what scores enough, without what lies mostly in or around something surer."""
    kept: list[tuple[float, Area]] = []
    for score, area in sorted(found, key=lambda one: (-one[0], one[1])):
        if score < least:
            break
        if not any(_overlap(area, other) > 0.5 for _, other in kept):
            kept.append((score, area))
    return kept


def _overlap(area: Area, other: Area) -> float:
    """Return how much of the smaller of two areas lies in the larger, 0 to 1."""
    wide = max(0.0, min(area[2], other[2]) - max(area[0], other[0]))
    high = max(0.0, min(area[3], other[3]) - max(area[1], other[1]))
    smaller = min((a[2] - a[0]) * (a[3] - a[1]) for a in (area, other))
    return wide * high / max(1.0, smaller)
