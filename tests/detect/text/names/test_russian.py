from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navec import Navec
from slovnet import NER

from guardrail.detect.text.names.installed import package_folder
from guardrail.detect.text.names.russian import (
    BEFORE,
    REACH,
    TAGGER_FILE,
    TAGS,
    VECTORS_FILE,
    Floats,
    joined_words,
    recased,
    russian_tagger,
    shape_of,
    word_vectors,
)
from guardrail.detect.text.names.words import Words, words_of

_TAGGER = russian_tagger(word_vectors())
_TEXT = (
    "Иван Петров встретил в Москве Марию Ивановну Ким, и вчера об этом сообщил Сергей Лавров. "
    "По словам директора ООО «Ромашка» Анны Ли, всё готово."
)


def _scores(text: str) -> Floats:
    words = words_of(text)
    everyone = np.arange(len(words.texts))
    return _TAGGER.scores(words, everyone, [False] * len(everyone))


def test_it_says_what_slovnet_itself_says() -> None:
    """The library runs the same weights; ours are the marginals of its random field."""
    root = package_folder("natasha", "natasha")
    library = NER.load(str(root / TAGGER_FILE))
    library.navec(Navec.load(str(root / VECTORS_FILE)))
    theirs = {_TEXT[one.start : one.stop] for one in library(_TEXT).spans if one.type == "PER"}
    words = words_of(_TEXT)
    ours = {
        word
        for word, tag in zip(words.texts, _scores(_TEXT).argmax(1), strict=True)
        if tag in {1, 2}
    }
    assert ours == {part for name in theirs for part in name.split()}


def test_scores_are_probabilities_of_cyrillic_words() -> None:
    scores = _scores("Иван met Анна.")
    assert scores.shape == (4, TAGS)
    assert np.allclose(scores.sum(1), [1, 0, 1, 0], atol=1e-5)


@pytest.mark.parametrize("words_behind", [0, 1, REACH - 1, REACH, REACH + 4])
def test_a_word_is_judged_by_few_words_before_and_behind(words_behind: int) -> None:
    near = ["один", "два", "Три", "четыре", "пять", "шесть", "семь", "восемь"]
    behind = near[:words_behind] + ["Иван", "Пётр"] * 3
    narrow = words_of(" ".join([*near[-(3 + BEFORE) :], "Ким", *behind[:REACH]]))
    wide = words_of(" ".join(["Иван", "Пётр", *near[-(3 + BEFORE) :], "Ким", *behind]))
    assert np.allclose(_scores_at(narrow, "Ким"), _scores_at(wide, "Ким"), atol=1e-4)


def _scores_at(words: Words, word: str) -> Floats:
    number = words.texts.index(word)
    scores: Floats = _TAGGER.scores(words, np.array([number]), [False] * len(words.texts))[0]
    return scores


@given(asked=st.sets(st.integers(0, 30), min_size=1))
def test_asked_about_some_words_it_says_what_it_says_of_all(asked: set[int]) -> None:
    words = words_of(_TEXT)
    some = sorted(number for number in asked if number < len(words.texts)) or [0]
    scores = _TAGGER.scores(words, np.array(some), [False] * len(words.texts))
    assert np.allclose(scores, _scores(_TEXT)[some], atol=1e-5)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Иван", "RU_Xx"), ("иван", "RU_xx"), ("ИВАН", "RU_XX"), ("И", "RU_X"), ("и", "RU_x"),
        ("Ливиу-Дитер", "RU_Xx-Xx"), ("иВан", "RU_OTHER"), ("John", "EN_Xx"), ("12", "NUM"),
        (",", "PUNCT_,"), ("€", "OTHER"),
    ],
)  # fmt: skip
def test_shapes_have_slovnets_names(word: str, shape: str) -> None:
    assert shape_of(word) == shape


def test_words_with_hyphens_are_one_and_breaks_part() -> None:
    joined, belongs = joined_words(words_of("Ливиу-Дитер пришёл\nИван"))
    assert joined == ["", "Ливиу-Дитер", "пришёл", "", "Иван", ""]
    assert belongs == [1, 1, 1, 2, 3, 4]


def test_a_word_too_long_to_be_any_parts_too() -> None:
    joined, _ = joined_words(words_of("Иван " + "а" * 50 + " Пётр"))
    assert joined == ["", "Иван", "", "Пётр", ""]


def test_names_get_their_capital_back_where_letters_are_small() -> None:
    words = words_of("привет это иван петров")
    assert recased(words, [False, False, True, True]).texts == ["привет", "это", "Иван", "Петров"]
    shouted = words_of("ПРИВЕТ ЭТО ИВАН")
    assert recased(shouted, [False, False, True]).texts == ["привет", "это", "Иван"]
    usual = words_of("Это иван")
    assert recased(usual, [False, True]).texts == ["Это", "иван"]


def test_vectors_are_found_by_word() -> None:
    vectors = _TAGGER.vectors
    assert vectors.row("москва") != vectors.unknown
    assert vectors.row("фывапролдж") == vectors.unknown
    assert vectors.rows(np.array([vectors.row("москва")])).shape == (1, 300)


def test_every_word_has_the_row_that_navec_itself_has_it_in() -> None:
    vectors = _TAGGER.vectors
    vocabulary = Navec.load(package_folder("natasha", "natasha") / VECTORS_FILE).vocab.words
    some = [*range(0, vectors.unknown, 97), *range(130), vectors.unknown - 1]
    assert [vectors.row(vocabulary[row]) for row in some] == some
    assert {vectors.row(word) for word in ("", "<unk>", "<pad>", "а\nб")} == {vectors.unknown}
