from __future__ import annotations

import numpy as np

from guardrail.detect.intent.network import OUTPUTS
from training.intent.calibrate import CERTAIN_ERRORS, SUSPECT_ERRORS, calibrated, platt
from training.intent.sentences import Sentence


def test_logits_become_shares() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=4000) * 3
    asked = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    slope, shift = platt(logits, asked)
    assert abs(slope - 0.5) < 0.05
    assert abs(shift + 1) < 0.15


def test_thresholds_leave_the_shares_of_hard_negatives_that_they_should() -> None:
    examples = [
        Sentence(
            text="t",
            labels=frozenset({"SCAM" if place % 2 else "ORDINARY"}),
            lang="en",
            topic="t",
            near="" if place % 2 else "SCAM",
        )
        for place in range(2000)
    ]
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(2000, len(OUTPUTS))).astype(np.float32)
    logits[1::2] += 2
    made = calibrated(examples, logits)
    wrong = 1 / (1 + np.exp(-(logits[::2, -1] * made["slopes"][-1] + made["shifts"][-1])))
    for threshold, share in zip(made["thresholds"], (SUSPECT_ERRORS, CERTAIN_ERRORS), strict=True):
        assert abs((wrong >= threshold).mean() - share) < 0.005
