from __future__ import annotations

import pytest
import re2

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.recognizers.address import AddressRecognizer
from guardrail.detect.text.recognizers.address_edge import TRIGGER, open_from


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
        "Абая, ш",
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
def test_what_can_be_no_part_of_an_address_is_let_go(text: str) -> None:
    assert _held(text) == ""


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


def test_a_held_word_is_one() -> None:
    assert _held("не красная ") == " красная "


@pytest.mark.parametrize(
    "text",
    [
        "ул. Абая",
        "Абай көшесі",
        "52 Abay Ave",
        "кв 5",
        "Алматы, Абая 52",
        "адреса",
        "Мекенжайы",
        "ш. 5",
    ],
)
def test_what_announces_an_address_opens_the_gate(text: str) -> None:
    assert re2.search(TRIGGER, text)


@pytest.mark.parametrize("text", ["в Алматы тепло", "кошка", "поступил", "the best of 3"])
def test_other_text_leaves_the_gate_shut(text: str) -> None:
    assert not re2.search(TRIGGER, text)


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
    for feeds in (text, [f" {word}" for word in text.split(" ")]):
        window, seen = Window(detector), []
        for released in [*map(window.feed, feeds), window.feed("", final=True)]:
            seen += [released.text[one.start : one.end] for one in released.findings]
        assert seen == whole


def test_a_name_that_was_a_participle_once_is_of_an_address() -> None:
    text = "Өтеген батыр ауылы, Шұғыла көшесі, 22-үй"
    (found,) = TextDetector([AddressRecognizer()], memo_key=b"edge").find(text)
    assert text[found.start : found.end] == text
