from __future__ import annotations

import pytest
import re2

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
        ("система на", "система на"),
        ("шокан в", "шокан в"),
        ("видео к", "видео к"),
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


@pytest.mark.parametrize("text", ["First of", "Наконец, не", "Билеттер кіреберісте", "or on a"])
def test_a_word_that_the_next_makes_no_address_of_is_let_go(text: str) -> None:
    assert _held(text).strip() == text.rsplit(maxsplit=1)[-1]
