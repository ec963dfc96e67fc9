from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn

from guardrail.detect.text.identifiers.ru import is_inn, is_snils


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
