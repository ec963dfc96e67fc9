from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

import pytest
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.it import codicefiscale
from stdnum.pl import pesel
from stdnum.se import personnummer

from guardrail.detect.text.identifiers.eu import (
    is_finnish,
    is_german,
    is_italian,
    is_nie,
    is_nif,
    is_pesel,
    is_swedish,
)


@pytest.mark.parametrize(
    ("check", "oracle", "shape"),
    [
        (is_nif, dni, "99999999L"),
        (is_nie, nie, "X9999999L"),
        (is_nie, nie, "Z9999999L"),
        (is_pesel, pesel, "99019999999"),
        (is_pesel, pesel, "99329999999"),
        (is_german, idnr, "99999999999"),
    ],
    ids=["nif", "nie-x", "nie-z", "pesel-1900", "pesel-2000", "german"],
)
def test_numbers_are_judged_as_an_independent_library_does(
    check: Callable[[str], bool], oracle: ModuleType, shape: str, chance: random.Random
) -> None:
    for _ in range(2000):
        number = "".join(
            str(chance.randrange(10))
            if one == "9"
            else chance.choice("TRWAGMYFPDXBNJZSQVHLCKE")
            if one == "L"
            else one
            for one in shape
        )
        assert check(number) == oracle.is_valid(number)


def test_finnish_and_swedish_dates_and_checks(chance: random.Random) -> None:
    for _ in range(2000):
        day, month, year = (
            chance.randrange(1, 32),
            chance.randrange(1, 14),
            chance.randrange(40, 100),
        )
        last = chance.choice("0123456789ABCDEFHJKLMNPRSTUVWXY")
        code = f"{day:02}{month:02}{year}-{chance.randrange(2, 900):03}{last}"
        assert is_finnish(code) == hetu.is_valid(code)
        if (day, month) != (29, 2):
            number = f"{year}{month:02}{day:02}{chance.randrange(10_000):04}"
            assert is_swedish(number) == personnummer.is_valid(f"{number[:6]}-{number[6:]}")


@pytest.mark.parametrize("code", ["RSSMRA85T10A562S", "MRTMTT25D09F205Z", "CNTCHR83T41D969D"])
def test_italian_codes_pass(code: str) -> None:
    assert codicefiscale.is_valid(code)
    assert is_italian(code)


def test_italian_codes_need_a_check_a_date_and_names(chance: random.Random) -> None:
    for letter in "ABCDEFGHIJKLMNOPQRTUVWXYZ":
        assert not is_italian(f"RSSMRA85T10A562{letter}")
    assert not is_italian("AAAMRA85T10A562S")
    assert not any(is_italian(f"RSSMRA85B{day}A562{last}") for day in (30, 31) for last in "ABCXYZ")


@pytest.mark.parametrize("code", ["131052-308T", "131052+308T", "131052A308T"])
def test_the_sign_of_a_finnish_code_tells_the_century(code: str) -> None:
    assert is_finnish(code)
    assert not is_finnish(code.replace(code[6], "Z"))


def test_a_coordination_number_adds_sixty_to_the_day() -> None:
    assert is_swedish("8112289874")
    assert is_swedish("7010632391")
    assert not is_swedish("7013632391")
