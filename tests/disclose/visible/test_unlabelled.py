from __future__ import annotations

from guardrail.disclose.visible.unlabelled import Unlabelled


def test_a_verdict_has_its_reason() -> None:
    assert Unlabelled("too_small").reason == str(Unlabelled("too_small")) == "too_small"
