from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.names.english_words import PARTED, joined_words
from guardrail.detect.text.names.words import words_of


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("John's dog", "John 's dog"),
        ("John’s dog", "John ’s dog"),
        ("they're, I'm, we'll", "they 're , I 'm , we 'll"),
        ("I didn't, can't", "I did n't , ca n't"),
        ("did n't", "did n't"),
        ("O'Neil of D'Angelo", "O'Neil of D'Angelo"),
        ("'quoted'", "' quoted '"),
        ("J. K. Rowling, U.S.A. of e.g. J.Smith", "J. K. Rowling , U.S.A. of e.g. J.Smith"),
        ("Mr. Smith Jr. of Co. Inc.", "Mr. Smith Jr. of Co. Inc."),
        ("the end.", "the end ."),
        ("1,000.5 at 10:30 on 5/6/2020", "1,000.5 at 10:30 on 5/6/2020"),
        ("3rd of the 1990s, 5km", "3rd of the 1990s , 5 km"),
        ("G7, COVID19", "G7 , COVID19"),
        ("wait... no--yes Anna-Maria", "wait ... no -- yes Anna - Maria"),
        ("a@b.com", "a @ b.com"),
        ("Иван (John)", "Иван ( John )"),
    ],
)
def test_words_are_joined_as_spacy_knows_them(text: str, joined: str) -> None:
    assert joined_words(words_of(text))[0] == joined.split()


def test_each_word_belongs_to_the_one_it_is_in() -> None:
    words = words_of("O'Neil didn't go")
    assert list(words.texts) == ["O", "'", "Neil", "didn", "'", "t", "go"]
    assert joined_words(words) == (["O'Neil", "did", "n't", "go"], [0, 0, 0, 1, 2, 2, 3])


def test_a_line_break_is_a_word_and_blank_lines_part() -> None:
    assert joined_words(words_of("John\nSmith"))[0] == ["John", "\n", "Smith"]
    assert joined_words(words_of("John\n \nSmith"))[0] == ["John", *[""] * PARTED, "Smith"]


def test_a_word_too_long_to_be_any_parts_too() -> None:
    joined, belongs = joined_words(words_of("John " + "a" * 50 + " Smith"))
    assert joined == ["John", *[""] * PARTED, "Smith"]
    assert belongs == [0, 1, 1 + PARTED]


def test_no_words_are_joined_to_none() -> None:
    assert joined_words(words_of("")) == ([], [])


@given(st.text(st.sampled_from("aN.'’t1,:-\nsr Иx"), max_size=40))
def test_words_belong_in_order_and_letters_are_kept(text: str) -> None:
    words = words_of(text)
    joined, belongs = joined_words(words)
    assert belongs == sorted(belongs)
    assert len(belongs) == len(words.texts)
    assert "".join(joined).replace("\n", "") == "".join(words.texts).replace("\n", "")
