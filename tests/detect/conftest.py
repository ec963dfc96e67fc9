"""One detector for all tests of the room, and makers of values with right check digits."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from guardrail.detect import TextDetector, text_detector
from guardrail.detect.text.identifiers.bank import IBAN_LENGTHS
from guardrail.detect.text.identifiers.kz import check_digit


@pytest.fixture(scope="session")
def detector() -> TextDetector:
    return text_detector(memo_key=b"tests")


@pytest.fixture(scope="session")
def found(detector: TextDetector) -> Callable[[str], list[tuple[str, str]]]:
    def entities_and_values(text: str) -> list[tuple[str, str]]:
        return [(one.entity, text[one.start : one.end]) for one in detector.find(text)]

    return entities_and_values


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20260115)  # noqa: S311 - test values, not secrets


@pytest.fixture
def iin(chance: random.Random) -> Callable[[], str]:
    def make() -> str:
        while True:
            year, month, day = (
                chance.randrange(100),
                chance.randrange(1, 13),
                chance.randrange(1, 29),
            )
            century = chance.choice("56" if year < 20 else "34")
            first = f"{year:02}{month:02}{day:02}{century}{chance.randrange(10_000):04}"
            if (last := check_digit(first)) is not None:
                return f"{first}{last}"

    return make


@pytest.fixture
def bin_(chance: random.Random) -> Callable[[], str]:
    def make() -> str:
        while True:
            month, kind, branch = (
                chance.randrange(1, 13),
                chance.choice("456"),
                chance.choice("0123"),
            )
            first = (
                f"{chance.randrange(26):02}{month:02}{kind}{branch}{chance.randrange(100_000):05}"
            )
            if (last := check_digit(first)) is not None:
                return f"{first}{last}"

    return make


@pytest.fixture
def unstructured(chance: random.Random) -> Callable[[], str]:
    """Return a maker of twelve digits with a right check digit that mean no date."""

    def make() -> str:
        while True:
            first = f"{chance.randrange(100):02}99{chance.randrange(10_000_000):07}"
            if (last := check_digit(first)) is not None:
                return f"{first}{last}"

    return make


@pytest.fixture
def inn(chance: random.Random) -> Callable[[int], str]:
    def last(number: str, weights: tuple[int, ...]) -> str:
        total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))
        return str(total % 11 % 10)

    def make(length: int) -> str:
        number = f"77{chance.randrange(10**7):07}"
        ten = (2, 4, 10, 3, 5, 9, 4, 6, 8)
        if length == 10:
            return number + last(number, ten)
        number += str(chance.randrange(10))
        number += last(number, (7, *ten))
        return number + last(number, (3, 7, *ten))

    return make


@pytest.fixture
def snils(chance: random.Random) -> Callable[[], str]:
    def make() -> str:
        number = f"{chance.randrange(100_000_000, 999_999_999)}"
        total = sum(
            int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True)
        )
        return f"{number[:3]}-{number[3:6]}-{number[6:]} {total % 101 % 100:02}"

    return make


@pytest.fixture
def card(chance: random.Random) -> Callable[[str, int], str]:
    def make(prefix: str, length: int) -> str:
        body = prefix + "".join(chance.choices("0123456789", k=length - 1 - len(prefix)))
        doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
        return f"{body}{-(doubled + sum(map(int, body[-2::-2]))) % 10}"

    return make


@pytest.fixture
def iban(chance: random.Random) -> Callable[[str], str]:
    def make(country: str) -> str:
        account = "".join(chance.choices("0123456789ABCDEFGH", k=IBAN_LENGTHS[country] - 4))
        turned = "".join(str(int(one, 36)) for one in f"{account}{country}00")
        return f"{country}{98 - int(turned) % 97:02}{account}"

    return make
