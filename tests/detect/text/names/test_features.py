from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.names.features import (
    BUCKETS,
    SAID,
    SCRIPTS,
    SHAPES,
    features_of,
    script_of,
    shape_of,
)
from guardrail.detect.text.names.skeleton import skeleton

_FIRST = 7
_WORDS = st.text("абвәғқabcyz'-—,.19", min_size=1, max_size=12).filter(str.strip)


def _rows(words: list[str]) -> list[list[int]]:
    features = features_of(words, list(map(skeleton, words)), _FIRST)
    return [sorted(features.rows[features.owners == number]) for number in range(len(words))]


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Иван", "Title"), ("иван", "lower"), ("ИВАН", "UPPER"), ("И", "Letter"), ("и", "letter"),
        ("МакКей", "miXed"), ("12", "digits"), (",", "sign"), ("\n", "break"),
    ],
)  # fmt: skip
def test_a_word_has_a_shape(word: str, shape: str) -> None:
    assert SHAPES[shape_of(word)] == shape


def test_kazakh_letters_tell_the_script() -> None:
    assert [SCRIPTS[script_of(word)] for word in ("қала", "город", "city")] == [
        "kazakh", "cyrillic", "other",
    ]  # fmt: skip


@given(words=st.lists(_WORDS, min_size=1, max_size=8))
def test_a_word_has_the_same_features_alone_and_among_others(words: list[str]) -> None:
    assert _rows(words) == [_rows([word])[0] for word in words]


@given(words=st.lists(_WORDS, min_size=1, max_size=8))
def test_every_feature_has_a_row_of_its_kind(words: list[str]) -> None:
    rows = np.concatenate(_rows(words))
    assert rows.min() >= _FIRST
    assert rows.max() < _FIRST + SAID + BUCKETS


def test_what_names_a_word_whole_is_marked() -> None:
    features = features_of(["айгерімге"], ["aigerimge"], _FIRST)
    assert features.whole.sum() == 2
    assert len(features.rows) > 20


def test_digits_are_known_by_their_number_only() -> None:
    assert _rows(["850412"]) == _rows(["123456"])
    assert _rows(["850412"]) != _rows(["85041"])
    assert _rows([","]) != _rows(["."])


def test_words_with_one_ending_share_features() -> None:
    one, other, third = map(set, _rows(["ахметовой", "серикбаевой", "наурыз"]))
    assert len(one & other) > len(one & third)


@given(word=st.text("абвәғқabcyz", min_size=1, max_size=12))
def test_a_piece_is_hashed_letter_by_letter(word: str) -> None:
    features = features_of([word], [word], _FIRST)
    spelt = f"<{word}>"
    for first in range(len(spelt) - 2):
        hashed = 0
        for letter in spelt[first : first + 3]:
            hashed = hashed * 0x01000193 + ord(letter) & 0xFFFFFFFF
        hashed ^= (3 << 8 | 4) * 0x9E3779B1 & 0xFFFFFFFF
        assert _FIRST + SAID + _bucket(hashed) in features.rows


def _bucket(hashed: int) -> int:
    for shift, times in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        hashed = (hashed ^ hashed >> shift) * times & 0xFFFFFFFF
    return (hashed ^ hashed >> 16) % BUCKETS


def test_signs_alone_have_a_feature_each() -> None:
    assert [len(rows) for rows in _rows([",", "00"])] == [1, 1]
