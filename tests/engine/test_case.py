"""What of a request is remembered when its tree is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from guardrail.engine import Enacted, Guard

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

RAW: dict[str, Any] = {"audio": {"voice": "alloy", "format": "pcm16"}}


@pytest.mark.parametrize(
    ("more", "raw"),
    [
        (RAW, True),
        ({**RAW, "n": 1}, True),
        ({**RAW, "n": None}, True),
        ({**RAW, "n": 2}, False),
        ({**RAW, "n": [1]}, False),
        ({**RAW, "n": "1"}, False),
        ({"audio": {"voice": "alloy", "format": "wav"}}, False),
        ({"audio": {"voice": "alloy"}}, False),
        ({"audio": []}, False),
        ({}, False),
    ],
    ids=str,
)
def test_raw_samples_are_known_when_the_trees_gone(
    make_guard: Make,
    send: Send,
    more: dict[str, Any],
    raw: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": "a"}], **more}
    case = send(make_guard(), json.dumps(asked).encode()).decided.examined.case
    assert case.exchange.tree is None
    assert case.raw_sound is raw
    assert replace(case, label_id="another").raw_sound is raw
