from __future__ import annotations

from random import Random

import numpy as np

from training.intent.context import AROUND, amid, logistic, texts_of
from training.intent.sentences import LANGUAGES, Sentence

_HARMLESS = {lang: [f"{lang} {number}." for number in range(20)] for lang in LANGUAGES}


def _sentence(text: str) -> Sentence:
    return Sentence(text=text, labels=frozenset({"SCAM"}), lang="en", topic="bank")


def test_weights_are_of_what_the_answers_depend_on() -> None:
    rng = np.random.default_rng(1)
    inputs = np.column_stack([rng.normal(size=(4000, 2)) * (1, 5), np.ones(4000)])
    chances = 1 / (1 + np.exp(-(2 * inputs[:, 0] - 1)))
    weights = logistic(inputs, (rng.random(4000) < chances).astype(float), penalty=0.1)
    assert np.allclose(weights, [2, 0, -1], atol=0.2)


def test_a_sentence_amid_others_stands_there_whole_and_keeps_its_labels() -> None:
    for seed in range(50):
        rng = Random(seed)  # noqa: S311 - chance that can be had again
        made = amid(_sentence("Ask for the code"), _HARMLESS, rng)
        assert "Ask for the code." in made.text
        assert 1 < made.text.count(".") <= AROUND + 1
        assert made.labels == {"SCAM"}


def test_what_is_learnt_from_has_several_sentences() -> None:
    texts = texts_of([_sentence("Ask for the code."), _sentence("Ask. Take it.")], _HARMLESS)
    assert "Ask for the code." not in {one.text for one in texts}
    assert "Ask. Take it." in {one.text for one in texts}
