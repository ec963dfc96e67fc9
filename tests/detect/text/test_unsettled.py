from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardrail.detect.text.unsettled import EDGE, unsettled

_SINGLE = st.sampled_from(["a", "b", "c", "[ab]", "[^a]", ".", "[bc]", "(?:c|$)", "(?<![a].)"])
_TIMES = ("?", "??", "*", "{0,2}", "{1,2}")


def _larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, parts).map("".join),
        st.tuples(parts, parts).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(parts, st.sampled_from(_TIMES)).map(lambda one: f"(?:{one[0]}){one[1]}"),
        st.tuples(st.sampled_from(["(?=", "(?!"]), parts).map(lambda one: f"{one[0]}{one[1]})"),
    )


_PATTERNS = st.recursive(_SINGLE, _larger, max_leaves=8)
_MORE = ["".join(more) for size in range(5) for more in itertools.product("abc", repeat=size)]


def _ends(pattern: str, text: str, place: int) -> set[int | None]:
    """Return where a match at `place` ends, whatever follows."""
    sharp = re.compile(pattern)
    matches = (sharp.match(text + more, place) for more in _MORE)
    return {match.end() if match else None for match in matches}


def _is_open(pattern: str, text: str, place: int = 0) -> bool:
    return unsettled(pattern).match(text + EDGE, place) is not None


@settings(max_examples=400, deadline=None)
@given(pattern=_PATTERNS, text=st.text("abc", max_size=5), place=st.integers(0, 5))
@example(pattern="c(?<![a].)[bc]", text="aac", place=3)
@example(pattern="a(?!b)", text="a", place=0)
def test_where_nothing_is_open_a_match_is_the_same_whatever_follows(
    pattern: str, text: str, place: int
) -> None:
    place = min(place, len(text))
    assert _is_open(pattern, text, place) or len(_ends(pattern, text, place)) == 1


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("ab", "a"),
        ("ab?", "a"),
        ("[^a]b", ""),
        ("(?P<one>a|bc)", "b"),
        ("a{2,3}", "aa"),
        ("a(?! ?u)", "a "),
        ("a(?=b|$)", "a"),
    ],
)
def test_what_looks_behind_the_edge_is_open(pattern: str, text: str) -> None:
    assert _is_open(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("ab", "ac"),
        ("ab", "ab"),
        ("a{2,3}", "aaa"),
        ("a(?! ?u)", "au"),
        ("a(?= b)", "a c"),
        (r"a\.", "a."),
        ("a$", "ab"),
    ],
)
def test_what_is_known_whatever_follows_is_not_open(pattern: str, text: str) -> None:
    assert not _is_open(pattern, text)
