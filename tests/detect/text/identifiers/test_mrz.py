from __future__ import annotations

import pytest

from guardrail.detect.text.identifiers.mrz import check_digit, checks_of


@pytest.mark.parametrize(
    ("field", "digit"),
    [("L898902C3", 6), ("740812", 2), ("120415", 9), ("ZE184226B<<<<<", 1), ("D23145890", 7)],
)
def test_the_check_digits_of_the_standards_specimens_are_right(field: str, digit: int) -> None:
    assert check_digit(field) == digit


@pytest.mark.parametrize(
    ("line", "checks"),
    [
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", (3, 3)),  # Doc 9303-4, TD3
        ("L898902C36UTO7408122F1204158ZE184226B<<<<<10", (2, 3)),
        ("D231458907UTO7408122F1204159<<<<<<<6", (3, 3)),  # Doc 9303-6, TD2
        ("I<UTOD231458907<<<<<<<<<<<<<<<", (1, 1)),  # Doc 9303-5, TD1
        ("7408122F1204159UTO<<<<<<<<<<<6", (2, 2)),
        ("7408122F1204150UTO<<<<<<<<<<<6", (1, 2)),
        ("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", (0, 0)),
    ],
)
def test_lines_tell_how_many_of_their_digits_are_right(line: str, checks: tuple[int, int]) -> None:
    assert checks_of(line) == checks
