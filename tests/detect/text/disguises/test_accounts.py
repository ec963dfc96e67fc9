from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "hidden",
    [
        "КZ86125КZТ5004100100", "KZ86125KZT5OO41OO1OO", "KZ8612SKZT5004100100".replace("S", "5"),
        "KZ86.125K.ZT50.0410.0100", "KZ86 125K\nZT50 0410 0100", "KZ8.612.5KZ.T50.041.001.00",
        "K Z 8 6 1 2 5 K Z T 5 0 0 4 1 0 0 1 0 0", "KZ 86 125К ZT50 0410 0100",
        "кz86125kzt5004100100",
        "KZ86_125K_ZT50_0410_0100",
    ],
)  # fmt: skip
def test_an_account_in_disguise_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"шот {hidden}, иә") == [("IBAN_CODE", hidden)]


@pytest.mark.parametrize(
    "text",
    [
        "КZ86125КZТ5004100101", "КZ86125КZТ500410010", "xКZ86125КZТ5004100100",
        "КZ86125КZТ5004100100я",
        "in 24 hours we will do 12 things, 5 of 6", "NO12 some words that go on and on",
        "ХУ 12 34 56 78",
        "К9 и К2, АА 10 20 30 40 50 60 70",
    ],
)  # fmt: skip
def test_other_codes_and_words_are_no_account(text: str, seen: Seen) -> None:
    assert [one for one in seen(text) if one[0] == "IBAN_CODE"] == []


def test_a_false_start_hides_no_account(seen: Seen) -> None:
    assert seen("АТ10 КZ86125КZТ5004100100 ок") == [("IBAN_CODE", "КZ86125КZТ5004100100")]
