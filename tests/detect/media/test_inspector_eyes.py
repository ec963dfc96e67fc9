"""Close-ups of an eye are looked for where somebody asked for it, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget
from guardrail.detect.media.inspector import Inspector
from guardrail.facts import Tier
from guardrail.testing import pictures
from training.fingerprints.eyes import eye

EYE = pictures.encoded(np.dstack([eye(np.random.default_rng(1))] * 3))
ASKED = Inspector(replace(Budget(), irises=True))


def test_an_eye_is_a_suspicion_where_that_is_asked_and_nothing_where_it_isnt() -> None:
    (seen,) = ASKED.inspect(EYE).seen
    assert (seen.entity, seen.tier) == ("IRIS", Tier.SUSPECT)
    assert Inspector().inspect(EYE).seen == ()


def test_an_eye_in_a_face_isnt_looked_for() -> None:
    seen = ASKED.inspect(pictures.encoded(pictures.portrait(512))).seen
    assert [one.entity for one in seen] == ["FACE"]


@pytest.mark.parametrize("seed", [1, 3])
def test_an_eye_that_was_filled_is_seen_no_more(seed: int) -> None:
    data = pictures.encoded(np.dstack([eye(np.random.default_rng(seed))] * 3))
    assert ASKED.inspect(data).seen
    redacted = ASKED.redact(data, Redaction(entities=frozenset({"IRIS"})))
    assert ASKED.inspect(redacted).seen == ()
