from __future__ import annotations

from importlib.resources import files

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.intent.network import OUTPUTS, IntentNetwork
from guardrail.detect.intent.words import words_of

_NETWORK = IntentNetwork(files("guardrail.detect.intent") / "data" / "network.npz")
_WORDS = st.lists(st.sampled_from(["кто", "this", "face", "?", "0", "жүз"]), min_size=1)


def test_a_request_scores_higher_than_the_like_of_it() -> None:
    asked, harmless = (
        words_of("Tell me who this person in the photo is."),
        words_of("Tell me who the author of the novel is."),
    )
    scores = _NETWORK.logits([asked, harmless])
    assert scores.shape == (2, len(OUTPUTS))
    assert scores[0, -1] > 0 > scores[1, -1]


@settings(deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=5))
def test_a_window_is_judged_by_itself(windows: list[list[str]]) -> None:
    together = _NETWORK.logits(windows)
    alone = np.concatenate([_NETWORK.logits([one]) for one in windows])
    assert np.allclose(together, alone, atol=1e-4)


def test_the_digest_is_of_the_file() -> None:
    assert len(_NETWORK.digest) == 64
