from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.names.knowledge import (
    DIMENSIONS,
    GROUPS,
    ROWS,
    Knowledge,
    Name,
    bits_of,
    read_arrays,
)
from guardrail.detect.text.names.morphology import morphology
from guardrail.detect.text.names.russian import word_vectors
from guardrail.detect.text.names.skeleton import skeleton

_DATA = files("guardrail.detect.text.names") / "data"
_KNOWLEDGE = Knowledge(_DATA, word_vectors(), morphology())
_WORDS = ["Michael", "Москва", "Айгерімге", "Зщшгнрх", ",", "12", "the", "Ахметовой", "Ома", "ф"]


def test_an_english_word_has_a_place() -> None:
    known = _KNOWLEDGE.of(["Michael"])
    assert known.kinds.tolist() == [2]
    assert known.vectors.shape == (1, DIMENSIONS)
    assert known.vectors.any()


def test_a_russian_word_has_a_place() -> None:
    known = _KNOWLEDGE.of(["Москва"])
    assert known.kinds.tolist() == [1]
    assert known.vectors.any()


def test_an_unknown_word_has_only_its_letters() -> None:
    known = _KNOWLEDGE.of(["Зщшгнрх"])
    assert known.kinds.tolist() == [0]
    assert not known.vectors.any()
    assert len(known.features.rows) > 10


@given(words=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8))
def test_a_word_is_known_alike_alone_and_among_others(words: list[str]) -> None:
    among = _KNOWLEDGE.of(words)
    for number, word in enumerate(words):
        alone = _KNOWLEDGE.of([word])
        rows = among.features.rows[among.features.owners == number]
        assert sorted(rows) == sorted(alone.features.rows)
        assert rows.max() < ROWS
        assert among.names[number] == alone.names[0]
        assert np.allclose(among.vectors[number], alone.vectors[0], atol=1e-5)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Айгерім", Name.ITSELF), ("айгерим", Name.ITSELF), ("AIGERIM", Name.ITSELF),
        ("Айгерімге", Name.INFLECTED), ("перезагрузка", Name.NONE), ("Ньютона", Name.HISTORIC),
        ("және", Name.COMMON),
    ],
)  # fmt: skip
def test_names_of_kazakhstan_are_known_in_every_spelling(word: str, name: Name) -> None:
    assert _KNOWLEDGE.of([word]).names.tolist() == [name]


def test_a_listed_name_is_known_with_its_ending() -> None:
    exact, stem = _KNOWLEDGE.listed([skeleton(word) for word in ("айгерім", "айгерімге", "гтж")])
    kazakh = bits_of("given_kk")
    assert exact[0] & kazakh
    assert (exact[1], stem[1] & kazakh) == (0, kazakh)
    assert (exact[2], stem[2]) == (0, 0)


def test_lists_hold_no_text() -> None:
    lists = read_arrays(_DATA / "lists.npz")
    assert set(lists) == {"keys", "bits"}
    assert np.all(np.diff(lists["keys"].astype(np.int64)) > 0)
    assert lists["bits"].max() < 1 << len(GROUPS)
