from __future__ import annotations

import re

import pytest

from guardrail.detect.text.recognizers import special_persons as persons


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (persons.RU_WHO, "мой старший брат"),
        (persons.RU_WHO, "мама"),
        (persons.RU_WHO, "мы с мужем"),
        (persons.RU_WHOSE, "моей сестры"),
        (persons.RU_WHOM, "мне"),
        (persons.RU_ACCUSED, "его"),
        (persons.EN_BE, "my little sister was"),
        (persons.EN_BE, "i'm"),
        (persons.EN_HAVE, "she was diagnosed with"),
        (persons.KK_HAS, "анамнын"),
        (persons.KK_WHO, "менин агам"),
        (persons.AGED_ROLE, "мне 45 лет"),
    ],
)
def test_a_particular_person_is_spoken_of(pattern: str, text: str) -> None:
    assert re.fullmatch(pattern, text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("пациент Ахметов А.", True),
        ("Клиент: Сәрсенова Айгүл", True),
        ("сотрудница иванова", True),
        ("Иванов И.И.", True),
        ("Анна Сергеевна", True),
        ("пациент имеет право", False),
        ("клиент банка", False),
    ],
)
def test_a_role_is_a_person_with_a_name(text: str, named: bool) -> None:  # noqa: FBT001 - a table's column
    assert (persons.NAMED.search(text) is not None) is named


def test_neighbours_need_a_word_of_whose_they_are() -> None:
    assert not re.fullmatch(persons.RU_WHO, "сосед")
    assert re.fullmatch(persons.RU_WHO, "наш сосед")
