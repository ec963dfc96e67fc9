"""What isn't edited keeps its escapes."""

from __future__ import annotations

import json

import orjson
from hypothesis import given
from hypothesis import strategies as st

from guardrail.wire.spelling import cut, quoted, raw_of, replaced, spelt, text_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(text=TEXTS, ascii_only=st.booleans())
def test_every_string_is_read_as_json_reads_it_and_spelt_as_it_came(
    *, text: str, ascii_only: bool
) -> None:
    raw = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    units, end = spelt(raw + '"')
    assert (text_of(units), raw_of(units), end) == (text, raw, len(raw))


@given(text=TEXTS, ascii_only=st.booleans(), data=st.data())
def test_every_edit_changes_its_code_points_and_no_other_spelling(
    *, text: str, ascii_only: bool, data: st.DataObject
) -> None:
    raw = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    units, _ = spelt(raw)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(TEXTS)
    made = replaced(units, [(start, end, new)])
    assert text_of(made) == text[:start] + new + text[end:]
    assert orjson.loads(f'"{raw_of(made)}"') == text_of(made)
    before, behind = cut(units, start)[0], cut(units, end)[1]
    assert raw_of(made) == raw_of(before) + quoted(new) + raw_of(behind)


def test_a_string_ends_at_what_it_may_not_hold() -> None:
    for raw in ('ab"', "ab\\", "ab\\u00", "ab\\ud83d", "ab\\ude00\\u0041", "ab\n", "ab\\x"):
        assert spelt(raw) == ([("ab", "ab")], 2), raw
