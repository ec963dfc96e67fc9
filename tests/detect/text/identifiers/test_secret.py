from __future__ import annotations

import random
import string

import pytest

from guardrail.detect.text.identifiers.secret import (
    entropy,
    is_password,
    is_placeholder,
    is_random,
    is_stand_in,
)


def test_entropy_is_in_bits_a_character() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


@pytest.mark.parametrize(
    "value",
    ["${TOKEN}", "<your key>", "{{ key }}", "%KEY%", "$1", "changeme", "CHANGE_ME", "xxxxxxxx",
     "****", "your-api-key", "AKIAIOSFODNN7EXAMPLE", "DB_PASSWORD", "next_page_token",
     "req.body.password", "get_secret(", "os.environ[", "null", "замените", "aaaa", "self.token1"],
)  # fmt: skip
def test_stand_ins_references_and_names_are_placeholders(value: str) -> None:
    assert is_placeholder(value)
    assert not is_random(value)


def test_a_stand_in_is_less_than_a_placeholder() -> None:
    assert is_stand_in("xxxxxxxx")
    assert not is_stand_in("SG.abc1.def2")
    assert is_placeholder("DB_PASSWORD")


def test_nearly_all_drawn_values_look_random_and_no_name_does(chance: random.Random) -> None:
    drawn = [
        "".join(chance.choices(string.ascii_letters + string.digits, k=32)) for _ in range(500)
    ]
    assert sum(is_random(one) for one in drawn) >= 495
    hexadecimal = ["".join(chance.choices("0123456789abcdef", k=32)) for _ in range(500)]
    assert sum(is_random(one, floor=2.8) for one in hexadecimal) >= 490


@pytest.mark.parametrize(
    "name",
    [
        "my-very-long-service-name-2024-prod",
        "550e8400-e29b-41d4-a716-446655440000",
        "tokenizerEncodePlusSpecial",
        "11111111111111111112",
        "release-2024-candidate-7",
        "getUserTokenV2FromCache",
    ],
)
def test_names_and_uuids_do_not_look_random(name: str) -> None:
    assert not is_random(name)


@pytest.mark.parametrize(
    ("value", "floor"),
    [("Qwerty123!", 3), ("qwerty", 2), ("zx12cv34", 2), ("P@ssword", 2), ("12345678", 1)],
)
def test_what_people_set_looks_like_a_password(value: str, floor: int) -> None:
    assert is_password(value, floor=floor)


@pytest.mark.parametrize(
    "value", ["required", "2024-01-15", "12:30", "sha256", "AES-256", "string", "_____", "см.ниже"]
)
def test_words_dates_and_standards_do_not(value: str) -> None:
    assert not is_password(value, floor=1)
    assert not is_password("abc123", floor=3)
