from __future__ import annotations

from guardrail.disclose.watermark.port import Unmarked


def test_a_verdict_has_its_reason() -> None:
    assert Unmarked("too_small").reason == str(Unmarked("too_small")) == "too_small"
