from __future__ import annotations

import json

import numpy as np
import pytest

from guardrail.detect.media.ridges.fingerprints import weights_of
from guardrail.detect.media.ridges.regions import FEATURES
from training.fingerprints.generate import FAMILIES, STYLES, negatives, prints
from training.fingerprints.train import by_picture, fitted, likeliest, rows_of, written

FEW_STYLES = {name: STYLES[name] for name in ("optical", "sensor")}
FEW_FAMILIES = {name: FAMILIES[name] for name in ("grating", "rings", "text", "water")}


@pytest.mark.no_cover
def test_a_little_training_tells_prints_from_stripes_and_comes_back_from_its_file() -> None:
    good, bad = rows_of(prints(FEW_STYLES, range(6))), rows_of(negatives(FEW_FAMILIES, range(6)))
    weights = fitted(good, bad)
    again = weights_of(json.loads(written(weights)))
    assert np.array_equal(again.weights, weights.weights)
    assert np.median(list(by_picture(weights, good).values())) > 0.8
    assert np.median(list(by_picture(weights, bad).values())) < 0.2
    assert written(fitted(good, bad)) == written(weights)


def test_one_place_of_each_picture_is_the_likeliest() -> None:
    rows = rows_of(prints({"card": STYLES["card"]}, range(2)))
    scores = rows.features[:, FEATURES.index("ridged blocks")]
    chosen = likeliest(rows, scores)
    assert sorted(chosen.picture.tolist()) == [0, 1]
    best = {n: scores[rows.picture == n].max() for n in (0, 1)}
    for number, features in zip(chosen.picture, chosen.features, strict=True):
        assert features[FEATURES.index("ridged blocks")] == best[int(number)]
