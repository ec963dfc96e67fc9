from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.text.names.network import HEADS, LABELS, REACH, TOLD, as_labels
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import words_of

_NETWORK = network("fast")
_WORDS = ["Айгерім", "Ахметова", "met", "John", "в", "Москве", "вчера", "айгерим", ",", "12", "\n"]


@pytest.mark.parametrize("head", HEADS)
def test_a_name_is_told_from_a_place(head: str) -> None:
    words = words_of("Вчера Айгуль Ахметова приехала в Алматы.")
    chances = network(head).chances(words, [1, 2, 5])
    assert chances.shape == (3, len(LABELS))
    assert np.allclose(chances.sum(1), 1, atol=1e-5)
    assert [LABELS[best].endswith("PERSON") for best in chances.argmax(1)] == [True, True, False]


@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(st.sampled_from(_WORDS), max_size=20),
    behind=st.lists(st.sampled_from(_WORDS), max_size=20),
)
def test_a_latin_word_is_judged_by_three_words_around(before: list[str], behind: list[str]) -> None:
    near, far = before[-REACH:], behind[:REACH]
    wide = words_of(" ".join([*before, "Kim", *behind]))
    narrow = words_of(" ".join([*near, "Kim", *far]))
    at_wide, at_narrow = wide.texts.index("Kim"), narrow.texts.index("Kim")
    if wide.casings[at_wide] == narrow.casings[at_narrow]:
        assert np.allclose(
            _NETWORK.chances(wide, [at_wide]), _NETWORK.chances(narrow, [at_narrow]), atol=1e-4
        )


def test_what_teachers_say_is_said_in_the_networks_labels() -> None:
    told = np.zeros((2, TOLD), np.float32)
    told[0, :7] = [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1]  # slovnet: O, persons, places, organisations
    told[1, 7:] = [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]  # spaCy's: O, persons, places, orgs, others
    assert np.allclose(
        as_labels(told), [[0.1, 0.2, 0.3, 0.2, 0.2, 0], [0.6, 0.1, 0.1, 0.1, 0.1, 0]]
    )


@pytest.mark.parametrize(
    ("text", "word", "asked"),
    [
        ("We met Kim in London yesterday", "Kim", True),
        ("we met kim in london yesterday", "kim", False),
        ("Keshe biz Kim degen kisini kordik", "Kim", False),
    ],
)
def test_teachers_count_by_themselves_in_print_of_their_language(
    text: str, word: str, *, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = words_of(text)
    number = words.texts.index(word)
    both = network("standard").chances(words, [number])
    monkeypatch.setattr("guardrail.detect.text.names.network.ENGLISH_TRUST", 0.0)
    assert np.allclose(both, network("standard").chances(words, [number])) is not asked


def test_a_word_too_long_to_be_any_is_nothing() -> None:
    words = words_of("x" * 60 + " John " + "y" * 60)
    assert _NETWORK.chances(words, [1]).shape == (1, len(LABELS))
