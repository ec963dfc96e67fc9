from __future__ import annotations

from guardrail.engine.beside import NOTHING_BESIDE, Beside


def test_evidence_counts_a_manifest_that_is_there_and_says_why_one_isnt() -> None:
    there = Beside(address="/m/1.c2pa")
    assert (dict(there.layers), dict(there.missing)) == ({"beside": 1}, {})
    gone = Beside(reason="timeout")
    assert (dict(gone.layers), dict(gone.missing)) == ({}, {"signed_timeout": 1})
    assert (dict(NOTHING_BESIDE.layers), dict(NOTHING_BESIDE.missing)) == ({}, {})
