from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.identifiers.kz import (
    check_digit,
    has_bin_structure,
    has_iin_structure,
    is_checked,
    is_date,
    is_post_code,
)


def test_the_check_digit_is_the_weighed_sum_modulo_eleven() -> None:
    assert check_digit("00000000001") == 0  # 11 % 11
    assert check_digit("10000000000") == 1


def test_the_second_weights_count_where_the_first_leave_ten() -> None:
    assert check_digit("00000000010") == 1  # first weights: 10; second: 1


def test_a_number_that_both_weights_leave_ten_is_not_issued() -> None:
    numbers = (f"{number:011}" for number in range(100, 20_000))
    assert None in set(map(check_digit, numbers))


def test_only_one_last_digit_is_right(iin: Callable[[], str]) -> None:
    number = iin()
    assert [last for last in "0123456789" if is_checked(number[:11] + last)] == [number[11]]


@pytest.mark.parametrize(
    ("year", "month", "day", "exists"),
    [
        (2000, 2, 29, True),
        (1900, 2, 29, False),
        (2024, 2, 29, True),
        (2023, 2, 29, False),
        (1999, 4, 31, False),
        (1999, 13, 1, False),
        (1999, 0, 1, False),
        (1999, 1, 0, False),
        (1999, 12, 31, True),
    ],
)
def test_a_date_exists_or_not(year: int, month: int, day: int, exists: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_date(year, month, day) is exists


@pytest.mark.parametrize(
    ("number", "structured"),
    [
        ("990101300001", True),
        ("010101500001", True),
        ("990101500001", False),  # 2099
        ("990101100001", False),  # 1899: a timestamp of 10 o'clock
        ("260101235959", False),
        ("991301300001", False),
        ("990101900001", False),
    ],
)
def test_an_iin_starts_with_a_birth_date_and_its_century(number: str, structured: bool) -> None:  # noqa: FBT001 - a table's column
    assert has_iin_structure(number) is structured


@pytest.mark.parametrize(
    ("number", "structured"),
    [
        ("991240000001", True),
        ("060963000001", True),
        ("991340000001", False),
        ("991230000001", False),
        ("991244000001", False),
    ],
)
def test_a_bin_starts_with_a_month_and_two_types(number: str, structured: bool) -> None:  # noqa: FBT001 - a table's column
    assert has_bin_structure(number) is structured


def test_no_number_is_an_iin_and_a_bin_by_structure(iin: Callable[[], str]) -> None:
    assert not any(has_bin_structure(iin()) for _ in range(200))


@pytest.mark.parametrize(
    ("code", "exists"),
    [("050013", True), ("010011", True), ("170001", True), ("000013", False), ("180001", False)],
)
def test_a_post_code_starts_with_a_region(code: str, exists: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_post_code(code) is exists


def test_a_regions_zeros_are_no_post_code() -> None:
    assert not is_post_code("050000")
