from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[str, str]]]


def _in_fours(value: str, separator: str = " ") -> str:
    return separator.join(value[place : place + 4] for place in range(0, len(value), 4))


@pytest.mark.parametrize("country", ["KZ", "DE", "GB", "RU", "NO", "MT"])
def test_an_iban_is_found_in_one_piece_and_in_groups(
    found: Found, iban: Callable[[str], str], country: str
) -> None:
    account = iban(country)
    for written in (account, account.lower(), _in_fours(account), _in_fours(account, "-")):
        assert found(f"счёт {written}, банк") == [("IBAN_CODE", written)]
        assert found(f"счёт {written} и 12 ab") == [("IBAN_CODE", written)]


def test_near_misses_are_no_iban(found: Found, iban: Callable[[str], str]) -> None:
    account = iban("KZ")
    swapped = account[:4] + account[5] + account[4] + account[6:]
    wrong = swapped if swapped != account else account[:4] + "99" + account[6:]
    for text in (wrong, account[:-1], account + "1", "X" + account, "ZZ" + account[2:]):
        assert "IBAN_CODE" not in dict(found(text))


def test_an_iban_right_behind_a_word_like_its_start_is_found(
    found: Found, iban: Callable[[str], str]
) -> None:
    account = iban("KZ")
    assert found(f"AB12 {account}") == [("IBAN_CODE", account)]


@pytest.mark.parametrize(("prefix", "length"), [("4", 16), ("51", 16), ("2204", 16), ("37", 15)])
def test_a_card_is_found_in_one_piece_and_in_groups(
    found: Found, card: Callable[[str, int], str], prefix: str, length: int
) -> None:
    number = card(prefix, length)
    shapes = (
        [number, f"{number[:4]} {number[4:10]} {number[10:]}"]
        if length == 15
        else [number, _in_fours(number), _in_fours(number, "-"), " ".join(number)]
    )
    for written in shapes:
        assert found(f"оплата {written}, срок") == [("CREDIT_CARD", written)]


def test_what_follows_a_card_is_not_a_part_of_it(
    found: Found, card: Callable[[str, int], str]
) -> None:
    number = _in_fours(card("4", 16))
    assert found(f"{number} 12/27 123") == [("CREDIT_CARD", number)]
    assert found(f"{number} 1227") == [("CREDIT_CARD", number)]


def test_a_short_card_needs_its_name(found: Found, card: Callable[[str, int], str]) -> None:
    number = card("50", 13)
    assert found(f"карта {number}") == [("CREDIT_CARD", number)]
    assert found(f"заказ {number}") == []
    longer = card("4", 16)
    assert found(f"id_{longer}") == []
    assert found(f"my card id_{longer}") == [("CREDIT_CARD", longer)]


def test_near_misses_are_no_card(found: Found, card: Callable[[str, int], str]) -> None:
    number = card("4", 16)
    wrong = number[:15] + str((int(number[15]) + 1) % 10)
    odd = f"{number[:2]} {number[2:7]} {number[7:]}"
    for text in (wrong, f"1{number}", f"0.{number}", odd, "1" + card("4", 16)[1:]):
        assert found(f"код {text}") == []
