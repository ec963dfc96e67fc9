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


def test_words_of_kazakh_are_not_taken_for_russian_ones() -> None:
    assert vectors().know_russian(["кто", "на", "фото", "обоъх"])
    assert not vectors().know_russian(["камерадагы", "жумысшылардын", "кто"])
    assert vectors().know_russian(["who", "?", "0", "\x01"])
    assert vectors().know_russian([])
