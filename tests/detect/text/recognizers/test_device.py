from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.device import ImeiRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]

_FOUND = [
    "IMEI: 490154203237518",
    "имей телефона 490154203237518",
    "IMEI1 35-209900-176148-1",
    "imei 35 209900 176148 1.",
]
_OTHER = [
    "490154203237518 просто число",
    "IMEI 490154203237519",
    "imei узнайте сами, а это длинный номер совсем другой вещи 490154203237518",
    "imei 4901542032375 18",
    "imei 4901542032375181 1490154203237518",
    "имейте в виду 12345",
]


@pytest.mark.parametrize("text", _FOUND)
def test_a_number_called_so_is_found(asked: Asked, text: str) -> None:
    assert [entity for entity, _ in asked(ImeiRecognizer)(text)] == ["IMEI"]


@pytest.mark.parametrize("text", _OTHER)
def test_other_numbers_are_not(asked: Asked, text: str) -> None:
    assert asked(ImeiRecognizer)(text) == []


@pytest.mark.parametrize("text", [*_FOUND, *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([ImeiRecognizer], text)
