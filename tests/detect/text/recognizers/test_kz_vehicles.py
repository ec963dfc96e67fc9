from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.kz_vehicles import (
    KzDriverLicenseRecognizer,
    KzPlateRecognizer,
    KzSpokenPlateRecognizer,
)

_DETECTOR = TextDetector(
    [KzDriverLicenseRecognizer(), KzPlateRecognizer(), KzSpokenPlateRecognizer()], memo_key=b"tests"
)


def _found(text: str) -> list[tuple[str, str]]:
    return [(one.entity, text[one.start : one.end]) for one in _DETECTOR.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "водительское удостоверение {}",
        "водительские права, серия {}",
        "права {}",
        "вод. удостоверение {}",
        "шофёрские права: {}",
        "ву № {}",
        "жүргізуші куәлігі {}",
        "жургизуши куалиги: {}",
        "driver's licence {}",
        "driving license no. {}",
        "Drivers license: {}",
    ],
)
@pytest.mark.parametrize("written", ["AB123456", "АВ 123456", "ab 123456", "KZ №123456"])
def test_a_licence_is_found_where_it_is_spoken_of(text: str, written: str) -> None:
    assert _found(f"{text.format(written)}.") == [("KZ_DRIVER_LICENSE", written)]


@pytest.mark.parametrize(
    "text",
    [
        "договор AB 123456",
        "водительское удостоверение на 123456",
        "водительское удостоверение AB 12345",
        "водительское удостоверение AB 1234567",
        "водительское удостоверение XAB 123456",
        "водительское удостоверение AB 123456x",
        "водительское удостоверение X-AB123456",
        "права гражданина по делу о споре AB 123456",
        "AB 123456 права",
    ],
)
def test_other_codes_are_no_licence(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize("region", [f"{number:02}" for number in range(1, 21)])
def test_a_plate_in_capitals_needs_no_context(region: str) -> None:
    assert _found(f"стоял 123 ABC {region}, номер") == [("KZ_LICENSE_PLATE", f"123 ABC {region}")]
    assert _found(f"стоял 777 КАХ {region}.") == [("KZ_LICENSE_PLATE", f"777 КАХ {region}")]


@pytest.mark.parametrize(
    "text",
    [
        "123 ABC 00",
        "123 ABC 21",
        "123 abc 02",
        "123ABC02",
        "123 AB 02",
        "A 123 BCD",
        "500 USD 10",
        "120 КВТ 15",
        "12 MAY 20",
        "0123 ABC 02",
        "1.123 ABC 02",
        "X123 ABC 02",
        "123 ABC 02:15",
        "123 ABC 025",
        "123 ABC 02-X",
        "123 ABC 02.5",
        "123 ABCD 02",
    ],
)
def test_other_codes_are_no_plate_without_context(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "госномер {}",
        "гос. номер авто: {}",
        "машина {} стоит",
        "көлік нөмірі {}",
        "колик номири {}",
        "мемлекеттік нөмірі {}",
        "my car, plate {}",
        "тойота камри {}",
        "г/н {}",
        "МТНЗ {}",
        "vehicle registration {}",
        "car plate number {}",
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        "123 ABC 02", "123ABC02", "123abc02", "123 abc 02", "123 ав 02", "123-ABC-02", "123ABC|02",
        "777 БМВ 05", "A 123 BCD", "A123BC", "а123вс", "12 AB 02", "1234 AB 02", "982МЕС12",
    ],
)  # fmt: skip
def test_a_plate_is_found_in_any_form_behind_words_of_cars(text: str, written: str) -> None:
    assert _found(text.format(written)) == [("KZ_LICENSE_PLATE", written)]


@pytest.mark.parametrize("written", ["981 НЕ 19", "851 НО 02", "123 THE 05"])
def test_letters_of_a_named_plate_may_spell_a_word(written: str) -> None:
    assert _found(f"госномер {written}") == [("KZ_LICENSE_PLATE", written)]
    assert _found(f"машина {written}") == []


@pytest.mark.parametrize(
    "text",
    [
        "машина проехала 120 км 15 раз",
        "авто стоит 500 тыс 10 лет",
        "автомобиль 2015 года и 123 вот 02",
        "машина X-123ABC02",
        "машина 123ABC021",
        "машина 123ABC02x",
        "123ABC02 машина",
        "цена 123ABC02",
    ],
)
def test_amounts_near_cars_are_no_plate(text: str) -> None:
    assert _found(text) == []
