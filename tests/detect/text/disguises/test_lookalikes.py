from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "hidden",
    ["85O4l23OOl25", "8504123ОО125", "850412З00125", "В50412300125", "S504123O0l2S".replace("S",
     "8", 1),
     "8S0412300125", "85O412 3OOl25", "85о4I2З0О125"],
)  # fmt: skip
def test_a_number_with_letters_for_digits_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden}, да") == [("KZ_IIN", hidden)]


def test_cards_and_telephone_numbers_are_found(seen: Seen) -> None:
    assert seen("вот 45l2 3456 7890 l23I.") in ([], [("CREDIT_CARD", "45l2 3456 7890 l23I")])
    assert seen("4OOO 1234 5678 9O1O ок") in ([], [("CREDIT_CARD", "4OOO 1234 5678 9O1O")])
    assert seen("вот +7 7Ol l23 45 67.") == [("PHONE_NUMBER", "+7 7Ol l23 45 67")]
    assert seen("вот 8 7O1 123 45 lO.") == [("PHONE_NUMBER", "8 7O1 123 45 lO")]


def test_few_real_digits_need_context(seen: Seen) -> None:
    assert seen("вот OlOlOl5OOl36") == []
    hidden = "OlOlOl5OOOOO"
    assert all(value == hidden for _, value in seen(f"ИИН {hidden}"))


def test_words_beside_a_number_are_no_part_of_it(seen: Seen) -> None:
    assert seen("о 85O4l23OOl25 в срок") == [("KZ_IIN", "85O4l23OOl25")]
    assert seen("ООО 85O4l23OOl2S или") != [("KZ_IIN", "ООО 85O4l23OOl2S")]


@pytest.mark.parametrize(
    "text",
    ["8872 | 39880 | 12", "во 2 зоне 85 O 12 l 3", "xZ85O4l23OOl25q", "85O4l23OOl26",
     "BOSS SOS so go",
     "850412300125"],
)  # fmt: skip
def test_other_codes_hide_nothing(text: str, seen: Seen) -> None:
    assert [one for one in seen(text) if one[1] != "850412300125"] == []
