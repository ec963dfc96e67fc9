from __future__ import annotations

import random

import pytest
from stdnum.us import itin as itin_oracle
from stdnum.us import rtn as routing_oracle
from stdnum.us import ssn as ssn_oracle

from guardrail.detect.text.identifiers.us import is_itin, is_routing_number, is_ssn


def test_numbers_are_judged_as_an_independent_library_does(chance: random.Random) -> None:
    for _ in range(3000):
        number = f"{chance.randrange(10**9):09}"
        assert is_ssn(number) == ssn_oracle.is_valid(number)
        assert is_routing_number(number) <= routing_oracle.is_valid(number)
        taxpayer = f"9{number[1:]}"
        assert is_itin(taxpayer) >= itin_oracle.is_valid(taxpayer)


@pytest.mark.parametrize(
    "number", ["000121234", "666121234", "900121234", "123001234", "123120000", "078051120"]
)
def test_numbers_never_issued_are_none(number: str) -> None:
    assert not is_ssn(number)


def test_a_routing_number_has_a_district_and_a_check() -> None:
    assert is_routing_number("021000021")
    assert not is_routing_number("021000022")
    assert not is_routing_number("990000000")
