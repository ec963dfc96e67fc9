from __future__ import annotations

from importlib.resources import files
from zlib import crc32

import numpy as np
import pytest

from guardrail.detect.text.names.knowledge import read_arrays
from training.names.knowledge import lists, spellings

_DATA = files("guardrail.detect.text.names") / "data"


def test_the_lists_that_ship_are_those_of_the_lexicon() -> None:
    shipped, made = read_arrays(_DATA / "lists.npz"), lists()
    assert shipped.keys() == made.keys()
    assert all(np.array_equal(shipped[name], made[name]) for name in made)


def test_a_word_is_spelt_in_every_alphabet() -> None:
    assert spellings("ертең") >= {"erten", "erteñ", "ертен"}
    assert spellings("tomorrow") == set()


@pytest.mark.parametrize(
    ("word", "common"),
    [("және", True), ("bugin", True), ("aigerim", False), ("иван", False), ("lineno", True)],
)
def test_common_words_are_known_in_latin_too(word: str, *, common: bool) -> None:
    keys = read_arrays(_DATA / "common.npz")["keys"]
    assert bool((keys == np.uint32(crc32(word.encode()))).any()) == common
