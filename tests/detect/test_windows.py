from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window, text_detector
from guardrail.detect.text.identifiers.kz import check_digit
from guardrail.errors import ConfigError

_DETECTOR = text_detector(memo_key=b"windows")

Spans = list[tuple[int, int, str, float, str]]


def _whole(text: str) -> Spans:
    return [(one.start, one.end, one.entity, one.score, one.reason) for one in _DETECTOR.find(text)]


def _streamed(feeds: Iterable[str], *, bound: int = 4096) -> tuple[str, Spans, bool]:
    window = Window(_DETECTOR, bound=bound)
    text, spans, forced = "", Spans(), False
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        for one in released.findings:
            assert 0 <= one.start < one.end <= len(released.text)
            start, end = one.start + len(text), one.end + len(text)
            spans.append((start, end, one.entity, one.score, one.reason))
        text += released.text
        forced |= released.forced
    assert window.held == 0
    return text, spans, forced


def _iin(first: str = "8504123001") -> str:
    for number in range(10):
        if (last := check_digit(f"{first}{number}")) is not None:
            return f"{first}{number}{last}"
    raise AssertionError


_IIN = _iin()
_CORPUS = [
    f"Мой ИИН {_IIN}, проверьте.",
    f"Менің ЖСН-ім {_IIN[:6]} {_IIN[6:]} болады",
    f"my IIN is {' '.join(_IIN)} ok",
    "ЖСН " + "\u200b".join(_IIN) + " дұрыс",
    "ИИН " + "".join(chr(ord(digit) - 0x30 + 0xFF10) for digit in _IIN) + "!",
    f'{{"iin":"{_IIN}","n":1}}',
    "Тел. +7 (701) 123-45-67 или 8 702 123 45 67 после 18",
    "хабарласыңыз: 87011234567, 701 123 45 67.",
    "call +44 20 7946 0958 or +1 202 555 0123 now",
    "пишите ivan.petrov@mail.example.kz, иван@пример.қаз. Жду",
    "карта 4111 1111 1111 1111 12/27 cvv",
    "5500-0000-0000-0004 и 4111111111111111",
    "шот KZ86 125K ZT50 0410 0100 және KZ86125KZT5004100100.",
    "Иванов Иван Петрович и Мария Ильинична Ким пришли",
    "Иван Петрович Мария Ивановна Ким Олег Борисович Ли",
    "Нұрлан Серікұлы Ахметов пен Айгүл Серікқызының үйі",
    "меня зовут Анна Мария Ли Петровна, я",
    "Менің атым — Дана Әбдірахманова. Сәлем!",
    "ФИО: Ким Олег; Аты-жөні: Ли Анна",
    "My name is Jane O’Brien and",
    "паспорт серия 4510 номер 123456; паспорт N 12345678 и 45 10, № 123456",
    "удостоверение личности № 012345678 выдано",
    "СНИЛС 112-233-445 95, ИНН 7707083893, ИНН 500100732259",
    "Добрый день! Как оформить отпуск в 2024 году — к 15 мая?",
    "Қайырлы күн! 2024 жылғы 21 мамыр, 7-бап.",
    "O’BrienСерікұлы@ -Иван(Anna Petrovna",
    f"{_IIN}@mail.kz {_IIN}-{_IIN} {_IIN[:11]}",
    "N N12345678, паспорт N N1234567 8",
    "чв’Ачии Петрович  и Анна",
]


@pytest.mark.parametrize("text", _CORPUS)
def test_every_split_in_two_finds_what_the_whole_does(text: str) -> None:
    wanted = _whole(text)
    for place in range(len(text) + 1):
        assert _streamed([text[:place], text[place:]]) == (text, wanted, False)


@pytest.mark.parametrize("text", _CORPUS)
def test_character_by_character_finds_what_the_whole_does(text: str) -> None:
    assert _streamed(text) == (text, _whole(text), False)


_PIECES = [
    _IIN, f"{_IIN[:4]}-{_IIN[4:8]}-{_IIN[8:]}", " ".join(_IIN), "\u200b".join(_IIN),
    "ИИН ", "ЖСН: ", "БИН ", "ИНН ", "паспорт ", "серия ", "удостоверение ", "СНИЛС ", "тел. ",
    "карта ", "меня зовут ", "Менің атым ", "ФИО: ", "атым ", "+7 (701) 123-45-67", "87011234567",
    "8 701 123 45 67", "+1 202 555 0123", "4111 1111 1111 1111", "4111111111111111",
    "KZ86 125K ZT50 0410 0100", "KZ86125KZT5004100100", "ivan@mail.ru", "иван@пример.қаз",
    "N1234567", "N 1234567", "4510 123456", "4510 номер 123456", "012345678", "112-233-445 95",
    "500100732259", "Иван", "Петрович", "Петровна", "Нұрлан", "Серікұлы", "Серікқызының", "Вчера",
    "Anna", "Petrovna", "O’Brien", "слово", "және", "12", "7", "8", "123456", "a", "N", "KZ", "№",
    " ", " ", " ", "  ", "\n", ",", ". ", "-", " — ", "\u00a0", "(", ")", "+", "@", ".", "\u200b",
    "«", '"', ":", "/", "_", "'", "\ud83d", "😀",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=14), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert _streamed(feeds) == (text, _whole(text), False)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=120))
def test_any_text_streams_character_by_character(text: str) -> None:
    assert _streamed(text) == (text, _whole(text), False)


def test_a_long_stream_finds_what_the_whole_does(chance: random.Random) -> None:
    text = " ".join(chance.choices(_CORPUS, k=150))
    wanted = _whole(text)
    for step in (7, 100, 3000, 5000):
        feeds = [text[place : place + step] for place in range(0, len(text), step)]
        assert _streamed(feeds) == (text, wanted, False)


_PROSE = {
    "ru": "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? ",
    "kk": "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? ",
    "en": "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. ",
}


@pytest.mark.parametrize("prose", _PROSE.values(), ids=_PROSE)
def test_ordinary_prose_flows_within_a_word_or_two(prose: str) -> None:
    window = Window(_DETECTOR)
    held = []
    for character in prose * 3:
        assert not window.feed(character).forced
        held.append(window.held)
    assert sum(held) / len(held) < 7
    assert max(held) < 24


_PLAIN_PROSE = {
    "ru": "Вам нужно написать заявление не позднее чем за две недели до начала отпуска. Если "
    "начальника нет, заявление подписывает тот, кто его замещает. Обычно ответ приходит в течение "
    "трёх дней, и бухгалтерия переводит деньги заранее.",
    "kk": "Демалысқа шығу үшін екі апта бұрын өтініш жазу керек. Егер басшы болмаса, өтінішке оны "
    "алмастыратын адам қол қояды. Әдетте жауап үш күн ішінде келеді, ал бухгалтерия ақшаны алдын "
    "ала аударады. Сұрақтарыңыз болса, кадр бөліміне хабарласыңыз.",
    "en": "The report must be short. When you have finished, send it to the whole team and ask for "
    "comments. Most people answer within a week, so there is no need to hurry. If somebody "
    "disagrees, write down why and bring it to the next meeting.",
}


@pytest.mark.parametrize("prose", _PLAIN_PROSE.values(), ids=_PLAIN_PROSE)
def test_words_of_ordinary_prose_leave_when_they_end_or_one_word_later(prose: str) -> None:
    window, words = Window(_DETECTOR), prose.split()
    in_time = 0
    for before, word in zip(["", *words], words, strict=False):
        window.feed(f" {word}")
        in_time += window.held <= len(word) + 1
        assert window.held <= len(before) + len(word) + 2
    assert in_time >= 0.96 * len(words)


def test_a_value_is_never_released_in_parts() -> None:
    text = f"ИИН {_IIN} конец"
    window = Window(_DETECTOR)
    for character in text:
        released = window.feed(character)
        assert (_IIN in released.text) == bool(released.findings)
        assert _IIN in released.text or not any(one.isdigit() for one in released.text)


def test_the_work_of_a_feed_does_not_grow_with_what_was_released(detector: TextDetector) -> None:
    window = Window(detector)
    for _ in range(2000):
        window.feed("слово за словом, ")
        assert window.held < 64
        assert len(window._tail) <= detector.sweeper.sight


@pytest.mark.parametrize("unit", ["a", "1", "1 ", "Аа ", "a.b@", "x+", "٣", "(", "KZ12 "])
def test_what_never_ends_is_held_up_to_what_a_finding_needs(unit: str) -> None:
    window = Window(_DETECTOR)
    for _ in range(600):
        assert not window.feed(unit).forced
        assert window.held <= _DETECTOR.sweeper.reach


def test_a_run_of_candidates_beyond_the_bound_is_released_by_force() -> None:
    text = "атым " + "Атым " * 3000
    out, spans, forced = _streamed([text[:9000], text[9000:]])
    assert out == text
    assert forced
    covered = {place for start, end, *_ in spans for place in range(start, end)}
    assert all(place in covered for place, one in enumerate(text) if place > 4 and one.isalpha())


def test_invisible_characters_do_not_fill_the_memory() -> None:
    window = Window(_DETECTOR)
    forced = False
    for _ in range(20):
        forced |= window.feed("1" + "\u200b" * 4000).forced
        assert window.held <= 4096 * 8
    assert forced


def test_a_bound_below_the_longest_finding_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least"):
        Window(_DETECTOR, bound=100)


def test_nothing_fed_is_nothing_released(iin: Callable[[], str]) -> None:
    window = Window(_DETECTOR)
    assert window.feed("").text == ""
    assert window.feed("", final=True).findings == ()
    assert window.feed(f"ИИН {iin()}", final=True).findings
