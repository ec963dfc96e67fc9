from __future__ import annotations

import pytest

from guardrail.detect.text.names.knowledge import Usual
from guardrail.detect.text.names.usual import how_usual, is_inflected_kazakh, is_usual


@pytest.mark.parametrize(
    ("word", "usual"),
    [("смотрят", Usual.ALWAYS), ("грузовик", Usual.NOUN), ("нұрлан", Usual.NO), ("a1", Usual.NO)],
)
def test_a_word_is_as_usual_as_the_dictionary_says(word: str, usual: Usual) -> None:
    assert how_usual(word) is usual


@pytest.mark.parametrize("word", ["қонақтарымыз", "мектептерде", "салмағына"])
def test_endings_of_kazakh_tell_a_word(word: str) -> None:
    assert is_inflected_kazakh(word)
    assert is_usual(word)


@pytest.mark.parametrize(
    "word", ["айда", "нұрлан", "өтеген", "қожаберген", "smith", "иванов", "user_1"]
)
def test_names_and_codes_arent_usual(word: str) -> None:
    assert not is_inflected_kazakh(word)
    assert not is_usual(word)
