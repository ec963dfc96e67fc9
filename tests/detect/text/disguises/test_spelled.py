from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "hidden",
    [
        "восемь пять ноль четыре один два три ноль ноль один два пять",
        "Восемьдесят пять, ноль четыре, двенадцать, тридцать, ноль один, двадцать пять",
        "сегіз бес нөл төрт бір екі үш нөл нөл бір екі бес",
        "сегиз бес нол торт бир еки уш нол нол бир еки бес",
        "сексен бес нөл төрт он екі отыз нөл бір жиырма бес",
        "eight five zero four one two three zero zero one two five",
        "eighty-five zero four twelve thirty oh one twenty-five",
        "восемь 5 ноль 4 один 2 три 0 ноль 1 два 5", "8504 один два три 00 один два пять",
        "EIGHT FIVE ZERO FOUR ONE TWO THREE DOUBLE ZERO ONE TWO FIVE",
    ],
)  # fmt: skip
def test_a_number_in_words_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden}. Да") == [("KZ_IIN", hidden)]


@pytest.mark.parametrize(
    "hidden",
    [
        "плюс семь семьсот один сто двадцать три сорок пять шестьдесят семь",
        "восемь семьсот один сто двадцать три сорок пять шестьдесят семь",
        "сегіз жеті жүз бір жүз жиырма үш қырық бес алпыс жеті",
        "+7 семьсот один 123 45 67", "plus seven seven zero one one two three four five six seven",
    ],
)  # fmt: skip
def test_a_telephone_number_in_words_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"вот {hidden}. Да") == [("PHONE_NUMBER", hidden)]


@pytest.mark.parametrize(
    "text",
    [
        "восемь пять ноль четыре один два три ноль ноль один два шесть", "один два три",
        "1 2 3 4 5 6 7",
        "он один из ста, бес жүз елу тенге", "between five and ten, or twelve and one",
        "один " * 12, "двадцать " * 60,
    ],
)  # fmt: skip
def test_other_words_hide_nothing(text: str, seen: Seen) -> None:
    assert seen(text) == []
