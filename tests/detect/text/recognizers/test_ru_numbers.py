from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.identifiers.kz import has_iin_structure, is_checked
from guardrail.detect.text.identifiers.ru import is_inn
from guardrail.detect.text.recognizers.ru_numbers import RuInnRecognizer, RuOmsRecognizer

_OMS = TextDetector([RuOmsRecognizer()], memo_key=b"tests")


Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize("length", [10, 12])
def test_an_inn_needs_its_name(found: Found, inn: Callable[[int], str], length: int) -> None:
    number = inn(length)
    for name in ("ИНН", "инн:", "INN", "ИНН налогоплательщика"):
        assert ("RU_INN", number) in found(f"{name} {number}")
    assert ("RU_INN", number) not in found(f"договор {number}")
    assert found(f"длинный {number[:10]} код") == []


def test_an_inn_is_found_in_groups(found: Found, inn: Callable[[int], str]) -> None:
    number = inn(12)
    for written in (f"{number[:4]} {number[4:]}", " ".join(number), f"{number[:6]}-{number[6:]}"):
        assert ("RU_INN", written) in found(f"ИНН {written}, КПП")


def test_a_wrong_inn_is_none(found: Found, inn: Callable[[int], str]) -> None:
    number = inn(10)
    assert found(f"ИНН {number[:9]}{(int(number[9]) + 1) % 10}") == []


def test_an_inn_behind_a_decimal_point_is_none(
    asked: Callable[..., Found], inn: Callable[[int], str]
) -> None:
    assert asked(RuInnRecognizer)(f"ИНН 1.{inn(10)}") == []


def test_what_is_an_iin_and_an_inn_is_what_it_is_called(
    found: Found, iin: Callable[[], str]
) -> None:
    numbers = (iin() for _ in range(100_000))
    both = next(number for number in numbers if is_inn(number))
    assert is_checked(both)
    assert has_iin_structure(both)
    assert found(f"ИНН {both}") == [("RU_INN", both)]
    assert found(f"ИИН {both}") == [("KZ_IIN", both)]
    assert found(f"номер {both}") == [("KZ_IIN", both)]


def test_an_iin_called_inn_is_still_an_iin(found: Found, iin: Callable[[], str]) -> None:
    number = next(number for number in iter(iin, "") if not is_inn(number))
    assert found(f"ИНН {number}") == [("KZ_IIN", number)]


def test_a_snils_is_found_as_written_or_by_name(found: Found, snils: Callable[[], str]) -> None:
    written = snils()
    bare = written.replace("-", "").replace(" ", "")
    assert found(f"вот {written}, спасибо") == [("RU_SNILS", written)]
    assert found(f"СНИЛС {bare}") == [("RU_SNILS", bare)]
    assert ("RU_SNILS", bare) not in found(f"код {bare}")


@pytest.mark.parametrize("word", ["полис ОМС", "омс:", "номер полиса"])
def test_a_health_insurance_number_needs_its_name(
    card: Callable[[str, int], str], word: str
) -> None:
    number = card("77", 16)
    for written in (number, f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}"):
        (one,) = _OMS.find(f"{word} {written}, до 2030")
        assert (one.start, one.end) == (len(word) + 1, len(word) + 1 + len(written))
        assert one.reason == "checksum, context"
    wrong = f"{number[:15]}{(int(number[15]) + 1) % 10}"
    for text in (f"код {number}", f"{word} {wrong}", f"{word} {'0' * 16}", f"{word} {number}1"):
        assert _OMS.find(text) == ()


def test_near_misses_are_no_snils(found: Found, snils: Callable[[], str]) -> None:
    written = snils()
    wrong = f"{written[:-2]}{(int(written[-2:]) + 1) % 100:02}"
    for text in (f"СНИЛС {wrong}", f"СНИЛС a{written}", f"СНИЛС {written}7"):
        assert "RU_SNILS" not in dict(found(text))
