from __future__ import annotations

import pytest
import re2

from guardrail.detect.text.recognizers.address_trigger import TRIGGER


@pytest.mark.parametrize(
    "text",
    [
        "ул. Абая",
        "Абай көшесі",
        "52 Abay Ave",
        "кв 5",
        "Алматы, Абая 52",
        "адреса",
        "Мекенжайы",
        "ш. 5",
    ],
)
def test_what_announces_an_address_opens_the_gate(text: str) -> None:
    assert re2.search(TRIGGER, text)


@pytest.mark.parametrize("text", ["в Алматы тепло", "кошка", "поступил", "the best of 3"])
def test_other_text_leaves_the_gate_shut(text: str) -> None:
    assert not re2.search(TRIGGER, text)
