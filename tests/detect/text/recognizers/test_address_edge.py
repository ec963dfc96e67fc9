from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.normalise import fold
from guardrail.detect.text.recognizers.address import AddressRecognizer
from guardrail.detect.text.recognizers.address_edge import open_from
from guardrail.detect.text.recognizers.address_lexer import CLASSES
from guardrail.detect.text.recognizers.address_words import DOTTED
from guardrail.testing.windows import spans, streamed


def _held(text: str) -> str:
    return text[open_from(text, 0) :]


@pytest.mark.parametrize(
    "text",
    [
        "ул. Абая 52, ",
        "г. Алматы, ул. Абая, д. 52, кв",
        "Алматы, ",
        "Абай көш",
        "абая 52 квар",
        "52 Abay Aven",
        "ул.Абая,д.52,к",
        "улица Розыбакиева до",
        "ш/",
        "ул. 8 мар",
        "ул. 8 марта, ",
        "12 oak str",
        "5 микрор",
        "садовая ул",
        "12 B ker",
        "12 B\tker ",
        "Абая ш",
        "Иваново с",
        "г.Костанай, ",
        "г.Костанай, Восток-5 мкр., ",
    ],
)
def test_an_address_that_may_go_on_is_held(text: str) -> None:
    assert _held(f"— {text}").endswith(text)


@pytest.mark.parametrize(
    "text",
    [
        "как это было,",
        "to be or not to be",
        "уже",
        "приехали. По",
        "х",
        "какой тариф",
        "в 07:35 из терминала и ",
        "1 қыркүйекте сағат 8:30-да басталады, ",
        "в кабинете, но не",
        "there are 3 ways to do",
        "by the way, beginners often do",
    ],
)
def test_of_what_can_be_no_part_of_an_address_only_an_unfinished_word_is_held(text: str) -> None:
    assert " " not in _held(text)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("видео и", "и"),
        ("пишут в", "в"),
        ("система не", "не"),
        ("устройство на", "на"),
        ("система на", "на"),
        ("кутузовская на", "кутузовская на"),
        ("смотрят на", "на"),
        ("қонақтары да", "да"),
        ("books a", "a"),
        ("шокан в", "шокан в"),
        ("видео к", "к"),
    ],
)
def test_a_word_waits_only_for_what_would_make_a_name_of_it(text: str, held: str) -> None:
    assert _held(f"— {text}") in (held, f" {held}")


@pytest.mark.parametrize("text", ["First of", "Театр, не", "Билеттер кіреберісте", "or on a"])
def test_a_word_that_the_next_makes_no_address_of_is_let_go(text: str) -> None:
    assert _held(text).strip() == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ship to house Достық даңғылы 44 х", ["house Достық даңғылы 44"]),
        ("my. дом Мира бульвары 3: да", ["дом Мира бульвары 3"]),
        ("очень № 5 Ержанның көшесі. да", ["№ 5 Ержанның көшесі"]),
        ("да бес № 5 офис 301 да", ["бес № 5 офис 301"]),
        ("a дом дом Достық даңғылы 44 да", ["дом дом Достық даңғылы 44"]),
        ("№ 5 12 green street да", ["№ 5 12 green street"]),
        ("Роман улица көше связь, at бульвар Мира, 12 да", None),
        ("проспект Победы мира бул. 5, кв 3 да", ["проспект Победы мира бул. 5, кв 3"]),
        ("у lives at Will на И. И. Иванов 12", ["И. И. Иванов 12"]),
        ("просп. Мира 10 облысы Сырым Ержанның барлығын облысы х", None),
        ("собака көше жақып мост мира бул. 5, кв 3 да", None),
        ("a мэйл-мкр улица 5 Learn", ["мэйл-мкр улица 5"]),
        ("Дана don't-просп. Республики 10 да", []),
        ("зовут-Ивановна улица 5 к", ["зовут-Ивановна улица 5"]),
        ("дана \nВечером-12 green street да", ["12 green street"]),
    ],
)
def test_what_a_stream_finds_is_what_the_whole_finds(text: str, found: list[str] | None) -> None:
    """None: that something is found is enough, here."""
    detector = TextDetector([AddressRecognizer()], memo_key=b"edge")
    whole = [text[one.start : one.end] for one in detector.find(text)]
    assert whole == found if found is not None else whole
    for feeds in (text, re.findall(r" ?[^ ]*", text)):
        assert streamed(detector, feeds) == (text, spans(detector.find(text)))


def test_a_name_that_was_a_participle_once_is_of_an_address() -> None:
    text = "Өтеген батыр ауылы, Шұғыла көшесі, 22-үй"
    (found,) = TextDetector([AddressRecognizer()], memo_key=b"edge").find(text)
    assert text[found.start : found.end] == text


_NUMBERS = ["5", "12", "7а", "14к3", "3/2", "12 А", "1990", "050013", "20500-0001"]
_NAMES = ["Жандос", "Oak", "Нұрлы", "О'Брайен", "жасыл", "смотрят", "устройство", "А.", "B", "NW"]
_SIGNS = ["№", "#", '"', "«", "(", "|", "_", "%", "Иванович", "Сейітұлы"]
_JOINTS = [*[" "] * 14, *[", "] * 5, *"-.,/\n\t'", ". ", ": ", "  ", " - ", " №"]


def _texts(seed: int, count: int) -> Iterator[str]:
    """Yield texts of words that are on the lists, and of what stands between such."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    listed = [*sorted(CLASSES), *(f"{word}." for word in DOTTED)]
    markers = sorted(word for word, kind in CLASSES.items() if kind in "SKEeMmHFOLCR")
    pools = [markers, markers, listed, _NUMBERS, _NUMBERS, _NAMES, _NAMES, _SIGNS]
    for _ in range(count):
        words = [chance.choice(chance.choice(pools)) for _ in range(chance.randint(2, 9))]
        dressed = (chance.choice((word, word, word.title())) for word in words)
        yield fold("".join(word + chance.choice(_JOINTS) for word in dressed)).text


def _is_held_to_its_end(text: str, first: int, last: int) -> bool:
    return all(open_from(text[:end], 0) <= first for end in range(first + 1, last))


def _check(seed: int, count: int) -> None:
    recognizer, seen = AddressRecognizer(), 0
    for text in _texts(seed, count):
        for one in recognizer.scan(text, 0):
            seen += 1
            assert _is_held_to_its_end(text, one.start, one.end), (text, one.start, one.end)
    assert seen > count / 200


def test_an_address_of_any_words_is_held_until_it_has_ended() -> None:
    _check(1, 4_000)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 12))
def test_addresses_of_many_words_are_held_until_they_have_ended(seed: int) -> None:
    _check(seed, 40_000)
