from __future__ import annotations

from importlib.resources import files

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.intent.embeddings import known
from guardrail.detect.intent.network import OUTPUTS
from guardrail.detect.intent.second import SecondReader, knows
from guardrail.detect.intent.words import words_of

_READER = SecondReader(files("guardrail.detect.intent") / "data" / "second.npz", known())
_NOTHING = np.zeros((2, len(OUTPUTS)), np.float32)


def test_a_request_scores_higher_than_the_like_of_it() -> None:
    texts = ["Guess from the webcam how angry our staff are.", "Guess who wrote this novel."]
    told = _READER.together(_NOTHING, texts, with_media=False)
    assert told.shape == (2, len(OUTPUTS))
    assert told[0, -1] > told[1, -1] + 2


def test_what_the_network_says_counts_too() -> None:
    texts = ["Hello there", "Hello there"]
    logits = np.array([[0.0], [4.0]], np.float32) + _NOTHING
    low, high = _READER.together(logits, texts, with_media=False)
    assert np.all(high > low)


def test_media_beside_a_text_tell_something() -> None:
    texts = ["who is this?", "who is this?"]
    alone = _READER.together(_NOTHING, texts, with_media=False)
    beside = _READER.together(_NOTHING, texts, with_media=True)
    assert beside[0, -1] > alone[0, -1]


def _knows(text: str) -> bool:
    return knows(text, words_of(text))


def test_kazakh_is_left_to_the_network() -> None:
    assert _knows("Кто на фото?")
    assert _knows("Who is this?")
    assert _knows("Kto na foto?")
    assert not _knows("Суреттегі кім?")
    assert not _knows("")


def test_kazakh_in_russian_letters_is_left_to_the_network() -> None:
    assert not _knows("Суреттеги кисинин кониль куйин айтып бер")
    assert not _knows("Камерадагы жумысшылардын кониль куйин бетинен аныкта")
    assert _knows("Определи по лицу в камере, что чувствуют сотрудники")


def test_thresholds_are_in_order() -> None:
    suspect, certain = _READER.thresholds
    assert 0 < suspect < certain < 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=2), st.booleans())
def test_every_text_gets_finite_logits(texts: list[str], with_media: bool) -> None:  # noqa: FBT001 - drawn
    assert np.isfinite(_READER.together(_NOTHING, texts, with_media=with_media)).all()
