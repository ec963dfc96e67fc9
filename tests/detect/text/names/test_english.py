from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.text.names.english import (
    BEFORE,
    DEPTH,
    REACH,
    TAGS,
    EnglishTagger,
    is_latin,
)
from guardrail.detect.text.names.english_vectors import Floats
from guardrail.detect.text.names.english_words import joined_words
from guardrail.detect.text.names.words import BREAK, Words, words_of

_TAGGER = EnglishTagger(files("guardrail.detect.text.names") / "data")
_PERSON, _NONE = 0, -1

# What spaCy's own model says where no entity is open: of each word, how likely it is that a name of
# a person begins with it, and that no entity does.
_SPACY = [
    (
        "Yesterday Mr. Gregg Brandon didn't say where Maria's brother lives.",
        "Yesterday Mr. Gregg Brandon did n't say where Maria 's brother lives .",
        [0, 0, 1, 0.868, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        [0.014, 1, 0, 0.13, 1, 1, 1, 1, 0, 1, 1, 1, 1],
    ),
    (
        "J. K. Rowling of Edinburgh wrote to the U.S. office of Siemens on 5/6/2020, said Omar.",
        "J. K. Rowling of Edinburgh wrote to the U.S. office of Siemens on 5/6/2020 , said Omar .",
        [0.999, 0.24, 0.003, 0, 0.098, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.996, 0],
        [0.001, 0.759, 0.996, 1, 0.008, 1, 1, 0.999, 0.001, 1, 1, 0.002, 1, 0.164, 1, 1, 0.002, 1],
    ),
    (
        "my name is john smith and i live in london",
        "my name is john smith and i live in london",
        [0, 0, 0, 1, 0.004, 0, 0, 0, 0, 0],
        [1, 1, 1, 0, 0.996, 1, 1, 1, 1, 0.002],
    ),
    (
        "Ask Dr. O'Neil (Boston) about the 3rd invoice: Anna-Maria Kowalski paid 1,000 dollars",
        (
            "Ask Dr. O'Neil ( Boston ) about the 3rd invoice : Anna - Maria Kowalski paid "
            "1,000 dollars"
        ),
        [0, 0, 0.984, 0, 0, 0, 0, 0, 0, 0, 0, 0.991, 0.124, 0.864, 0.04, 0, 0, 0],
        [1, 1, 0.011, 1, 0.014, 1, 0.997, 0.999, 0.013, 0.999, 1, 0.005, 0.87, 0.134, 0.956, 1,
         0.001, 0.995],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tokens", "person", "none"), _SPACY, ids=range(len(_SPACY)))
def test_what_would_be_done_next_is_what_spacy_says(
    text: str, tokens: str, person: list[float], none: list[float]
) -> None:
    joined, _ = joined_words(words_of(text))
    assert joined == tokens.split()
    count = len(joined)
    padded = [*[""] * DEPTH, *joined, *[""] * DEPTH]
    layers = [np.arange(DEPTH - reach, DEPTH + count + reach) for reach in range(DEPTH, -1, -1)]
    moves, _ = _TAGGER.next_moves(padded, layers)
    assert np.allclose(moves[:, _PERSON] + moves[:, 18 + _PERSON], person, atol=0.03)
    assert np.allclose(moves[:, _NONE], none, atol=0.03)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (_SPACY[0][0], {"Gregg", "Brandon", "Maria"}),
        (_SPACY[1][0], {"J", "K", "Rowling", "Omar"}),
        (_SPACY[2][0], {"john", "smith"}),
        (_SPACY[3][0], {"O", "Neil", "Anna", "Maria", "Kowalski"}),
    ],
    ids=range(len(_SPACY)),
)
def test_persons_are_those_that_spacy_finds(text: str, names: set[str]) -> None:
    told = dict(zip(words_of(text).texts, _scores(text).argmax(1).tolist(), strict=True))
    assert {word for word, tag in told.items() if TAGS[tag].endswith("PERSON")} == names


def test_scores_are_probabilities_of_words_in_latin_letters() -> None:
    scores = _scores("John met Анна, in 1999.")
    assert scores.shape == (7, len(TAGS))
    assert np.allclose(scores.sum(1), [1, 1, 0, 0, 1, 0, 0], atol=1e-5)
    assert _scores("").shape == (0, len(TAGS))
    assert not _scores("Привет, 12!").any()


def test_a_name_begins_and_goes_on() -> None:
    tags = [TAGS[tag] for tag in _scores("The letter was sent by Gregg Brandon today.").argmax(1)]
    assert tags[5:7] == ["B-PERSON", "I-PERSON"]
    assert tags[:5] == ["O"] * 5
    assert _tag("She lives in London now.", "London") == "LOCATION"
    assert _tag("He works for Siemens as an engineer.", "Siemens") == "ORG"
    assert _tag("We met on Monday.", "Monday") == "OTHER"


def test_a_name_does_not_go_on_across_a_blank_line() -> None:
    scores = _scores("Yours, Gregg\n\nBrandon was late.")
    words = words_of("Yours, Gregg\n\nBrandon was late.").texts
    assert scores[words.index("Brandon"), TAGS.index("I-PERSON")] == 0


_ANY = st.sampled_from(
    [
        "the", "said", "John", "Smith", "of", "O'Neil", "didn't", "Maria's", "U.S.A.", "J.", "a",
        "J.K.L.M.N.", "1,000,000.5", "5/6/2020", "Иван", "...", "--", "-", "'", "n", ".", ",",
        "Bank", "America", "New", "York", "\n", "\n\n", "x" * 50, "e.g.", "G7", "3rd", "mr",
    ]
)  # fmt: skip
_SPACE = st.sampled_from([" ", " ", " ", ""])
_TEXTS = st.lists(st.tuples(_ANY, _SPACE), min_size=1, max_size=50).map(
    lambda parts: "".join(word + space for word, space in parts)
)


@settings(max_examples=150, deadline=None)
@given(text=_TEXTS, pick=st.integers(0, 10_000), more=st.integers(0, 3))
def test_a_piece_with_its_surroundings_says_what_the_whole_does(
    text: str, pick: int, more: int
) -> None:
    words = words_of(text)
    count = len(words.texts)
    if not count:
        return
    at = pick % count
    whole = _TAGGER.scores(words)[at]
    _, belongs = joined_words(words)
    first = max(
        (
            number
            for number in range(at)
            if belongs[at] - belongs[number] >= BEFORE + more and _stands_alone(words, number)
        ),
        default=0,
    )
    behind = next(
        (
            last
            for last in range(at + 1, count + 1)
            if _reached(_slice(words, first, last), at - first) > REACH
        ),
        count,
    )
    piece = _TAGGER.scores(_slice(words, first, behind))[at - first]
    assert np.allclose(piece, whole, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(text=_TEXTS, wanted=st.lists(st.integers(0, 10_000), max_size=4))
def test_some_words_get_what_they_get_among_all(text: str, wanted: list[int]) -> None:
    words = words_of(text)
    numbers = [number % len(words.texts) for number in wanted] if words.texts else []
    some = _TAGGER.scores(words, numbers)
    assert some.shape == (len(numbers), len(TAGS))
    assert np.allclose(some, _TAGGER.scores(words)[numbers], atol=1e-4)


def test_long_texts_are_read_in_stretches() -> None:
    text = "It was John Smith who told Mary of it. " * 80
    scores = _scores(text)
    johns = scores[[place for place, word in enumerate(words_of(text).texts) if word == "John"]]
    assert len(johns) == 80
    assert np.allclose(johns[2:-2], johns[2], atol=1e-4)


def test_latin_words_begin_with_latin_letters() -> None:
    words = ["John", "é", "Иван", "12", "'", "日"]
    assert [word for word in words if is_latin(word)] == ["John", "é"]


def _scores(text: str) -> Floats:
    return _TAGGER.scores(words_of(text))


def _tag(text: str, word: str) -> str:
    return TAGS[int(_scores(text)[words_of(text).texts.index(word)].argmax())]


def _slice(words: Words, first: int, last: int) -> Words:
    return Words(
        texts=words.texts[first:last],
        starts=words.starts[first:last],
        casings=words.casings[first:last],
    )


def _stands_alone(words: Words, number: int) -> bool:
    """Tell whether a space stands before the word, and it is no break."""
    before = words.starts[number - 1] + len(words.texts[number - 1]) if number else -1
    return words.starts[number] > before and words.texts[number] != BREAK


def _reached(words: Words, at: int) -> int:
    _, belongs = joined_words(words)
    return belongs[-1] - belongs[at]
