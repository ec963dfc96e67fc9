from __future__ import annotations

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.kz_places import KzPostCodeRecognizer

_DETECTOR = TextDetector([KzPostCodeRecognizer()], memo_key=b"tests")


def _found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "почтовый индекс {}",
        "индекс: {}",
        "Индекс места {}",
        "пошта индексі {}",
        "ПОШТАЛЫҚ ИНДЕКСІ: {}",
        "postal code {}",
        "zip {}",
        '{{"postcode":"{}"}}',
    ],
)
@pytest.mark.parametrize("code", ["050013", "010011", "160011", "A05E6B9"])
def test_a_post_code_is_found_where_it_is_spoken_of(text: str, code: str) -> None:
    assert _found(text.format(code)) == [code]


@pytest.mark.parametrize(
    "text", ["Адрес: {}, г. Алматы", "Қазақстан, {}", "мекенжайы: {}", "Алматы {}", "Address: {}"]
)
def test_a_post_code_with_a_nought_is_found_right_behind_a_place(text: str) -> None:
    assert _found(text.format("050013")) == ["050013"]
    assert _found(text.format("112345")) == []


@pytest.mark.parametrize(
    "text",
    [
        "заказ 050013",
        "коммит a05e6b9",
        "индекс 0500131",
        "индекс 05001",
        "индекс 250013",
        "индекс 050000",
        "индекс 050013x",
        "индекс 050013.5",
        "индекс 1.050013",
        "индекс id-050013",
        "индекс A05E6B9C",
        "индекс XA05E6B9",
        "индекс цен за прошлый год в стране 102345",
        "050013 индекс",
    ],
)
def test_other_codes_are_no_post_code(text: str) -> None:
    assert _found(text) == []
