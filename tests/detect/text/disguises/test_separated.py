from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]
_IIN = "850412300125"
_CARD = "4111111111111111"


@pytest.mark.parametrize(
    "hidden",
    [
        "85041\n2300125", "850412\r\n300125", "850412 \n 300125", "850_412_300_125",
        "8*5*0*4*1*2*3*0*0*1*2*5", "8, 5, 0, 4, 1, 2, 3, 0, 0, 1, 2, 5", "85  0412  3001  25",
        "8504·1230·0125", "85 04 1230 0125", "8504|1230|0125",
    ],
)  # fmt: skip
def test_a_checked_number_cut_up_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden}, да") == [("KZ_IIN", hidden)]


@pytest.mark.parametrize(
    "hidden",
    ["4111.1111.1111.1111", "4111 1111\n1111 1111", "41111111\n11111111", "411.111.111.111.111.1",
     "4111_1111_1111_1111", "4\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1"],
)  # fmt: skip
def test_a_card_cut_evenly_needs_no_context(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden}, да") == [("CREDIT_CARD", hidden)]


@pytest.mark.parametrize("hidden", ["4111,1111,1111,1111", "41 111111 111 11111"])
def test_a_card_cut_like_a_list_needs_context(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden} да") == []
    assert seen(f"карта {hidden} да") == [("CREDIT_CARD", hidden)]


@pytest.mark.parametrize(
    "hidden",
    ["+7 (701)\n123-45-67", "8_701_123_45_67", "+ 7 7 0 1 1 2 3 4 5 6 7", "+7\n7011234567"],
)
def test_a_telephone_number_cut_up_is_found(hidden: str, seen: Seen) -> None:
    ((entity, value),) = seen(f"вот {hidden} да")
    assert entity == "PHONE_NUMBER"
    assert hidden.endswith(value)
    assert len(value) >= len(hidden) - 2


def test_what_follows_does_not_hide_a_number(seen: Seen) -> None:
    assert seen("карта 4111.1111.1111.1111 12/27") == [("CREDIT_CARD", "4111.1111.1111.1111")]
    assert seen("850_412_300_125 15 20") == [("KZ_IIN", "850_412_300_125")]


@pytest.mark.parametrize(
    "text",
    ["4510\n5220\n6130\n4840", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11", f"{_IIN}\n1",
     "12.01.2024\n13.01.2024",
     "10:20:30:40:50",
     "8701\n1234\n567\n87\n12", "4111 1111\n1111 1112"],
)  # fmt: skip
def test_lists_and_tables_are_no_numbers_cut_up(text: str, seen: Seen) -> None:
    assert [entity for entity, value in seen(text) if value != _IIN] == []
