from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.shape import LONGEST, shape_of
from guardrail.errors import ConfigError

W = "0-9A-Za-z_À-ÖØ-öø-ɏЀ-҂Ҋ-ԯ"


@pytest.mark.parametrize(
    ("regex", "re2s", "longest", "starts", "ends"),
    [
        (r"[0-9]{4}", r"[0-9]{4}", 4, False, False),
        (r"\bQ[0-9]{2,4}\b", r"Q[0-9]{2,4}", 5, True, True),
        (r"(\b\d{5}(?:\-\d{4})?\b)", r"(\d{5}(?:\-\d{4})?)", 10, True, True),
        (r"\b(?:ab|cde)", r"(?:ab|cde)", 3, True, False),
        (r"(?:\bab|\bcde)\b", r"(?:ab|cde)", 3, True, True),
        (r"\bab|\bcd", r"ab|cd", 2, True, False),
        (r"\w{2}\W[\w.]", f"[{W}]{{2}}[^{W}][{W}.]", 4, False, False),
        (r"[]\w]a[^]b]", f"[]{W}]a[^]b]", 3, False, False),
        (r"[a[]b\[\]", r"[a\[]b\[\]", 4, False, False),
        (r"a\\b{1,3}", r"a\\b{1,3}", 5, False, False),
    ],
)
def test_an_expression_is_read_as_python_reads_it(
    regex: str,
    re2s: str,
    longest: int,
    starts: bool,  # noqa: FBT001 - a case
    ends: bool,  # noqa: FBT001 - a case
) -> None:
    shape = shape_of(regex)
    assert (shape.regex, shape.longest) == (re2s, longest)
    assert (shape.starts_at_word, shape.ends_at_word) == (starts, ends)


@pytest.mark.parametrize(
    ("regex", "said", "fix"),
    [
        ("(", "isn't a regular expression", ""),
        ("[[:alpha:]]", "isn't a regular expression", ""),
        ("a*", "matches nothing at all", "one character"),
        ("a+", f"longer than {LONGEST}", "{1,20}"),
        ("(?:ab){3,}", f"longer than {LONGEST}", "{1,20}"),
        ("a{201}", f"longer than {LONGEST}", "{1,20}"),
        ("(?<![0-9])a", "look-around", r"\b"),
        ("a(?=b)", "look-around", r"\b"),
        ("a(?!b)", "look-around", r"\b"),
        (r"(a|b)\1", "back-references", "alternatives"),
        (r"(a)?(?(1)b|c)", "back-references", "alternatives"),
        ("a{1,3}+", "possessive", "{1,20}"),
        ("(?>ab)", "possessive", "{1,20}"),
        ("^ab", r"\A", ""),
        ("ab$", r"\A", ""),
        (r"\Aab\Z", r"\A", ""),
        (r"a\Bb", r"\B", ""),
        (r"a\bb", r"\b can be used", "same end"),
        (r"(?:\bab|cd)", r"\b can be used", "same end"),
        (r"a{,3}b", "{,n}", "{0,n}"),
        (r"(?x)a b", "RE2 doesn't take it", ""),
        (r"(?:\w{1,10}[^x]{1,9}){1,10}", "too large", "split it"),
    ],
)
def test_what_cant_be_used_is_refused_with_what_mends_it(regex: str, said: str, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        shape_of(regex)
    assert said in str(caught.value)
    assert fix in caught.value.fix


_ATOMS = st.sampled_from(
    ["a", "б", "[0-9]", r"\d", r"\w", ".", "[a-c]", "[^a]", r"\.", " ", "K", "ұ", r"\s", "[-x]"]
)


def _regexes() -> st.SearchStrategy[str]:
    repeated = st.builds(lambda a, n: f"{a}{{{n[0]},{sum(n)}}}", _ATOMS, st.tuples(*[_SMALL] * 2))
    parts = st.lists(_ATOMS | repeated, min_size=1, max_size=4).map("".join)
    return st.builds(
        lambda parts, start, end: start + f"(?:{'|'.join(parts)})" + end,
        st.lists(parts, min_size=1, max_size=3),
        st.sampled_from(["", r"\b"]),
        st.sampled_from(["", r"\b"]),
    )


_SMALL = st.integers(1, 3)


@given(regex=_regexes(), text=st.text(alphabet="aббbc09. -KкxҰұ\n", max_size=30))
def test_every_match_is_of_the_letters_and_no_longer_than_told(regex: str, text: str) -> None:
    shape = shape_of(regex)
    members = re.compile(f"(?i){shape.letters}{{1,{shape.longest}}}")
    for match in re2.finditer(f"(?is:{shape.regex})", text):
        assert members.fullmatch(match[0])


@pytest.mark.parametrize(
    ("regex", "start"),
    [
        (r"\bКЗ-[0-9]{4}\b", "К З - 5"),
        (r"[0-9]{2,4}-?x", "7"),
        (r"(?:ab|ac)[de]f", "a c d f"),
        (r"(ab)c", "a b"),
        (r"(?:x|[^y]z)", "."),
        (r"a?bc", "."),
        (r"[^a]bcdef", "."),
        (r"\wb", "Ә b"),
    ],
)
def test_a_trigger_is_what_any_match_begins_with(regex: str, start: str) -> None:
    trigger = re2.compile(shape_of(regex).start)
    assert trigger.fullmatch(start.replace(" ", ""))
    assert trigger.programsize < 200
    assert (start == ".") == bool(trigger.fullmatch("~"))


@given(regex=_regexes(), text=st.text(alphabet="aббbc09. -kкx\n", max_size=30))
def test_every_match_begins_as_its_trigger_says(regex: str, text: str) -> None:
    shape = shape_of(regex)
    for match in re2.finditer(f"(?is:{shape.regex})", text):
        assert re2.match(shape.start, text[match.start() :])


@given(regex=_regexes(), text=st.text(alphabet="aббbc09. -kкx\n", max_size=30))
def test_re2_finds_where_python_does(regex: str, text: str) -> None:
    bare = regex.replace(r"\b", "")
    theirs = [m.span() for m in re.finditer(bare, text, re.IGNORECASE | re.DOTALL)]
    ours = [m.span() for m in re2.finditer(f"(?is:{shape_of(regex).regex})", text)]
    assert ours == theirs
