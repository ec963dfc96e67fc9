from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.eu import (
    DeTaxIdRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiIdentityCodeRecognizer,
    ItFiscalCodeRecognizer,
    PlPeselRecognizer,
    SePersonnummerRecognizer,
)

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
_ALL: tuple[type[TextRecognizer], ...] = (
    DeTaxIdRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiIdentityCodeRecognizer,
    ItFiscalCodeRecognizer,
    PlPeselRecognizer,
    SePersonnummerRecognizer,
)

_FOUND = [
    ("DNI 12345678Z", "ES_NIF"),
    ("dni 12345678-z", "ES_NIF"),
    ("12345678Z", "ES_NIF"),
    ("NIE X1234567L", "ES_NIE"),
    ("X-1234567-L", "ES_NIE"),
    ("RSSMRA85T10A562S", "IT_FISCAL_CODE"),
    ("codice fiscale: rssmra85t10a562s", "IT_FISCAL_CODE"),
    ("PESEL 44051401359", "PL_PESEL"),
    ("131052-308T", "FI_PERSONAL_IDENTITY_CODE"),
    ("hetu 131052-308t", "FI_PERSONAL_IDENTITY_CODE"),
    ("Steuer-ID 36574261809", "DE_TAX_ID"),
    ("IdNr. 36 574 261 809", "DE_TAX_ID"),
    ("personnummer 811228-9874", "SE_PERSONNUMMER"),
    ("personnr 198112289874", "SE_PERSONNUMMER"),
]


@pytest.mark.parametrize(("text", "entity"), _FOUND)
def test_european_numbers_are_found(asked: Asked, text: str, entity: str) -> None:
    assert [one for one, _ in asked(*_ALL)(text)] == [entity]


_OTHER = [
    "12345678A, 12345678z, x12345678Z, 12345678ZZ",
    "44051401359 и 36574261809",
    "PESEL 44051401358, Steuer-ID 36574261808",
    "811228-9874 заказ 20240115-0012",
    "131052-308U 2024-01-15",
    "тел. 87011234567",
    "rssmra85t10a562s ABCDEFGHIJKLMNOP",
]


@pytest.mark.parametrize("text", _OTHER)
def test_other_numbers_are_not(asked: Asked, text: str) -> None:
    assert asked(*_ALL)(text) == []


@pytest.mark.parametrize("text", [*(f"вот {text}." for text, _ in _FOUND), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike(_ALL, text)
