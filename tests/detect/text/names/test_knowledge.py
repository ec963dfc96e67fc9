from __future__ import annotations

from importlib.resources import files

import numpy as np

from guardrail.detect.text.names.knowledge import DIMENSIONS, GROUPS, Knowledge, read_arrays
from guardrail.detect.text.names.russian import russian_tagger

_DATA = files("guardrail.detect.text.names") / "data"
_KNOWLEDGE = Knowledge(_DATA, russian_tagger().vectors)


def test_an_english_word_has_a_place_and_a_teachers_word() -> None:
    word = _KNOWLEDGE.of("Michael")
    assert word.kind == 2
    assert word.vector is not None
    assert word.vector.shape == (DIMENSIONS,)
    assert word.features[0].startswith("t=P")


def test_a_russian_word_has_a_place() -> None:
    word = _KNOWLEDGE.of("Москва")
    assert word.kind == 1
    assert word.vector is not None


def test_an_unknown_word_has_only_its_letters() -> None:
    word = _KNOWLEDGE.of("Зщшгнрх")
    assert (word.kind, word.vector) == (0, None)
    assert word.features


def test_lists_hold_no_text() -> None:
    lists = read_arrays(_DATA / "lists.npz")
    assert set(lists) == {"keys", "bits"}
    assert np.all(np.diff(lists["keys"].astype(np.int64)) > 0)
    assert lists["bits"].max() < 1 << len(GROUPS)
