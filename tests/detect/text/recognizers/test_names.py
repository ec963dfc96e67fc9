from __future__ import annotations

import random
from itertools import pairwise

import pytest

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.recognizers.names import NameRecognizer

_DETECTOR = TextDetector([NameRecognizer()], memo_key=b"names")


def _names(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Вчера Айгуль Ахметова подписала договор.", ["Айгуль Ахметова"]),
        ("Менің досым Ерлан Қайратұлы ертең келеді.", ["Ерлан Қайратұлы"]),
        ("позвони пожалуйста айгерим сериковой завтра", ["айгерим сериковой"]),
        ("Please call Michael Johnson about the invoice.", ["Michael Johnson"]),
        ("Директор Ахметов А.С. утвердил приказ.", ["Ахметов А.С."]),
        ("Nurlan Akhmetov will come tomorrow.", ["Nurlan Akhmetov"]),
    ],
)
def test_names_are_found_in_three_languages(text: str, names: list[str]) -> None:
    assert _names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Добрый день! Как оформить отпуск в Алматы?",
        "Қайырлы күн! Демалысқа өтінішті қалай жазамын?",
        "Please summarise the notes of our meeting.",
        "for item in items: print(item.value)",
        "if size > limit:\n    pass\nelif self.lomar[lineno]:\n    self.kordex = args",
        "встретимся на бульваре Мира",
        "теорема Пифагора",
        "улица Абая",
        "",
        "12 45, 7!",
    ],
)
def test_other_words_are_no_names(text: str) -> None:
    assert _names(text) == []


_CORPUS = [
    "Вчера Айгуль Ахметова, А. С. Иванова и Ливиу-Дитер Ким пришли к Марату Серікұлы домой.",
    "менің атым айгерім сериковна, ал досым ерлан болады; позвони мне завтра.\nДана Ким",
    "Please call Michael O’Brien, Anna Maria Lee and dr. Kim Nurlanovich before noon in London.",
    "СРОЧНО ПОЗВОНИТЕ АХМЕТОВОЙ АЙГУЛЬ СЕРИКОВНЕ. Спасибо. Ваш Ерлан",
    "Ахметов А.С. и Б. К. Сейтов; И.О. Фамилия, N. Akhmetov",
    "Т.А.Ә. Ахметова Дана Болатқызы, Г. Көшербаеваға, А.Б.В.Г. Сериков Р. Б. келді J. Esimov men",
    "Крейсер «Адмирал Кузнецов», Пётр и Павел. Гипотеза Римана, Murphy's law, «Айгуль Ахметова» ок",
    "Марат көшесі, Дина Серікова атындағы. Mark II, Джек-терьер, Анна-апай; a.lomar[1]\nelif x",
    "Имя:            Марат\nФамилия:\tКим\n\nГород: Алматы",
    "И. и. иванов: бақыт, 12 да",
    "Ф.И.О.-Т.А.Ә.  Ким Ч. И. Иванов И. И. да",
    "Dr. Smith-Ә. Sh. и. O'Brien, А. Б. В. Кимподписал Ахметова J. келді",
]


@pytest.mark.parametrize("text", _CORPUS)
def test_every_cut_of_a_stream_finds_what_the_whole_does(text: str) -> None:
    wanted = [(one.start, one.end, one.score) for one in _DETECTOR.find(text)]
    chance = random.Random(len(text))  # noqa: S311 - cuts, not secrets
    cuts = [[place] for place in range(len(text) + 1)]
    cuts += [sorted(chance.choices(range(len(text) + 1), k=6)) for _ in range(20)]
    cuts.append(list(range(len(text) + 1)))
    for places in cuts:
        window, found, done = Window(_DETECTOR), [], 0
        ends = [0, *places, len(text)]
        for first, last in pairwise(ends):
            released = window.feed(text[first:last], final=last == len(text))
            found += [(o.start + done, o.end + done, o.score) for o in released.findings]
            done += len(released.text)
        assert found == wanted, places


def test_initials_alone_are_no_name() -> None:
    assert _names("п. А. Б. и В. Г.") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Г. Көшербаеваға тапсырылсын.", ["Г. Көшербаеваға"]),
        ("Приказ подписал Ахметов Р. Б. вчера.", ["Ахметов Р. Б."]),
        ("позвони ахметову р.б. завтра", ["ахметову р.б."]),
        ("Ф.И.О. Ахметова Дана Болатовна", ["Ахметова Дана Болатовна"]),
        ("Т.А.Ә. Ахметова Дана Болатқызы", ["Ахметова Дана Болатқызы"]),
        ("договор 2024 г. петров сергей иванович подписал", ["петров сергей иванович"]),
    ],
)
def test_initials_are_of_a_name_and_abbreviations_are_not(text: str, names: list[str]) -> None:
    assert _names(text) == names


@pytest.mark.parametrize("tier", ["fast", "standard"])
def test_both_tiers_find_plain_names(tier: str) -> None:
    found = TextDetector([NameRecognizer(tier)], memo_key=b"names").find(
        "Вчера Айгуль Ахметова встретила Michael Johnson."
    )
    assert [one.start for one in found] == [6, 32]


def test_a_name_has_eight_words_at_most() -> None:
    text = "Пришли " + "Айгуль " * 30 + "."
    for name in _names(text):
        assert len(name.split()) <= 8
