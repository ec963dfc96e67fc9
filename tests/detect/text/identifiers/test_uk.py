from __future__ import annotations

import random

import pytest
from stdnum.gb import nhs as oracle

from guardrail.detect.text.identifiers.uk import is_nhs, is_nino


def test_an_nhs_number_is_judged_as_an_independent_library_does(chance: random.Random) -> None:
    for _ in range(2000):
        number = f"{chance.randrange(10**10):010}"
        assert is_nhs(number) == oracle.is_valid(number)


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("AB123456C", True),
        ("AB123456E", False),
        ("GB123456A", False),
        ("DB123456A", False),
        ("AO123456A", False),
    ],
)
def test_a_nino_has_an_allocated_prefix_and_a_suffix(number: str, right: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_nino(number) is right
