from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.text.names.second import SecondLook, as_last, is_doubtful
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import words_of

_NETWORK = network("standard")
_WORDS = ["Зимой", "Ахметова", "met", "Kim", "в", "Удалите", "вчера", "әкем", "Below", ",", "\n"]


def _worth(text: str) -> list[str]:
    words = words_of(text)
    asked = [number for number, word in enumerate(words.texts) if word[0].isalpha()]
    kept = SecondLook(_NETWORK).worth(words, asked, _NETWORK.names(words))
    return [words.texts[number] for number in kept]


@pytest.mark.parametrize("word", ["Удалите", "Откройте", "Зимой"])
def test_the_first_word_of_a_sentence_is_told_to_be_no_name(word: str) -> None:
    assert word not in _worth(f"Это переписка. {word} лишнее потом")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Спасибо. Айгуль придёт", "Айгуль"),
        ("позвони айгерим завтра", "айгерим"),
        ("Thanks. Michael will come", "Michael"),
        ("Рақмет. Ерлан келеді", "Ерлан"),
    ],
)
def test_a_name_is_kept(text: str, name: str) -> None:
    assert name in _worth(text)


@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(st.sampled_from(_WORDS), max_size=12),
    behind=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12),
)
def test_what_follows_a_word_doesnt_matter_to_it(before: list[str], behind: list[str]) -> None:
    near, far = words_of(" ".join([*before, "x"])), words_of(" ".join([*before, *behind, "x"]))
    asked = list(range(len(near.texts) - 1))
    look = SecondLook(_NETWORK)
    assert look.worth(near, asked, _NETWORK.names(near)) == SecondLook(_NETWORK).worth(
        far, asked, _NETWORK.names(far)
    )


def test_a_look_that_is_remembered_tells_the_same() -> None:
    words = words_of("Это переписка. Удалите лишнее. Зимой света мало")
    asked, look = list(range(len(words.texts))), SecondLook(_NETWORK)
    names = _NETWORK.names(words)
    assert look.worth(words, asked, names) == look.worth(words, asked, names)


def test_words_that_are_looked_at_together_dont_see_each_other() -> None:
    words = words_of("Спасибо. Айгуль Ахметова придёт потом")
    together = _NETWORK.chances(*as_last(words, [2, 3, 4]))
    alone = [_NETWORK.chances(*as_last(words, [number]))[0] for number in (2, 3, 4)]
    assert np.allclose(together, np.stack(alone), atol=1e-5)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Тогда вчера Ахметова пришла", 2),  # a capital letter within a sentence
        ("Ливиу-Дитер пришёл", 0),  # what follows is of the same word
        ("Спасибо", 0),  # it may yet grow
    ],
)
def test_some_words_are_waited_for_whatever_they_seem(text: str, number: int) -> None:
    assert not is_doubtful(words_of(text), number)
