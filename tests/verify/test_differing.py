from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.verify.differing import differing

LEAVES = [bytes([n]) for n in range(9)]
NEW = b"new"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (LEAVES[1:], "entry 100 was taken out"),
        (LEAVES[:4] + LEAVES[5:], "entry 104 was taken out"),
        (LEAVES[:-1], "entry 108 was taken out"),
        (LEAVES[:2] + LEAVES[5:], "entries 102 to 104 were taken out"),
        ([*LEAVES[:3], NEW, *LEAVES[3:]], "entry 103 was put in"),
        ([*LEAVES, NEW, NEW], "entries 109 to 110 were put in"),
        ([*LEAVES[:3], NEW, *LEAVES[4:]], "entry 103 isn't the one that was signed"),
        (
            [*LEAVES[:3], NEW, *LEAVES[4:7], NEW, LEAVES[8]],
            "entry 103 isn't the one that was signed, nor are 1 after it in this bundle",
        ),
        (
            [LEAVES[0], LEAVES[5], *LEAVES[2:5], LEAVES[1], *LEAVES[6:]],
            "entries 101 and 105 changed places",
        ),
        ([*LEAVES[:2], *LEAVES[4:1:-1], *LEAVES[5:]], "entries 102 and 104 changed places"),
        ([LEAVES[8], *LEAVES[:8]], "entries 100 to 108 stand in another order"),
    ],
)
def test_what_was_done_to_entries_is_told_in_plain_words(found: list[bytes], told: str) -> None:
    assert differing(LEAVES, found, 100) == told


@given(st.permutations(LEAVES), st.integers(0, 9), st.integers(0, 9))
def test_every_difference_has_words_for_it(found: list[bytes], since: int, until: int) -> None:
    part = found[since:until]
    if part != LEAVES:
        assert differing(LEAVES, part, 0).startswith("entr")
