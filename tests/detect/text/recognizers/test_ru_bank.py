from __future__ import annotations

import random
from itertools import product

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.identifiers.ru import has_account_key
from guardrail.detect.text.recognizers.ru_bank import RuBankAccountRecognizer

_DETECTOR = TextDetector([RuBankAccountRecognizer()], memo_key=b"tests")
_BIC = "044525225"


def _found(text: str) -> list[tuple[str, float]]:
    return [(text[one.start : one.end], one.score) for one in _DETECTOR.find(text)]


def _account(chance: random.Random, *, keyed: bool = True) -> str:
    while True:
        account = f"40817810{chance.randrange(10**12):012}"
        if has_account_key(account, _BIC) is keyed:
            return account


@pytest.mark.parametrize(
    "word",
    ["р/с", "расчётный счёт", "расчетный счет №", "счет", "счёт получателя:", "лицевой счёт"],
)
def test_an_account_is_found_behind_its_name(chance: random.Random, word: str) -> None:
    account = _account(chance)
    for written in (
        account,
        " ".join(account[place : place + 4] for place in range(0, 20, 4)),
        f"{account[:5]} {account[5:8]} {account[8]} {account[9:13]} {account[13:]}",
    ):
        assert _found(f"{word} {written}, банк") == [(written, 0.8)]


def test_the_key_of_a_bank_said_before_is_surer(chance: random.Random) -> None:
    right, wrong = _account(chance), _account(chance, keyed=False)
    assert _found(f"БИК {_BIC}, получатель Ли: {right}") == [(right, 0.97)]
    assert _found(f"БИК {_BIC}, счёт {wrong}") == [(wrong, 0.6)]
    assert _found(f"БИК {_BIC}, получатель {wrong}") == []


@pytest.mark.parametrize(
    ("prefix", "currency"),
    list(product(["408", "407", "405", "423", "426"], ["810", "840", "398"])),
)
def test_accounts_of_people_and_firms_are_found(prefix: str, currency: str) -> None:
    account = f"{prefix}17{currency}000000000001"
    assert _found(f"счет {account}") == [(account, 0.8)]


@pytest.mark.parametrize(
    "text",
    [
        "счёт 30101810400000000225",
        "счёт 40817999100000000001",
        "код 40817810100000000001",
        "счёт 408178101000000000012",
        "счёт x40817810100000000001",
        "40817810100000000001 счёт",
    ],
)
def test_other_twenty_digits_are_no_account(text: str) -> None:
    assert _found(text) == []
