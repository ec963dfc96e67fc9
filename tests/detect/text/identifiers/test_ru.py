from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from guardrail.detect.text.identifiers.ru import (
    has_account_key,
    is_inn,
    is_ogrn,
    is_persons_account,
    is_snils,
)


@given(number=st.from_regex(r"[0-9]{10}([0-9]{2})?", fullmatch=True))
def test_inn_agrees_with_an_independent_implementation(number: str) -> None:
    if not number.startswith("00"):
        assert is_inn(number) == stdnum_inn.is_valid(number)


def test_made_inns_are_valid_for_both(inn: Callable[[int], str]) -> None:
    for length in (10, 12):
        numbers = [inn(length) for _ in range(50)]
        assert all(is_inn(number) and stdnum_inn.is_valid(number) for number in numbers)


def test_zeros_are_no_inn() -> None:
    assert not is_inn("0000000000")


def test_snils_has_a_check_number() -> None:
    assert is_snils("11223344595")  # the example every instruction uses
    assert not is_snils("11223344594")


def test_a_snils_check_sum_of_a_hundred_is_written_as_zeros() -> None:
    bodies = (f"{number:09}" for number in range(110_009_000, 110_010_000))
    hundred = [
        body
        for body in bodies
        if sum(int(digit) * (9 - place) for place, digit in enumerate(body)) in (100, 101)
    ]
    assert hundred
    assert all(is_snils(body + "00") for body in hundred)


def test_the_oldest_snils_carry_no_check() -> None:
    assert not is_snils("00100199800")


@given(number=st.from_regex(r"[1-9]([0-9]{12}|[0-9]{14})", fullmatch=True))
def test_a_register_number_is_one_for_an_independent_implementation_too(number: str) -> None:
    if is_ogrn(number):
        assert stdnum_ogrn.is_valid(number)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("1027700132195", True),
        ("304500116000157", True),
        ("1027700132196", False),
        ("304500116000158", False),
        ("2027700132194", False),
        ("1017700132195", False),
        ("1360000000000", False),
        ("1020000000009", False),
    ],
)
def test_a_register_number_has_sign_year_region_and_check(number: str, valid: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_ogrn(number) is valid


def test_an_account_carries_its_banks_key() -> None:
    keyed = [
        last for last in range(10) if has_account_key(f"4081781000000000000{last}", "044525225")
    ]
    assert len(keyed) == 1
    assert has_account_key("30101810400000000225", "044525025")


def test_accounts_of_people_are_told_by_their_start() -> None:
    assert is_persons_account("40817810099910004312")
    assert is_persons_account("42301840000000000001")
    assert not is_persons_account("30101810400000000225")
    assert not is_persons_account("40817999000000000001")
