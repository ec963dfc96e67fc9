from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.recognizers.title import TitleRecognizer

_DETECTOR = TextDetector([TitleRecognizer()], memo_key=b"title")

Spans = list[tuple[int, int, float, str]]


def _whole(text: str) -> Spans:
    return [(one.start, one.end, one.score, one.reason) for one in _DETECTOR.find(text)]


def _values(text: str) -> list[str]:
    return [text[start:end] for start, end, *_ in _whole(text)]


def _streamed(feeds: Iterable[str]) -> tuple[str, Spans]:
    window = Window(_DETECTOR)
    text, spans = "", Spans()
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        for one in released.findings:
            start, end = one.start + len(text), one.end + len(text)
            spans.append((start, end, one.score, one.reason))
        text += released.text
    return text, spans


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
def test_every_split_in_two_finds_what_the_whole_does(text: str) -> None:
    wanted = _whole(text)
    for place in range(len(text) + 1):
        assert _streamed([text[:place], text[place:]]) == (text, wanted)
    assert _streamed(text) == (text, wanted)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=14), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    wanted = _whole(text)
    assert _streamed(feeds) == (text, wanted)
    assert _streamed(text) == (text, wanted)


_PROSE = (
    "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? "
    "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? "
    "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. "
)


def test_ordinary_prose_flows_within_a_word() -> None:
    window = Window(_DETECTOR)
    held = []
    for character in _PROSE:
        assert not window.feed(character).forced
        held.append(window.held)
    assert sum(held) / len(held) < 5
    assert max(held) < 30
