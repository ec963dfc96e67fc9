from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect import TextDetector

Found = Callable[[str], list[tuple[str, str]]]
Make = Callable[[], str]


@pytest.mark.parametrize(
    "sentence",
    [
        "Мой ИИН {}.",
        "ЖСН-ім {}, тексеріп беріңіз",
        "my IIN: {}",
        "номер {} в базе",
        '{{"applicant_iin":"{}"}}',
        "ИИН{}",
        "IIN{}",
        "({})",
        "{},{}",
    ],
)
def test_an_iin_is_found_wherever_it_stands(found: Found, iin: Make, sentence: str) -> None:
    numbers = (iin(), iin())
    wanted = [("KZ_IIN", number) for number in numbers[: sentence.count("{}")]]
    assert found(sentence.format(*numbers)) == wanted


def test_every_way_to_group_an_iin_is_found(found: Found, iin: Make) -> None:
    for _ in range(20):
        number = iin()
        for written in (
            f"{number[:6]} {number[6:]}",
            f"{number[:4]} {number[4:8]} {number[8:]}",
            f"{number[:3]}-{number[3:6]}-{number[6:9]}-{number[9:]}",
            " ".join(number),
            "-".join(number[place : place + 2] for place in range(0, 12, 2)),
            f"{number[:6]}.{number[6:9]}.{number[9:]}",
            f"{number[:6]}/{number[6:]}",
            f"{number[:2]}.{number[2:4]}.{number[4:6]} {number[6:]}",
        ):
            assert ("KZ_IIN", written) in found(f"ИИН {written} дұрыс па?")


def test_every_disguise_of_an_iin_is_seen_through(found: Found, iin: Make) -> None:
    for _ in range(10):
        number = iin()
        for written in (
            "\u200b".join(number),
            "\u00ad\u2060".join(number),
            "".join(chr(ord(digit) - 0x30 + 0xFF10) for digit in number),
            "".join(chr(ord(digit) - 0x30 + 0x660) for digit in number),
            "".join(chr(ord(digit) - 0x30 + 0x1D7CE) for digit in number),
            f"{number[:6]}\u00a0{number[6:]}",
            f"{number[:6]}–{number[6:]}",
        ):
            assert found(f"жеке нөмірі {written}.") == [("KZ_IIN", written)]


def test_a_number_without_structure_needs_its_name(found: Found, unstructured: Make) -> None:
    number = unstructured()
    for name in ("ИИН", "иин", "ЖСН", "IIN", "ИИНі"):
        assert found(f"{name}: {number}") == [("KZ_IIN", number)]
    assert found(f"заказ {number}") == []
    assert found(f"ИИН {'ещё раз ' * 6}{number}") == []  # more than forty characters before
    assert found(f"{number} ИИН") == []  # behind: a stream couldn't wait for it
    assert found(f"линия {number}") == []  # not inside a word


@pytest.mark.parametrize(
    "template",
    ["1{}", "{}1", "0.{}", "{}.5", "a{}", "{}f", "x-{}", "{}-b", "12 {} 3", "_{}"],
)
def test_a_part_of_a_longer_code_is_none(
    found: Found, unstructured: Make, iin: Make, template: str
) -> None:
    assert found(template.format(unstructured())) == []
    if " " not in template:
        assert found(template.format(iin())) == []


def _wrong(number: str) -> str:
    return f"{number[:11]}{(int(number[11]) + 1) % 10}"


@pytest.mark.parametrize(
    "sentence",
    ["ИИН {}", "жсн-ім {}", "ИИН клиента: {}", '"iin":"{}"', "iin={}", "IIN_{}", "жсн нөмірі - {}"],
)
def test_a_mistyped_iin_is_found_behind_its_name(found: Found, iin: Make, sentence: str) -> None:
    for _ in range(10):
        number = _wrong(iin())
        for written in (
            number,
            f"{number[:6]} {number[6:]}",
            f"{number[:6]}.{number[6:9]}.{number[9:]}",
        ):
            assert found(sentence.format(written)) == [("KZ_IIN", written)]


def test_a_mistyped_iin_is_not_sure(detector: TextDetector, iin: Make, unstructured: Make) -> None:
    (one,) = detector.find(f"ИИН {_wrong(iin())}")
    assert (one.score, one.reason) == (0.6, "structure, context")
    (one,) = detector.find(f"ИИН {_wrong(unstructured())}")
    assert (one.score, one.reason) == (0.5, "context")


def test_without_its_name_near_a_mistyped_iin_is_none(
    found: Found, iin: Make, unstructured: Make
) -> None:
    number = _wrong(iin())
    assert found(f"номер {number}") == []
    assert found(f"ИИН {number[:6]} {number[6:]} 5") == []
    assert found(f"ИИН из трёх других бумаг {_wrong(unstructured())}") == []
    assert found(f"ИИН из трёх других бумаг {number}") == [("KZ_IIN", number)]


def test_placeholders_are_no_iin_and_no_bin(found: Found) -> None:
    for digit in "0123456789":
        assert found(f"ИИН {digit * 12}, БИН {digit * 12}") == []


def test_a_mistyped_bin_is_found_behind_its_name(found: Found, bin_: Make) -> None:
    number = _wrong(bin_())
    assert found(f"БИН {number}") == [("KZ_BIN", number)]
    assert found(f"БСН компании: {number}") == [("KZ_BIN", number)]
    assert found(f"компания {number}") == []


def test_a_bin_by_structure_is_none_where_something_else_is_counted(
    found: Found, bin_: Make
) -> None:
    number = bin_()
    assert found(f"заказ № {number}") == []
    assert found(f"БИН в заказе {number}") == [("KZ_BIN", number)]


def test_timestamps_are_no_iin(found: Found) -> None:
    for hour in range(24):
        for minute in (0, 29, 59):
            for second in range(0, 60, 3):
                stamp = f"260115{hour:02}{minute:02}{second:02}"
                assert found(f"backup-at {stamp} done") == []


def test_numbers_one_after_the_other_are_not_joined(found: Found, iin: Make) -> None:
    one, other = iin(), iin()
    assert found(f"{one} {other}") == [("KZ_IIN", one), ("KZ_IIN", other)]
    assert found(f"{one[:6]} {one[6:]} 5") == []


def test_a_bin_is_found_by_its_name_or_its_structure(
    found: Found, bin_: Make, unstructured: Make
) -> None:
    number, bare = bin_(), unstructured()
    assert found(f"ТОО «Ромашка», {number}") == [("KZ_BIN", number)]
    assert found(f"БСН {bare}") == [("KZ_BIN", bare)]
    assert found(f"BIN: {bare}") == [("KZ_BIN", bare)]
    assert found(f"БИНом {number[:6]} {number[6:]}") == [("KZ_BIN", f"{number[:6]} {number[6:]}")]
    assert found(f"{number[:6]} {number[6:]}") == []
    assert found(f"a{number}") == []


def test_an_iin_wins_over_a_bin(found: Found, iin: Make) -> None:
    number = iin()
    assert found(f"ИИН/БИН {number}") == [("KZ_IIN", number)]
