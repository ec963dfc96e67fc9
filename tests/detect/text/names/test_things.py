from __future__ import annotations

import pytest

from guardrail.detect.text.names.things import is_negated, is_of_a_thing
from guardrail.detect.text.names.words import words_of
from guardrail.detect.text.recognizers.names import NameRecognizer


def _is_of_a_thing(text: str, name: str) -> bool:
    words = words_of(text)
    first = words.texts.index(name.split(maxsplit=1)[0])
    return is_of_a_thing(words, first, words.texts.index(name.rsplit(maxsplit=1)[-1]))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Крейсер «Адмирал Кузнецов» на ремонте", "Кузнецов"),
        ("Обедали в кафе «Айгерим» у дома", "Айгерим"),
        ("the ferry “Anna Maria” sank", "Anna Maria"),
        ("Гипотеза Римана не доказана", "Гипотеза Римана"),
        ("по теореме Эйлера", "Эйлера"),
        ("Murphy's law holds", "Murphy"),
        ("Пётр и Павел час убавил", "Пётр"),
        ("Пётр и Павел час убавил", "Павел"),
        ("Romeo and Juliet", "Juliet"),
    ],
)
def test_what_is_called_by_a_name_is_nobody(text: str, name: str) -> None:
    assert _is_of_a_thing(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ФИО: «Айгуль Ахметова»", "Айгуль Ахметова"),
        ("Ответ был «Спасибо Айгуль» и всё", "Айгуль"),
        ('кафе "name": "Айгуль"', "Айгуль"),
        ("кафе «У моря рядом Айгуль»", "Айгуль"),
        ("в кафе «Айгуль и друзья»", "Айгуль"),
        ("Murphy's lawyer called", "Murphy"),
        ("Sarah Murphy's law firm", "Sarah Murphy"),
        ("Пётр и Анна придут", "Пётр"),
        ("Пётр, Павел и я", "Пётр"),
        ("Айгуль", "Айгуль"),
    ],
)
def test_people_stay_people(text: str, name: str) -> None:
    assert not _is_of_a_thing(text, name)


def test_the_recognizer_of_names_passes_over_things() -> None:
    text = "Вчера Айгуль Ахметова видела крейсер «Адмирал Кузнецов» на ремонте."
    found = NameRecognizer("fast").scan(text, 0)
    assert [text[one.start : one.end] for one in found] == ["Айгуль Ахметова"]


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Don't force it", True),
        ("CAN’T HELP it", True),
        ("Don't", False),  # it may become a name yet
        ("Don 't is", False),
        ("Don's son is", False),
        ("Van't Hoff is", False),
    ],
)
def test_the_first_part_of_dont_is_nobody(text: str, *, negated: bool) -> None:
    assert is_negated(words_of(text), 0) is negated
