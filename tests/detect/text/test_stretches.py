from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.stretches import longest, stretches

_TEXT = st.text(alphabet="ab.\U0001f469", max_size=40)
_FAR = st.integers(0, 5)


@given(text=_TEXT, start=st.integers(0, 12), before=_FAR, behind=_FAR)
def test_they_are_what_lies_around_the_signs(
    text: str, start: int, before: int, behind: int
) -> None:
    found = list(stretches("a", text, start, before=before, behind=behind))
    covered = {place for first, last in found for place in range(first, last)}
    near = {
        place
        for sign in range(len(text))
        if text[sign] == "a"
        for place in range(max(start, sign - before), min(len(text), sign + 1 + behind))
    }
    assert covered == near
    assert all(last < first for (_, last), (first, _) in pairwise(found))


def test_signs_may_be_looked_for_in_a_part() -> None:
    assert list(stretches("a", "a.a.a", 0, within=(1, 4))) == [(2, 3)]
    assert list(stretches("a+", "ёaaё", 0)) == [(1, 3)]


def test_the_longest_reading_counts_whichever_comes_first() -> None:
    match = longest("a|ab|abc?").match("abcd")
    assert match is not None
    assert match.end() == 3
