from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.text.names.glance import BEFORE, CLEAR, LEAST
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import words_of

_NETWORK = network("fast")
_WORDS = ["Айгерім", "Ахметова", "met", "Kim", "в", "Москве", "вчера", "нажмите", ",", "12", "\n"]


def _worth(text: str) -> list[str]:
    words = words_of(text)
    asked = [number for number, word in enumerate(words.texts) if word[0].isalpha()]
    return [words.texts[number] for number in _NETWORK.worth(words, asked)]


@pytest.mark.parametrize(
    "text",
    [
        "Откройте заказ и нажмите кнопку.",
        "Most people answer within a week, so there is no need to hurry.",
        "Өтінішті порталға жіберіңіз.",
    ],
)
def test_the_words_of_ordinary_prose_arent_worth_asking_about(text: str) -> None:
    assert _worth(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Вчера Айгуль Ахметова приехала.", ["Айгуль", "Ахметова"]),
        ("меня зовут айгуль ахметова", ["айгуль", "ахметова"]),
        ("We met Jonathan Whitfield there.", ["Jonathan", "Whitfield"]),
        ("Менің атым Айгерім Сәрсенқызы", ["Айгерім", "Сәрсенқызы"]),
    ],
)
def test_names_are_worth_it(text: str, names: list[str]) -> None:
    assert set(names) <= set(_worth(text))


@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(st.sampled_from(_WORDS), max_size=12),
    behind=st.lists(st.sampled_from(_WORDS), max_size=12),
)
def test_what_follows_a_word_doesnt_matter_to_it(before: list[str], behind: list[str]) -> None:
    alone, followed = words_of(" ".join(before)), words_of(" ".join([*before, *behind]))
    asked = list(range(len(alone.texts)))
    assert list(_NETWORK.worth(alone, asked)) == [
        number for number in _NETWORK.worth(followed, asked) if number < len(asked)
    ]


@settings(max_examples=60, deadline=None)
@given(before=st.lists(st.sampled_from(_WORDS), max_size=12))
def test_words_far_before_dont_matter_but_for_capitals(before: list[str]) -> None:
    far, near = words_of(" ".join([*before, "Kim"])), words_of(" ".join([*before[-BEFORE:], "Kim"]))
    if len(before) > BEFORE and far.casings[-1] == near.casings[-1]:
        last, end = len(far.texts) - 1, len(near.texts) - 1
        assert bool(_NETWORK.worth(far, [last])) == bool(_NETWORK.worth(near, [end]))


def test_rows_begin_with_as_many_zeros_as_a_glance_looks_back() -> None:
    rows = _NETWORK.rows(words_of("Kim"))
    assert len(rows) == BEFORE + 1
    assert not np.any(rows[:BEFORE])


def test_what_is_worth_it_comes_with_how_much_it_looks_like_a_name() -> None:
    words = words_of("Вчера Айгуль Ахметова приехала")
    worth = _NETWORK.worth(words, [0, 1, 2, 3])
    assert list(worth) == sorted(worth)
    assert min(worth[1], worth[2]) > CLEAR > LEAST
    assert _NETWORK.worth(words, []) == {}


@given(numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_numbers_are_known_by_how_many_digits_they_have(numbers: list[int]) -> None:
    words, zeros = (
        words_of(" ".join(map(str, numbers))),
        words_of(" ".join("0" * len(str(number)) for number in numbers)),
    )
    assert np.array_equal(_NETWORK.rows(words), _NETWORK.rows(zeros))
