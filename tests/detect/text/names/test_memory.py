from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guardrail.detect.text.names.memory import Memory

_LETTERS = "абвгдежзий"


class _Learner:
    """Makes rows of words' letters, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        self.asked += words
        rows = [[float(len(word)), float(ord(word[0]))] for word in words]
        return np.array(rows, np.float32), np.array([len(word) for word in words], np.int8)


def _memory(learner: _Learner, capacity: int = 12) -> Memory:
    return Memory(capacity=capacity, width=2, longest=5, learn=learner)


@given(texts=st.lists(st.lists(st.text(_LETTERS, max_size=7), max_size=9), max_size=12))
def test_a_word_has_its_own_row_however_often_the_memory_was_full(texts: list[list[str]]) -> None:
    memory = _memory(_Learner())
    for words in texts:
        page, numbers = memory.read(words)
        for word, number in zip(words, numbers, strict=True):
            known = 0 < len(word) <= 5
            assert page.rows[number].tolist() == ([len(word), ord(word[0])] if known else [0, 0])
            assert page.marks[number] == (len(word) if known else 0)


def test_a_word_is_learnt_once_while_there_is_room() -> None:
    learner = _Learner()
    memory = _memory(learner)
    memory.read(["аб", "вг", "аб"])
    memory.read(["вг", "де"])
    assert learner.asked == ["аб", "вг", "де"]


def test_a_full_memory_begins_anew_with_what_is_read_now() -> None:
    learner = _Learner()
    memory = _memory(learner, capacity=4)
    memory.read(["а", "б", "в"])
    page, _ = memory.read(["в", "г"])
    assert set(page.numbers) == {"в", "г"}
    assert learner.asked == ["а", "б", "в", "в", "г"]


def test_nothing_read_is_nothing_learnt() -> None:
    learner = _Learner()
    _, numbers = _memory(learner).read([])
    assert numbers.tolist() == []
    assert learner.asked == []


def test_a_text_of_more_words_than_there_is_room_for_is_read_all_the_same() -> None:
    memory = _memory(_Learner(), capacity=4)
    words = [one + other for one in _LETTERS for other in _LETTERS]
    page, numbers = memory.read(words)
    assert page.rows[numbers, 1].tolist() == [ord(word[0]) for word in words]
    assert set(memory.read(["а", "б"])[0].numbers) >= {"а", "б"}


def test_a_word_is_remembered_as_what_is_plain_of_it_alone() -> None:
    learner = _Learner()
    memory = Memory(capacity=9, width=2, longest=5, learn=learner, plain=lambda word: word[:1] * 2)
    page, numbers = memory.read(["аб", "вв", "аг", "аа"])
    assert page.rows[numbers, 1].tolist() == [ord(letter) for letter in "аваа"]
    assert memory.read(["аб", "вв"])[1].tolist() == numbers[:2].tolist()
    assert learner.asked == ["аа", "вв"]
    assert set(page.numbers) == {"аа", "вв"}
