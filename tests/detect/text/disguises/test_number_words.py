from __future__ import annotations

import pytest

from guardrail.detect.text.disguises.number_words import said


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("девяносто девять ноль один", "99 0 1"), ("семьсот один сто двадцать три", "701 123"),
        ("сто двадцать сто пять", "120 105"), ("одиннадцать десять пять", "11 10 5"),
        ("двадцать десять", "20 10"), ("сорок ноль", "40 0"), ("три нуля пять", "000 5"),
        ("тоқсан тоғыз нөл бір", "99 0 1"), ("жеті жүз бір жүз жиырма үш", "701 123"),
        ("он екі елу", "12 50"), ("тогыз жуз он бес", "915"), ("жүз жүз", "100 100"),
        ("ninety nine oh one", "99 0 1"), ("seven hundred and one one hundred twenty three",
        "701 123"),
        ("double nine triple zero", "99 000"), ("double ten", " 10"), ("plus seven", "+ 7"),
        ("seven plus", "7 "), ("8 семьсот один 45", "8 701 45"), ("and one", " 1"), ("нуля", ""),
        ("hundred and", "100"), ("toqyz jeti", "9 7"), ("devyanosto dva", "92"),
    ],
)  # fmt: skip
def test_words_say_digits_as_speakers_join_them(words: str, digits: str) -> None:
    assert " ".join(one.digits for one in said(words.split())) == digits


def test_what_is_said_knows_its_words() -> None:
    spans = [(one.first, one.last) for one in said(["сто", "двадцать", "три", "ноль"])]
    assert spans == [(0, 2), (3, 3)]
