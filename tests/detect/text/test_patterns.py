from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.patterns import backwards, either, prefixes, ranges

_WORDS = st.lists(st.text(alphabet="ab.(я", min_size=1, max_size=5), min_size=1, max_size=12)


@given(words=_WORDS, text=st.text(alphabet="ab.(я", max_size=8))
def test_either_matches_the_longest_word_at_a_place(words: list[str], text: str) -> None:
    match = re.match(either(words), text)
    fitting = [word for word in words if text.startswith(word)]
    assert (match[0] if match else "") == max(fitting, key=len, default="")


def test_words_with_a_common_start_share_it() -> None:
    assert either(["семь", "семьсот", "три"]) == "(?:семь(?:сот)?|три)"


@given(codes=st.sets(st.integers(0x100, 0x2000), min_size=1))
def test_ranges_hold_exactly_their_characters(codes: set[int]) -> None:
    inside = re.compile(f"[{ranges(map(chr, codes))}]")
    found = {code for code in range(0x100, 0x2001) if inside.match(chr(code))}
    assert found == codes


def test_prefixes_are_all_beginnings() -> None:
    assert prefixes(["dot", "do"]) == {"d", "do", "dot"}


def test_backwards_reads_from_the_end() -> None:
    assert backwards(["dot", "at"]) == ["tod", "ta"]
