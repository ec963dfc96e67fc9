from __future__ import annotations

import pytest

from benchmarks.detection.texts.drawing import Drawing
from benchmarks.detection.texts.fill import Span, Text, fill, joined, marked
from benchmarks.detection.texts.letters import (
    ACUTE_2018,
    PASSPORT,
    UMLAUT_2021,
    folded,
    latin,
    lower,
)
from benchmarks.detection.texts.names import (
    Person,
    called,
    feminine,
    kazakh_case,
    russian_case,
    russian_patronymic,
)

AIDOS = Person(lang="kk", given="Айдос", surname="Сейітов", patronymic="Серікұлы", female=False)


@pytest.mark.parametrize(
    ("word", "case", "inflected"),
    [
        ("Айгүл", "gen", "Айгүлдің"),
        ("Марат", "dat", "Маратқа"),
        ("Дана", "acc", "Дананы"),
        ("Нұрлан", "abl", "Нұрланнан"),
        ("Серік", "loc", "Серікте"),
        ("Ербол", "ins", "Ерболмен"),
        ("Омаров", "dat", "Омаровқа"),
        ("Тоқаев", "gen", "Тоқаевтың"),
        ("Серікұлы", "dat", "Серікұлына"),
        ("Асқарқызы", "acc", "Асқарқызын"),
    ],
)
def test_kazakh_endings_follow_harmony_and_the_last_sound(
    word: str, case: str, inflected: str
) -> None:
    assert kazakh_case(word, case) == inflected


@pytest.mark.parametrize(
    ("word", "case", "inflected", "kind"),
    [
        ("Иванов", "ins", "Ивановым", "surname"),
        ("Иванова", "dat", "Ивановой", "surname, woman"),
        ("Подгорбунский", "gen", "Подгорбунского", "surname"),
        ("Бондаренко", "gen", "Бондаренко", "surname, woman"),
        ("Белых", "dat", "Белых", "surname"),
        ("Павел", "gen", "Павла", "given"),
        ("Лев", "dat", "Льву", "given"),
        ("Ольга", "gen", "Ольги", "given, woman"),
        ("Мария", "prep", "Марии", "given, woman"),
        ("Иванович", "ins", "Ивановичем", "given"),
        ("Айгүл", "dat", "Айгүл", "given, woman"),
        ("Асқар", "ins", "Асқаром", "given"),
    ],
)
def test_russian_cases(word: str, case: str, inflected: str, kind: str) -> None:
    surname, female = "surname" in kind, "woman" in kind
    assert russian_case(word, case, female=female, surname=surname) == inflected


def test_patronymics_and_womens_surnames() -> None:
    made = [
        russian_patronymic(name, female=True) for name in ("Иван", "Юрий", "Лев", "Илья", "Игорь")
    ]
    assert made == ["Ивановна", "Юрьевна", "Львовна", "Ильична", "Игоревна"]
    assert [feminine(name) for name in ("Попов", "Еловский", "Құрманияз")] == [
        "Попова",
        "Еловская",
        "Құрманияз",
    ]


def test_only_the_last_part_takes_a_kazakh_ending_and_none_does_in_english() -> None:
    rng = Drawing("1", "development")
    assert called(rng, AIDOS, "triple", "dat", "kk") == "Сейітов Айдос Серікұлына"
    assert called(rng, AIDOS, "full", "gen", "ru") == "Айдоса Сейітова"
    assert called(rng, AIDOS, "full", "gen", "en") == "Айдос Сейітов"
    assert called(rng, AIDOS, "dear", "nom", "kk") == "Айдосжан"


def test_filled_slots_keep_their_places() -> None:
    made = fill(
        Drawing("1", "development"),
        r"Я ⟨a.b⟩,\nты ⟨c⟩",
        lambda _, name: marked("Ким" if name == "a.b" else "Ли", "PERSON"),
    )
    assert made.text == "Я Ким,\nты Ли"
    assert [made.text[one.start : one.end] for one in made.spans] == ["Ким", "Ли"]
    both = joined([made, made], " / ")
    assert [both.text[one.start : one.end] for one in both.spans] == ["Ким", "Ли", "Ким", "Ли"]


@pytest.mark.parametrize(
    ("table", "spelt"),
    [
        (PASSPORT, "Gulzhan Shaimerden"),
        (ACUTE_2018, "Gúljan Sha\u0131merden"),
        (UMLAUT_2021, "Güljan Şaimerden"),
    ],
    ids=["passport", "2018", "2021"],
)
def test_spans_move_along_into_latin(table: dict[str, str], spelt: str) -> None:
    text = Text("Щётка: Гүлжан Шаймерден!", (Span(7, 23, "PERSON"),))
    made = latin(text, table)
    (span,) = made.spans
    assert made.text[span.start : span.end] == spelt
    assert lower(folded(text)).text == "щётка: гулжан шаймерден!"
