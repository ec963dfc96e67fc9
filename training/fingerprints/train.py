"""Trains the recognizer of fingerprints and says how well it does on what it never saw.

::

    python -m training.fingerprints.train --out guardrail/detect/media/ridges/data/weights.json \
        --pictures FOLDER

Learns from made-up fingers and made-up textures; `--pictures` adds a folder of pictures without
fingerprints, one half to learn from, the other to be measured on. Thresholds are chosen on learnt
kinds alone, each family judged by weights that were fitted without it. Styles and families that
were held out are measured once, at the end. `--prints` names a folder of prints that others made,
for measuring only. Same arguments, same weights.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.ridges.fingerprints import Fingerprints, Weights, products, weights_of
from guardrail.detect.media.ridges.regions import FEATURES, places
from training.fingerprints.generate import (
    FAMILIES,
    FAMILIES_HELD_OUT,
    STYLES,
    STYLES_HELD_OUT,
    Grey,
    natural,
    negatives,
    prints,
)
from training.fingerprints.regression import fit

Floats = NDArray[np.float64]
Named = Iterable[tuple[str, Grey]]

FINGERS, TEXTURES = 90, 60
TEST_FROM = 5000
TEST_FINGERS, TEST_TEXTURES = 40, 40
RIDGE = 10.0
FOLDS = 6
SUSPECT_FALSE, CERTAIN_FALSE = 0.01, 0.002
"""Share of pictures without prints, of families not learnt from, that may pass each threshold."""
CHOICES = 3
"""How often the places that count as prints are chosen anew."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Places of pictures, with what they are places of."""

    features: Floats
    kind: NDArray[np.str_]
    """Style, family or ``natural``."""
    picture: NDArray[np.int64]
    pictures: dict[str, int]
    """How many pictures there were of each kind, with places or without."""


def rows_of(named: Named) -> Rows:
    """Return the places of pictures."""
    features: list[Floats] = []
    kinds: list[str] = []
    numbers: list[int] = []
    pictures: dict[str, int] = defaultdict(int)
    for number, (kind, grey) in enumerate(named):
        pictures[kind] += 1
        found = [place.features for place in places(grey)]
        features += found
        kinds += [kind] * len(found)
        numbers += [number] * len(found)
    table = np.stack(features) if features else np.zeros((0, len(FEATURES)))
    return Rows(
        features=table, kind=np.array(kinds), picture=np.array(numbers), pictures=dict(pictures)
    )


def likeliest(rows: Rows, scores: Floats) -> Rows:
    """Return the best place of each picture: which of its places is the print isn't known."""
    order = np.lexsort((-scores, rows.picture))
    _, first = np.unique(rows.picture[order], return_index=True)
    where = np.zeros(len(scores), bool)
    where[order[first]] = True
    return part(rows, where)


def one_kind(named: Named, kind: str) -> Named:
    """Return pictures with their kind in place of their name."""
    return ((kind, grey) for _, grey in named)


def both(first: Rows, second: Rows) -> Rows:
    """Return the places of two lists of pictures."""
    return Rows(
        features=np.concatenate([first.features, second.features]),
        kind=np.concatenate([first.kind, second.kind]),
        picture=np.concatenate([first.picture, second.picture + 10_000_000]),
        pictures={**first.pictures, **second.pictures},
    )


def fitted(good: Rows, bad: Rows) -> Weights:
    """Return weights that tell pictures with prints from others, by their likeliest places."""
    chosen = likeliest(good, good.features[:, FEATURES.index("ridged blocks")])
    weights = weighed(chosen.features, bad.features)
    for _ in range(CHOICES):
        chosen = likeliest(good, weights.scores(good.features))
        weights = weighed(chosen.features, bad.features)
    return weights


def weighed(good: Floats, bad: Floats) -> Weights:
    """Return weights that tell places of prints from others; both sides count the same."""
    every = np.concatenate([good, bad])
    mean, deviation = every.mean(0).round(4), (every.std(0) + 1e-3).round(4)
    wanted = np.arange(len(every)) < len(good)
    counts = np.where(wanted, len(bad) / len(good), 1.0)
    weights = fit(products(every, mean, deviation), wanted, counts, RIDGE).round(4)
    return Weights(
        version="1", mean=mean, deviation=deviation, weights=weights, suspect=0.5, certain=0.9
    )


def by_picture(weights: Weights, rows: Rows) -> dict[int, float]:
    """Return the best score of each picture that has a place."""
    best: dict[int, float] = {}
    if len(rows.features):
        for number, score in zip(rows.picture, weights.scores(rows.features), strict=True):
            best[int(number)] = max(best.get(int(number), 0.0), float(score))
    return best


def part(rows: Rows, where: NDArray[np.bool_]) -> Rows:
    """Return some of the places."""
    return Rows(
        features=rows.features[where],
        kind=rows.kind[where],
        picture=rows.picture[where],
        pictures=rows.pictures,
    )


def thresholds(good: Rows, bad: Rows) -> tuple[float, float]:
    """Return from where a score is suspect and from where certain.

    Each family is scored by weights that were fitted without it and without its neighbours in the
    fold, so a family not thought of should pass about as often.
    """
    best = likeliest(good, fitted(good, bad).scores(good.features)).features
    folds = np.array([crc32(kind.encode()) % FOLDS for kind in bad.kind.tolist()])
    scores: list[float] = []
    for fold in range(FOLDS):
        if (folds == fold).any():
            weights = weighed(best, bad.features[folds != fold])
            scores += by_picture(weights, part(bad, folds == fold)).values()
    total = sum(bad.pictures.values())
    ranked = np.sort(np.concatenate([np.zeros(total - len(scores)), np.array(scores)]))
    print("learnt families, each by weights without it:", tail(ranked))
    suspect, certain = (
        float(ranked[min(total - 1, int(total * (1 - share)))])
        for share in (SUSPECT_FALSE, CERTAIN_FALSE)
    )
    suspect = round(min(max(suspect, 0.5), 0.97), 4)
    return suspect, round(min(max(certain, 0.9, suspect), 0.995), 4)


def tail(ranked: Floats) -> str:
    """Return what share of scores is above each of some thresholds."""
    return ", ".join(f">{t}: {(ranked > t).mean():.2%}" for t in (0.5, 0.8, 0.9, 0.95, 0.99))


def report(title: str, weights: Weights, rows: Rows) -> None:
    """Print how many pictures of each kind are suspect, and how many certain."""
    best = by_picture(weights, rows)
    kind_of = dict(zip(rows.picture.tolist(), rows.kind.tolist(), strict=True))
    print(title)
    sums = [0, 0, 0]
    for kind, total in rows.pictures.items():
        scores = [s for number, s in best.items() if kind_of[number] == kind]
        counts = [total, *(sum(s >= t for s in scores) for t in (weights.suspect, weights.certain))]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        print(f"  {kind:26} {counts[1]:5} suspect {counts[2]:5} certain of {counts[0]:5}")
    share = [n / max(1, sums[0]) for n in sums[1:]]
    print(f"  {'all':26} {share[0]:.2%} suspect, {share[1]:.2%} certain of {sums[0]}")


def written(weights: Weights) -> str:
    """Return weights as their file has them."""
    data = {
        "version": weights.version,
        "features": list(FEATURES),
        "mean": weights.mean.tolist(),
        "deviation": weights.deviation.tolist(),
        "weights": weights.weights.tolist(),
        "suspect": weights.suspect,
        "certain": weights.certain,
    }
    return json.dumps(data, indent=None) + "\n"


def trained(folder: Path | None) -> Weights:
    """Return weights learnt from made-up pictures, and from one half of a folder's."""
    good = rows_of(prints(STYLES, range(FINGERS)))
    bad = rows_of(negatives(FAMILIES, range(TEXTURES)))
    if folder is not None:
        bad = both(bad, rows_of(one_kind(natural(folder, 0), "natural")))
    print(f"{len(good.features)} places of prints, {len(bad.features)} of other things")
    suspect, certain = thresholds(good, bad)
    weights = fitted(good, bad)
    return Weights(
        version="1",
        mean=weights.mean,
        deviation=weights.deviation,
        weights=weights.weights,
        suspect=suspect,
        certain=certain,
    )


def measured(weights: Weights, folder: Path | None, real: Path | None) -> None:
    """Print figures on fingers, styles and families that weren't learnt from."""
    fingers = range(TEST_FROM, TEST_FROM + TEST_FINGERS)
    seeds = range(TEST_FROM, TEST_FROM + TEST_TEXTURES)
    report("new fingers", weights, rows_of(prints(STYLES, fingers)))
    held_out = rows_of(prints(STYLES_HELD_OUT, fingers))
    report("new fingers, styles held out", weights, held_out)
    report("new textures", weights, rows_of(negatives(FAMILIES, seeds)))
    held_out = rows_of(negatives(FAMILIES_HELD_OUT, seeds))
    report("families held out", weights, held_out)
    if folder is not None:
        other = rows_of(one_kind(natural(folder, 1), "natural"))
        report("pictures, the other half", weights, other)
    if real is not None:
        for path in sorted(real.iterdir()):
            grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if grey is not None:
                score = Fingerprints(weights).score(np.asarray(grey, np.uint8))
                print(f"  {path.name}: {score:.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, help="a folder of pictures without fingerprints")
    parser.add_argument("--prints", type=Path, help="a folder of prints, for measuring only")
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    text = written(trained(asked.pictures))
    asked.out.write_text(text, "utf-8")
    measured(weights_of(json.loads(text)), asked.pictures, asked.prints)


if __name__ == "__main__":
    main()
