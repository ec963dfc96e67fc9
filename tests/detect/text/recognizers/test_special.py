"""The development corpus: made-up statements about persons, and talk that is about nobody."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window
from guardrail.detect.entities import ENTITIES
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.minor import MinorAgeRecognizer, MinorRecognizer
from guardrail.detect.text.recognizers.special import (
    BiometricRecognizer,
    BiometricValueRecognizer,
    CrimeRecognizer,
    EthnicityRecognizer,
    HealthRecognizer,
    OrientationRecognizer,
    PoliticsRecognizer,
    ReligionRecognizer,
    UnionRecognizer,
)
from guardrail.facts import Category

_KINDS: tuple[type[TextRecognizer], ...] = (
    HealthRecognizer,
    ReligionRecognizer,
    EthnicityRecognizer,
    PoliticsRecognizer,
    OrientationRecognizer,
    UnionRecognizer,
    CrimeRecognizer,
    BiometricRecognizer,
    BiometricValueRecognizer,
    MinorRecognizer,
    MinorAgeRecognizer,
)
_DETECTOR = TextDetector([kind() for kind in _KINDS], memo_key=b"x")
_HERE = Path(__file__).parent


def _lines(*names: str) -> list[str]:
    return [line for name in names for line in (_HERE / name).read_text("utf-8").splitlines()]


_POSITIVES = [
    line.split("\t", 1) for line in _lines("special_positives.tsv", "special_more_positives.tsv")
]
_NEGATIVES = _lines("special_negatives.txt", "special_more_negatives.txt")
_WITHOUT_OWN_LETTERS = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")

Spans = list[tuple[int, int, str, float, str]]


def _found(text: str) -> dict[str, str]:
    return {one.entity: text[one.start : one.end] for one in _DETECTOR.find(text)}


def _whole(text: str) -> Spans:
    return [(one.start, one.end, one.entity, one.score, one.reason) for one in _DETECTOR.find(text)]


def _streamed(feeds: Iterable[str]) -> Spans:
    window = Window(_DETECTOR)
    spans, length = Spans(), 0
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        assert not released.forced
        for one in released.findings:
            start, end = one.start + length, one.end + length
            spans.append((start, end, one.entity, one.score, one.reason))
        length += len(released.text)
    return spans


_WAYS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "in lower case": str.lower,
    "without Kazakh letters": lambda text: text.lower().translate(_WITHOUT_OWN_LETTERS),
}


@pytest.mark.parametrize("way", _WAYS.values(), ids=_WAYS)
def test_statements_about_persons_are_found(way: Callable[[str], str]) -> None:
    missed = [text for entity, text in _POSITIVES if entity not in _found(way(text))]
    assert len(missed) <= 0.1 * len(_POSITIVES), missed


@pytest.mark.parametrize("entity", sorted({entity for entity, _ in _POSITIVES}))
def test_every_entity_is_mostly_found(entity: str) -> None:
    texts = [text for one, text in _POSITIVES if one == entity]
    assert len(texts) >= 10
    missed = [text for text in texts if entity not in _found(text)]
    assert len(missed) <= 0.1 * len(texts), missed


@pytest.mark.parametrize("way", _WAYS.values(), ids=_WAYS)
def test_talk_about_nobody_is_hardly_ever_found(way: Callable[[str], str]) -> None:
    wrong = [text for text in _NEGATIVES if _found(way(text))]
    assert len(wrong) <= 0.02 * len(_NEGATIVES), wrong


def test_the_corpus_is_large_enough() -> None:
    assert len(_POSITIVES) >= 500
    assert len(_NEGATIVES) >= 800


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("у меня диабет 2 типа", "HEALTH", "диабет"),
        ("пациент Ахметов, диагноз: шизофрения", "HEALTH", "шизофрения"),
        ("МКБ-10: F20.0, учёт", "HEALTH", "F20.0"),
        ("Диагноз: спондилоартроз", "HEALTH", "спондилоартроз"),
        ("мен мұсылманмын", "RELIGION", "мұсылманмын"),
        ("ұлты: орыс", "ETHNICITY", "орыс"),
        ("член партии Amanat", "POLITICAL_OPINION", "Amanat"),
        ("мой муж гей", "SEXUAL_ORIENTATION", "гей"),
        ("состою в профсоюзе", "TRADE_UNION", "профсоюзе"),
        ("он судим по статье 188", "CRIMINAL_RECORD", "судим"),
        ("отпечатки пальцев сотрудника Иванова", "BIOMETRIC_DATA", "отпечатки пальцев"),
        ('"face_embedding": [0.0132, -0.2]', "BIOMETRIC_DATA", 'face_embedding": [0.01'),
        ("дочке 7 лет", "MINOR", "7 лет"),
        ("сыну 12, учится", "MINOR", "12"),
        ("my 9-year-old son", "MINOR", "9-year-old"),
    ],
)
def test_a_finding_is_the_term_alone(text: str, entity: str, value: str) -> None:
    assert _found(text) == {entity: value}


@pytest.mark.parametrize("text", ["у меня нет диабета", "я не мусульманин", "не судим"])
def test_denials_are_statements_too(text: str) -> None:
    assert _found(text)


@pytest.mark.parametrize(
    "text",
    ["если у меня диабет", "егер менде диабет", "if I have diabetes", "представь, что ты гей"],
)
def test_suppositions_are_none(text: str) -> None:
    assert not _found(text)


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: str(kind.__name__))
def test_an_entity_belongs_to_what_the_law_protects_most(kind: type[TextRecognizer]) -> None:
    wanted = Category.BIOMETRIC if kind.ENTITY == "BIOMETRIC_DATA" else Category.SPECIAL
    assert ENTITIES[kind.ENTITY].category is wanted


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: str(kind.__name__))
def test_every_pattern_compiles_under_re2(kind: type[TextRecognizer]) -> None:
    for pattern in (*kind.TRIGGERS, kind.PATTERN, kind.BACKWARD):
        re2.compile(pattern)


_STREAMED = [text for _, text in _POSITIVES[::12]] + _NEGATIVES[::40]


def test_every_split_in_two_finds_what_the_whole_does() -> None:
    for text in _STREAMED:
        wanted = _whole(text)
        for place in range(len(text) + 1):
            assert _streamed([text[:place], text[place:]]) == wanted, (text, place)


def test_character_by_character_finds_what_the_whole_does() -> None:
    for text in [text for _, text in _POSITIVES[::3]] + _NEGATIVES[::9]:
        assert _streamed(text) == _whole(text), text


_PIECES = [
    "у меня", "мой муж", "я", "мен", "менің", "my", "I am", "I'm", "he has", "Диагноз:", "ұлты:",
    "пациент Ахметов А.", "сыну", "дочке", "ұлым", "если", "не", "ранее", "по национальности",
    "диабет", "диабетпен", "ауырамын", "ауырады", "рак", "рак груди", "депрессия", "cancer",
    "cancer biology", "мусульманин", "мұсылманмын", "мұсылман", "русский", "русский язык", "казах",
    "қазақпын", "гей", "геймін", "судим", "о людях", "сотталған", "сотталған адам", "профсоюзе",
    "состою в", "голосовал за", "партию", "Amanat", "отпечатки пальцев", "отпечатки",
    "сотрудника Иванова", "саусақ ізім", "саусақ", "9-year-old", "son", "5", "7 лет", "лет",
    "шесть лет", "10 жастағы", "балам", "15 жастамын", "в 5 классе", "в первый класс", "учится",
    "несовершеннолетний", "несовершеннолетняя дочь", "Ахметов", "member of the union", "1990",
    "face_embedding", "[0.123", "E11.9", "МКБ-10", "шизофрения", "слово", "және", "and", "who",
    ":", ",", ", ", ". ", "\n", " ", " - ", "-", "«", "»", "\u200b", "!", "_", "@", "(", "12",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(st.sampled_from(_PIECES), max_size=14),
    gap=st.sampled_from(["", " ", " ", "  "]),
    chance=st.randoms(),
)
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    pieces: list[str], gap: str, chance: random.Random
) -> None:
    text = gap.join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(9)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert _streamed(feeds) == _whole(text)
    assert _streamed(text) == _whole(text)


_PROSE = {
    "ru": "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? ",
    "kk": "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? ",
    "en": "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. ",
}


@pytest.mark.parametrize("prose", _PROSE.values(), ids=_PROSE)
def test_ordinary_prose_flows_within_a_word(prose: str) -> None:
    window = Window(_DETECTOR)
    held = []
    for character in prose * 3:
        assert not window.feed(character).forced
        held.append(window.held)
    assert sum(held) / len(held) < 5
    assert max(held) < 30


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: str(kind.__name__))
@pytest.mark.parametrize(
    "unit", ["у меня рак ", "7 лет ", "- ", "мен ", "a", "я не ", "диагноз: ", "my 9-year-old "]
)
def test_no_place_is_looked_at_twice(kind: type[TextRecognizer], unit: str) -> None:
    """A word is tried once by each rule, on bounded text around it."""
    one = kind()
    text = (unit * 4_096)[:4_096]
    results = one.analyze(text, [one.ENTITY])
    assert len({result.start for result in results}) == len(results)


def test_presidio_may_ask_for_other_entities() -> None:
    assert HealthRecognizer().analyze("у меня диабет", ["OTHER"]) == []
