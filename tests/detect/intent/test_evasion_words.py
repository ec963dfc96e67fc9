from __future__ import annotations

import re

from guardrail.detect.intent.evasion_words import said


def test_every_pattern_compiles_and_has_its_parts_put_in() -> None:
    for ways in said().patterns.values():
        for one in ways:
            assert "⟨" not in one
            re.compile(one)


def test_every_reason_says_what_must_stand_around() -> None:
    assert {f"NEEDS_{reason.upper()}" for reason in said().patterns} <= set(said().named)
    assert {"HINTS", "ABOUT", "NEGATED", "NEGATED_BEHIND"} <= set(said().named)


def test_gaps_are_of_few_short_words() -> None:
    assert not re.search(r"\\w[*+]\\W", "".join(w for one in said().patterns.values() for w in one))
