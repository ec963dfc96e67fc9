from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.ru_organisations import (
    RuOgrnipRecognizer,
    RuOgrnRecognizer,
)

_DETECTOR = TextDetector([RuOgrnRecognizer(), RuOgrnipRecognizer()], memo_key=b"tests")


def _found(text: str) -> list[tuple[str, str, float]]:
    return [(one.entity, text[one.start : one.end], one.score) for one in _DETECTOR.find(text)]


def _ogrn(chance: random.Random) -> str:
    first = f"1{chance.randrange(2, 26):02}77{chance.randrange(10**7):07}"
    return f"{first}{int(first) % 11 % 10}"


def _ogrnip(chance: random.Random) -> str:
    first = f"3{chance.randrange(4, 26):02}50{chance.randrange(10**9):09}"
    return f"{first}{int(first) % 13 % 10}"


@pytest.mark.parametrize(
    "word", ["ОГРН", "огрн:", "ОГРНИП", "OGRN", "государственный регистрационный номер"]
)
def test_a_register_number_is_surer_behind_its_name(chance: random.Random, word: str) -> None:
    for entity, number in (("RU_OGRN", _ogrn(chance)), ("RU_OGRNIP", _ogrnip(chance))):
        assert _found(f"{word} {number}, Москва") == [(entity, number, 0.97)]
        assert _found(f"фирма {number}") == [(entity, number, 0.55)]


def test_other_numbers_are_no_register_number(chance: random.Random) -> None:
    for number in (_ogrn(chance), _ogrnip(chance)):
        wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
        for text in (f"ОГРН {wrong}", f"ОГРН {number}1", f"ОГРН x{number}", f"заказ {number}"):
            assert _found(text) == []


@given(milliseconds=st.integers(1_400_000_000_000, 1_999_999_999_999))
def test_milliseconds_of_our_days_are_no_register_number(milliseconds: int) -> None:
    assert _found(f"t {milliseconds}") == []
