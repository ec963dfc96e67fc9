"""Remarks are kept up to a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardrail.verify import (
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story


def test_many_problems_are_kept_to_a_hundred_and_counted(finished: Story) -> None:
    for number in range(150):
        finished.objects.held[f"2026h2/{number}.txt"] = b""
    report = verify_log(finished.objects, finished.vkey)
    assert (len(report.problems), report.omitted) == (100, 50)
    assert "and 50 more" in str(report)
