"""How the texture of a grey picture is: runs of ridges of one width, and which way they run.

In a block of skin ridges nearly all the power lies in one direction at one frequency; from block
to block the direction turns slowly, and the frequency hardly changes. Cloth, hair, waves, text and
mazes each lack one of these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.ridges.blocks import FAINTEST, Blocks, Flags, Grey, Singles, blocks_of

Floats = NDArray[np.float64]

NAMES = (
    "ridged share",
    "covered share",
    "direction, lower quartile",
    "direction, median",
    "direction, upper quartile",
    "share of the band, lower quartile",
    "share of the band, median",
    "frequency, relative deviation, log",
    "frequency, relative quartile range, log",
    "spread of frequencies, median",
    "purity, median",
    "purity, upper quartile",
    "entropy of orientations",
    "turning between neighbours, median, log",
    "turning between neighbours, upper decile, log",
    "unevenness of turning, median, log",
    "change of frequency between neighbours, median, log",
    "change of frequency between neighbours, upper decile, log",
    "power above the band, median",
    "power at the second harmonic, median",
    "contrast, relative quartile range",
    "along the axes",
    "straightness",
)


def ridge_statistics(grey: Grey) -> Floats:
    """Return the statistics named in `NAMES` of a grey picture (height, width)."""
    return statistics_of(blocks_of(grey))


def statistics_of(blocks: Blocks) -> Floats:
    """Return the statistics of blocks that stand side by side; all 0 where nothing is covered."""
    strong = float(np.quantile(blocks.contrast, 0.9))
    covered = blocks.contrast > max(FAINTEST, 0.25 * strong)
    ridged = blocks.ridged & covered
    out = np.zeros(len(NAMES))
    if ridged.sum() < 3:
        return out
    weight = blocks.direction[ridged]
    frequency = blocks.frequency[ridged]
    contrast = blocks.contrast[covered]
    low, high = np.quantile(frequency, (0.25, 0.75))
    least, most = np.quantile(contrast, (0.25, 0.75))
    vectors = blocks.cos2[ridged], blocks.sin2[ridged]
    turning, changing = _neighbours(blocks, ridged)
    out[:] = (
        ridged.sum() / covered.sum(),
        covered.mean(),
        *np.quantile(blocks.direction[covered], (0.25, 0.5, 0.75)),
        *np.quantile(blocks.share[covered], (0.25, 0.5)),
        _log(frequency.std() / frequency.mean()),
        _log((high - low) / np.median(frequency)),
        np.median(blocks.spread[ridged] / frequency),
        *np.quantile(blocks.purity[ridged], (0.5, 0.75)),
        _entropy(*vectors, weight),
        *(_log(n) for n in np.quantile(turning, (0.5, 0.9))),
        _log(_uneven(blocks, ridged)),
        *(_log(n) for n in np.quantile(changing, (0.5, 0.9))),
        np.median(blocks.fine[covered]),
        np.median(blocks.harmonic[ridged]),
        (most - least) / contrast.mean(),
        float((np.abs(vectors[0]) > 0.94).mean()),
        float(np.hypot(vectors[0].mean(), vectors[1].mean())),
    )
    return out


def _entropy(cos2: Singles, sin2: Singles, weight: Singles) -> float:
    """Return how evenly ridges run all ways: 0 where all run one way, 1 where none is rarer."""
    bins = ((np.arctan2(sin2, cos2) / (2 * np.pi) + 0.5) * 12).astype(np.int64) % 12
    parts = np.bincount(bins, weight, 12)
    parts = parts[parts > 0] / parts.sum()
    return float(-(parts * np.log(parts)).sum() / np.log(12))


def _log(value: float) -> float:
    """Return a value's decimal logarithm; nothing is told apart below a thousandth."""
    return float(np.log10(value + 1e-3))


def _neighbours(blocks: Blocks, ridged: Flags) -> tuple[Floats, Floats]:
    """Return how ridges change from each ridged block to those beside and below it.

    First by how much they turn, as the sine of the angle, then by what part of itself their
    frequency changes; a single 1 each where no two ridged blocks touch.
    """
    turns, changes = [np.zeros(0)], [np.zeros(0)]
    cos2, sin2, frequency = blocks.cos2, blocks.sin2, blocks.frequency
    for one, next_ in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1, :], np.s_[1:, :])):
        both = ridged[one] & ridged[next_]
        alike = (cos2[one] * cos2[next_] + sin2[one] * sin2[next_])[both]
        turns.append(np.sqrt(np.clip((1 - alike.astype(np.float64)) / 2, 0, 1)))
        first, second = frequency[one][both], frequency[next_][both]
        changes.append(2.0 * np.abs(first - second) / (first + second + 1e-6))
    found, changed = np.concatenate(turns), np.concatenate(changes)
    return (found, changed) if found.size else (np.ones(1), np.ones(1))


def _uneven(blocks: Blocks, ridged: Flags) -> float:
    """Return how far ridges' angles lie from the middle of those before and after, the median.

    Where lines bend smoothly, as rings and waves do, it is next to nothing; where ridges fork and
    end, it isn't.
    """
    found = [np.zeros(0)]
    ways = (blocks.cos2, blocks.sin2, ridged), (blocks.cos2.T, blocks.sin2.T, ridged.T)
    for cos2, sin2, whole in ways:
        if cos2.shape[1] < 5:
            continue
        three = whole[:, :-4] & whole[:, 2:-2] & whole[:, 4:]
        x, y = cos2[:, :-4] + cos2[:, 4:], sin2[:, :-4] + sin2[:, 4:]
        length = np.hypot(x, y) + np.float32(1e-6)
        cross = (x * sin2[:, 2:-2] - y * cos2[:, 2:-2]) / length
        found.append(np.abs(cross[three]).astype(np.float64))
    every = np.concatenate(found)
    return float(np.median(every)) if every.size else 1.0
