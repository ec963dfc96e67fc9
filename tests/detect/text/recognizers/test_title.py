from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.title import TitleRecognizer

_DETECTOR = TextDetector([TitleRecognizer()], memo_key=b"title")

Same = Callable[[TextDetector, Iterable[str]], None]


def _values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


_TITLES = [
    ("г-н Иванов пришёл", "г-н"),
    ("Г-жа Ахметова", "Г-жа"),
    ("к г-ну Иванову", "г-ну"),
    ("господин Сидоров", "господин"),
    ("Уважаемый господин Иванов!", "господин"),
    ("ГОСПОДИН ИВАНОВ", "ГОСПОДИН"),
    ("гр. Петров И.И.", "гр."),
    ("гражданин Ли", "гражданин"),
    ("гражданка Иванова", "гражданка"),
    ("Ахметов мырза", "мырза"),
    ("Айгүл ханым келді", "ханым"),
    ("Akhmetov myrza", "myrza"),
    ("Mr Smith", "Mr"),
    ("Mrs. Jones", "Mrs."),
    ("Dr. J. Smith", "Dr."),
    ("Prof. Dr. Müller", "Prof. Dr."),
    ("Miss O'Neil", "Miss"),
    ("д-р Ким", "д-р"),
    ("проф. А. Иванов", "проф."),
]


@pytest.mark.parametrize(("text", "title"), _TITLES)
def test_a_title_with_a_name_is_found(text: str, title: str) -> None:
    assert _values(text) == [title]
    assert _values(f"({text})") == [title]


_NONE = [
    "Уважаемый господин!",
    "гражданин Республики Казахстан",
    "граждане имеют право",
    "господин президент",
    "Mr. President",
    "MS Word",
    "Құрметті мырза",
    "бұл ханым",
    "Осы ханымдар",
    "Dear Mr.",
    "гр. 5",
    "dr strange",
    "Mr",
    "xMr Smith",
    "Mr Smith7",
    "мырза Ахметов",
    "Ахметов мырзалық",
]


@pytest.mark.parametrize("text", _NONE)
def test_a_title_without_a_name_is_none(text: str) -> None:
    assert _values(text) == []


_CORPUS = [text for text, _ in _TITLES] + _NONE
_PIECES = [
    "г-н ", "г-жа", "господин ", "гр. ", "гр.", "гражданин ", "д-р ", "проф. ", "Mr ", "Mr. ",
    "Dr.", "Prof. ", "Miss ", " мырза", "ханым", "мырзаға ", "Иванов", "Ким", "А. ", "Smith",
    "O'Neil", "Республики", "Құрметті", "слово", "Слово", " ", " ", ".", ", ", "-", "\n", "!", "5",
    "(",
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
