from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer

_CARDS = CardRecognizer()

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


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("4", 13), ("4", 19), ("34", 15), ("62", 16), ("62", 19), ("2221", 16), ("2720", 16),
     ("5018", 12), ("5018", 19), ("6304", 14), ("36", 14), ("3528", 16), ("6011", 16),
     ("4400", 16), ("5169", 16), ("9112", 16), ("1", 15), ("7", 13), ("8", 17), ("9", 18)],
)  # fmt: skip
@pytest.mark.parametrize("word", ["карта", "карточка №", "card number", "картасы:", "PAN"])
def test_any_luhn_number_is_a_card_behind_its_name(
    found: Found, card: Callable[[str, int], str], prefix: str, length: int, word: str
) -> None:
    number = card(prefix, length)
    while number.startswith(("16", "17")):
        number = card(prefix, length)
    assert found(f"{word} {number}.") == [("CREDIT_CARD", number)]


@pytest.mark.parametrize(
    "written",
    ["{0} {1} {2} {3}", "{0}-{1}-{2}-{3}", "{0}.{1}.{2}.{3}", "{0}/{1}/{2}/{3}", "{0}{1} {2}{3}"],
)
def test_a_card_in_groups_needs_no_name(
    found: Found, card: Callable[[str, int], str], written: str
) -> None:
    number = card("4400", 16)
    value = written.format(number[:4], number[4:8], number[8:12], number[12:])
    assert found(f"вот {value} ок") == [("CREDIT_CARD", value)]


def test_cards_side_by_side_are_each_found_and_tables_are_not(
    found: Found, card: Callable[[str, int], str]
) -> None:
    one, other = _in_fours(card("4", 16)), _in_fours(card("51", 16))
    assert found(f"{one} {other}") == [("CREDIT_CARD", one), ("CREDIT_CARD", other)]
    assert found(f"1234 {one}") == []
    assert found(f"карта 1234 {one}") == [("CREDIT_CARD", one)]
    longer = f"{_in_fours(card('62', 19))}"
    assert found(f"вот {longer}") == [("CREDIT_CARD", longer)]


@pytest.mark.parametrize("word", ["order id:", "заказ", "trace", '"seq":', "трек-номер", "ts ="])
def test_what_is_called_something_else_is_no_card(
    found: Found, card: Callable[[str, int], str], word: str
) -> None:
    assert found(f"{word} {card('4', 16)}") == []
    assert found(f"{word} {card('4', 19)}") == []


@given(seconds=st.integers(1_000_000_000, 1_999_999_999), rest=st.integers(0, 999_999_999))
def test_times_since_the_epoch_are_no_card(seconds: int, rest: int) -> None:
    for number in (f"{seconds}{rest // 10**6:03}", f"{seconds}{rest // 1000:06}"):
        assert list(_CARDS.scan(f"card at {number}", 0)) == []
        assert list(_CARDS.scan(f"at {number}", 0)) == []
    assert list(_CARDS.scan(f"card at {seconds}{rest:09}", 0)) == []


@given(moment=st.datetimes())
def test_written_times_are_no_card(moment: datetime) -> None:
    moment = moment.replace(year=2000 + moment.year % 33, day=min(moment.day, 28))
    for shape in ("%y%m%d%H%M%S", "%Y%m%d%H%M%S", "%y%m%d%H%M%S%f", "%Y%m%d%H%M%S%f"):
        for cut in (12, 14, 15, 16, 17, 18, 19):
            assert list(_CARDS.scan(f"at {moment:{shape}}"[: 3 + cut], 0)) == []


def test_an_iban_needs_its_groups_or_its_digits(found: Found, iban: Callable[[str], str]) -> None:
    account = iban("KZ")
    while sum(map(str.isdigit, account)) < 12:
        account = iban("KZ")
    apart = f"KZ {account[2:4]} {_in_fours(account[4:])}"
    assert found(f"счёт {apart}, банк") == [("IBAN_CODE", apart)]
    uneven = f"{account[:4]} {account[4:7]} {account[7:]}"
    assert found(f"счёт {uneven}, банк") == [("IBAN_CODE", uneven)]
    assert "IBAN_CODE" not in dict(found("счёт AT12 of the old bank and none"))


def test_words_between_numbers_are_no_iban() -> None:
    recognizer = IbanRecognizer()
    texts = (f"in {place} AT{place:02} we have all the data" for place in range(100))
    assert [text for text in texts if list(recognizer.scan(text, 0))] == []


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
