"""What is over a bound says which, and nothing of the data."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable


def test_a_verdict_is_a_slug_that_can_be_read_from_what_is_raised() -> None:
    with pytest.raises(Uninspectable, match=r"^too_large$") as caught:
        raise Uninspectable("too_large")
    assert caught.value.reason == "too_large"


def test_every_bound_is_there_and_above_nothing() -> None:
    bounds = [value for value in asdict(Budget()).values() if not isinstance(value, bool)]
    assert all(value > 0 for value in bounds)
