from __future__ import annotations

import numpy as np

from guardrail.detect.intent.vectors import SIZE, vectors


def test_words_of_like_meaning_have_like_vectors() -> None:
    made = vectors().of(["angry", "furious", "table", "лицо", "лица", "жүз7", ""])
    assert made.shape == (7, SIZE)
    assert made[0] @ made[1] > made[0] @ made[2]
    assert made[3] @ made[4] > 0
    assert not made[5:].any()


def test_known_words_have_vectors_of_one_length() -> None:
    lengths = np.linalg.norm(vectors().of(["angry", "лицо"]), axis=1)
    assert np.allclose(lengths, 3, atol=1e-3)
