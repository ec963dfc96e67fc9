from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.text.names.second import (
    APART_BEFORE,
    SecondLook,
    as_last,
    is_doubtful,
    is_lone,
)
from guardrail.detect.text.names.shipped import network
from guardrail.detect.text.names.words import words_of

_NETWORK, _FAST = network("standard"), network("fast")
_WORDS = ["Зимой", "Ахметова", "met", "Kim", "в", "Удалите", "вчера", "әкем", "Below", ",", "\n"]


def _worth(text: str) -> list[str]:
    words = words_of(text)
    asked = [number for number, word in enumerate(words.texts) if word[0].isalpha()]
    kept = SecondLook(_NETWORK).worth(words, asked, _NETWORK.names(words))
    return [words.texts[number] for number in kept]


def _beside(text: str) -> list[str]:
    words = words_of(text)
    look, names = SecondLook(_NETWORK), _NETWORK.names(words)
    asked = [number for number, word in enumerate(words.texts) if word[0].isupper()]
    return [words.texts[at] for at in look.worth_beside(words, look.worth(words, asked, names))]


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
def test_what_follows_a_word_doesnt_matter_to_it_but_for_the_next_sign(
    before: list[str], behind: list[str]
) -> None:
    near = words_of(" ".join([*before, behind[0], "x"]))
    far = words_of(" ".join([*before, *behind, "x"]))
    asked = list(range(len(before)))
    look = SecondLook(_NETWORK)
    assert look.worth(near, asked, _NETWORK.names(near)) == SecondLook(_NETWORK).worth(
        far, asked, _NETWORK.names(far)
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Жылы жерде ұстаңыз. Ыдыстың бетін сүлгімен жабыңыз", "Ыдыстың"),
        ("Орындарын өздері таңдайды. Парақ ұсталып тұрса болды", "Парақ"),
    ],
)
def test_an_unknown_word_before_small_ones_is_told_to_be_no_name(text: str, word: str) -> None:
    assert word not in _beside(text)


@pytest.mark.parametrize("name", ["Айгерім", "Ерлан", "Michael", "Ольга"])
def test_a_name_is_kept_beside_the_word_behind(name: str) -> None:
    assert name in _beside(f"Жақсы. {name} келді енді")


def test_the_word_behind_counts_once_it_is_whole() -> None:
    look, words = SecondLook(_NETWORK), words_of("Солай болсын. Жануарды мәжбүрлемеңіз")
    number = words.texts.index("Жануарды")
    assert look.worth_beside(words, [number]) == [number]
    words = words_of("Солай болсын. Жануарды мәжбүрлемеңіз:")
    assert look.worth_beside(words, [number]) == []


@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(st.sampled_from(_WORDS), max_size=12),
    behind=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12),
)
def test_beside_the_word_behind_nothing_farther_matters(
    before: list[str], behind: list[str]
) -> None:
    near = words_of(" ".join([*before, "x"]))
    far = words_of(" ".join([*before, *behind, "x"]))
    asked = [number for number in range(len(near.texts) - 2) if near.texts[number][0].isalpha()]
    assert SecondLook(_NETWORK).worth_beside(near, asked) == SecondLook(_NETWORK).worth_beside(
        far, asked
    )


@pytest.mark.parametrize(
    ("text", "lone"),
    [
        ("Парақ тұр", True),
        ("Айгуль, привет", True),
        ("Айгуль Ахметова пришла", False),  # a name may go on
        ("Это. А пришла", False),  # an initial may
        ("Айгуль. Потом", False),
        ("ПАРАҚ ТҰР тұр", False),
    ],
)
def test_a_first_word_is_lone_before_a_small_letter_or_a_comma(text: str, *, lone: bool) -> None:
    words = words_of(text)
    number = words.texts.index("А") if "А" in words.texts else 0
    assert is_lone(words, number) is lone


def test_a_look_that_is_remembered_tells_the_same() -> None:
    words = words_of("Это переписка. Удалите лишнее. Зимой света мало")
    asked, look = list(range(len(words.texts))), SecondLook(_NETWORK)
    names = _NETWORK.names(words)
    assert look.worth(words, asked, names) == look.worth(words, asked, names)


def test_words_that_are_looked_at_together_dont_see_each_other() -> None:
    words = words_of("Спасибо. Айгуль Ахметова придёт потом")
    windows = [(0, number, number + 1) for number in (2, 3, 4)]
    together = _NETWORK.chances(*as_last(words, windows))
    alone = [_NETWORK.chances(*as_last(words, [window]))[0] for window in windows]
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


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.sampled_from([*_WORDS, "-", ". "]), min_size=3, max_size=60))
def test_both_looks_at_one_go_keep_what_one_after_the_other_does(texts: list[str]) -> None:
    words = words_of(" ".join(texts).replace(" - ", "-"))
    asked = [number for number, word in enumerate(words.texts[:-1]) if word[0].isalpha()]
    unclear, names = asked[::2], _NETWORK.names(words)
    look = SecondLook(_NETWORK)
    worth = {*look.worth(words, unclear, names), *asked[1::2]}
    left = [number for number in asked if number in worth]
    assert SecondLook(_NETWORK).kept(words, asked, unclear, names) == look.worth_beside(words, left)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.sampled_from([*_WORDS, "-", ". "]), min_size=20, max_size=60))
def test_words_further_off_than_are_looked_at_dont_matter_to_slovnet(texts: list[str]) -> None:
    words = words_of(" ".join(texts).replace(" - ", "-"))
    asked = [number for number, word in enumerate(words.texts[:-1]) if word[0].isalpha()]
    names = _FAST.names(words)
    near = SecondLook(_FAST, apart_before=APART_BEFORE)
    assert near.worth(words, asked, names) == SecondLook(_FAST).worth(words, asked, names)
