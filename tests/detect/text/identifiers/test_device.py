from __future__ import annotations

import random

import pytest
from stdnum import imei as oracle

from guardrail.detect.text.identifiers.device import is_imei, is_personal_mac


def test_an_imei_ends_with_the_luhn_digit(chance: random.Random) -> None:
    for _ in range(300):
        number = f"35{chance.randrange(10**13):013}"
        assert is_imei(number) == oracle.is_valid(number)


def test_a_type_code_starts_with_a_reporting_body() -> None:
    assert is_imei("490154203237518")
    assert not is_imei("000000000000000")


@pytest.mark.parametrize(
    ("digits", "personal"),
    [
        ("3c22fb10aa01", True),
        ("DA22FB10AA01", True),
        ("ffffffffffff", False),
        ("000000000000", False),
        ("01005e0000fb", False),
        ("333300000001", False),
        ("00005E005301", False),
        ("0242ac110002", False),
    ],
)
def test_groups_documentation_and_containers_are_nobodys_device(
    digits: str,
    personal: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert is_personal_mac(digits) is personal
