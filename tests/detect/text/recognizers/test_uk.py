from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.uk import UkNhsRecognizer, UkNinoRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
_BOTH: tuple[type[TextRecognizer], ...] = (UkNhsRecognizer, UkNinoRecognizer)

_FOUND = [
    ("NHS number 943 476 5919", "UK_NHS"),
    ("nhs: 9434765919.", "UK_NHS"),
    ("NI number AB123456C", "UK_NINO"),
    ("national insurance ab 12 34 56 c", "UK_NINO"),
    ("AB 12 34 56 C", "UK_NINO"),
]
_OTHER = [
    "9434765919",
    "NHS 9434765918",
    "nhs has numbers, but this one stands far away from it 9434765919",
    "AB123456C",
    "NI number GB123456A",
    "xAB 12 34 56 C AB 12 34 56 CD",
]


@pytest.mark.parametrize(("text", "entity"), _FOUND)
def test_british_numbers_are_found(asked: Asked, text: str, entity: str) -> None:
    assert [one for one, _ in asked(*_BOTH)(text)] == [entity]


@pytest.mark.parametrize("text", _OTHER)
def test_others_are_not(asked: Asked, text: str) -> None:
    assert asked(*_BOTH)(text) == []


@pytest.mark.parametrize("text", [*(text for text, _ in _FOUND), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike(_BOTH, text)
