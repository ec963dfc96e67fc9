from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.birth import BirthDateRecognizer

_DETECTOR = TextDetector([BirthDateRecognizer()], memo_key=b"birth")

Same = Callable[[TextDetector, Iterable[str]], None]


def _values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


_BIRTHS = [
    ("дата рождения: 12.03.1990", "12.03.1990"),
    ("Дата рождения\n12.03.1990", "12.03.1990"),
    ("Дата рождения ребёнка: 12.03.2015", "12.03.2015"),
    ("Дата рождения (дд.мм.гггг): 12.03.1990", "12.03.1990"),
    ("туған күні 1990 жылғы 12 наурыз", "1990 жылғы 12 наурыз"),
    ("Менің туған күнім - 1990 жылғы 12 наурыз.", "1990 жылғы 12 наурыз"),
    ("туған күні: 12.03.1990 ж.", "12.03.1990 ж."),
    ("туган кунi 12.03.1990", "12.03.1990"),
    ("туылған жылы: 1990", "1990"),
    ("tugan kuni 12.03.1990", "12.03.1990"),
    ("Мен 1990 жылы 12 наурызда туғанмын", "1990 жылы 12 наурызда туғанмын"),
    ("род. 12 марта 1990 г.", "12 марта 1990 г."),
    ("родился(ась) 12.03.1990", "12.03.1990"),
    ("родилась 5 мая 1987 года в Таразе", "5 мая 1987 года"),
    ("родился в Алматы 12 марта 1990 года", "12 марта 1990 года"),
    ("мой день рождения 12 марта", "12 марта"),
    ("ДР 12.03.90", "12.03.90"),
    ("др: «5» мая 1990", "5» мая 1990"),
    ("Иванов И.И., 12.03.1990 г.р., Алматы", "12.03.1990 г.р."),
    ("1990 ж.т.", "1990 ж.т."),
    ("12.03.1990ж.т.", "12.03.1990ж.т."),
    ("1990 года рождения", "1990 года рождения"),
    ("1990 жылы туған", "1990 жылы туған"),
    ("год рождения 1990", "1990"),
    ("born on March 12, 1990", "March 12, 1990"),
    ("I was born on 12 March 1990 in Almaty", "12 March 1990"),
    ("born in December 1990", "December 1990"),
    ("DOB: 1990-03-12", "1990-03-12"),
    ("date of birth 03/12/1990", "03/12/1990"),
    ('{"birth_date": "1990-03-12"}', "1990-03-12"),
    ("birthday is 12th of March 1990", "12th of March 1990"),
]


@pytest.mark.parametrize(("text", "date"), _BIRTHS)
def test_a_date_tied_to_a_birth_is_found(text: str, date: str) -> None:
    assert _values(text) == [date]
    assert _values(f"Ол: {text}") == [date]


_NONE = [
    "встреча 12.03.1990",
    "паспорт выдан 12 марта 2015 года",
    "Закон № 230-VIII от 17.11.2025",
    "Абай Кунанбаев родился 10 августа 1845 года",
    "день рождения компании 12 марта",
    "версия 1.2.90",
    "2024-01-02T10:00:00 born",
    "1990 жылы Алматыда болды",
    "в 1990 году родилась идея",
    "свидетельство о рождении выдано 12.03.2015",
    "дата рождения: 45.13.1990",
    "дата рождения: 1990-13-45",
    "дата рождения: 12.03.199",
    "born 12.03.1990-5",
    "date of birth: 12.03.1990_v2",
    "Он родился давно. Договор от 12.03.2015",
    "родился 5 детей",
    "born before 1990",
    "0.12.03.1990 г.р",
]


@pytest.mark.parametrize("text", _NONE)
def test_another_date_is_none(text: str) -> None:
    assert _values(text) == []


_CORPUS = [text for text, _ in _BIRTHS] + _NONE
_PIECES = [
    "дата рождения: ", "туған күні ", "родился ", "born ", "DOB", "ДР ", "род. ", "12.03.1990",
    "1990", "12", "03", "90", " марта ", "марта", "наурыз", "March ", "жылы ", "жылғы ", " г.р.",
    "г. ", " ж.т.", "туғанмын", "года рождения", " рождения", "выдан ", "слово ", "Иван ", ".",
    "-", "/", ", ", " ", " ", "\n", ":", "«5» ", "th", "of ", "в ", "_", "T10:00", "(", ")", "!",
    "1-",
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
