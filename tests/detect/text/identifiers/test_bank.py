from __future__ import annotations

from collections.abc import Callable

import pytest
from stdnum import iban as stdnum_iban
from stdnum import luhn as stdnum_luhn

from guardrail.detect.text.identifiers.bank import (
    IBAN_LENGTHS,
    has_brand,
    has_luhn,
    is_card,
    is_iban,
    is_timestamp,
)


def test_made_ibans_of_every_country_are_valid(iban: Callable[[str], str]) -> None:
    for country in IBAN_LENGTHS:
        account = iban(country)
        assert is_iban(account)
        assert not is_iban(account[:-1])
        assert not is_iban(account[:4] + account[4:][::-1])


@pytest.mark.parametrize("account", ["KZ86125KZT5004100100", "DE89370400440532013000"])
def test_published_examples_are_valid(account: str) -> None:
    assert is_iban(account)
    assert stdnum_iban.is_valid(account)


def test_an_unknown_country_has_no_iban() -> None:
    assert not is_iban("ZZ86125KZT5004100100")


@pytest.mark.parametrize("number", ["4111111111111111", "79927398713", "18", "0"])
def test_luhn_agrees_with_an_independent_implementation(number: str) -> None:
    assert has_luhn(number) == stdnum_luhn.is_valid(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert has_luhn(wrong) == stdnum_luhn.is_valid(wrong)


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("4", 13), ("4", 16), ("51", 16), ("2221", 16), ("2204", 16), ("37", 15), ("36", 14),
     ("3528", 16), ("6011", 16), ("62", 19), ("50", 12), ("9860", 16)],
)  # fmt: skip
def test_each_scheme_has_its_prefix_and_length(
    card: Callable[[str, int], str], prefix: str, length: int
) -> None:
    assert is_card(card(prefix, length))


@pytest.mark.parametrize(
    ("prefix", "length"), [("1", 16), ("7", 16), ("0", 16), ("4", 15), ("37", 16)]
)
def test_other_prefixes_and_lengths_are_no_card(
    card: Callable[[str, int], str], prefix: str, length: int
) -> None:
    assert not is_card(card(prefix, length))


@pytest.mark.parametrize(
    ("prefix", "length", "everyday"),
    [("4", 16, True), ("4", 13, False), ("4", 19, False), ("2204", 16, True), ("2204", 18, False),
     ("36", 14, False), ("62", 19, True), ("62", 18, False), ("67", 12, False), ("6759", 16, True)],
)  # fmt: skip
def test_everyday_lengths_of_a_scheme_are_fewer(prefix: str, length: int, everyday: bool) -> None:  # noqa: FBT001 - a table's column
    number = prefix.ljust(length, "0")
    assert has_brand(number)
    assert has_brand(number, everyday=True) is everyday


@pytest.mark.parametrize(
    ("number", "stamp"),
    [("260115102030", True), ("20260115102030", True), ("2601151020301234", True),
     ("1768471230123", True), ("1768471230123456", True), ("1768471230123456789", True),
     ("261315102030", False), ("260132102030", False), ("260115242030", False),
     ("370412102030123", False), ("4111111111111111", False), ("17684712301234", False)],
)  # fmt: skip
def test_digits_are_a_time_or_not(number: str, stamp: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_timestamp(number) is stamp
