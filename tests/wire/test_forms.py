"""Forms read as every server reads them, and an edit changes one field."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.facts import Edit, Segment
from guardrail.wire.forms import FORM
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.slots import places_of

NAMES = st.text(min_size=1, max_size=5)
FIELDS = st.lists(st.tuples(NAMES, st.text(max_size=8)), min_size=1, max_size=6)


@given(FIELDS)
def test_every_form_reads_as_it_was_written(fields: list[tuple[str, str]]) -> None:
    tree = FORM.read(urlencode(fields).encode(), LIMITS)
    told: dict[str, list[str]] = {}
    for name, value in fields:
        told.setdefault(name, []).append(value)
    assert tree == {name: values if values[1:] else values[0] for name, values in told.items()}


@given(fields=FIELDS, new=st.text(max_size=8), data=st.data())
def test_an_edit_changes_one_value_and_no_other_byte(
    fields: list[tuple[str, str]], new: str, data: st.DataObject
) -> None:
    pieces = [urlencode([field]) for field in fields]
    body = "&".join(pieces).encode()
    at = data.draw(st.integers(0, len(fields) - 1))
    name, value = fields[at]
    segment = Segment(place=places_of([name for name, _ in fields])[at], text=value)
    patched = FORM.patch(body, [segment], [Edit(segment=0, start=0, end=len(value), text=new)])
    pieces[at] = f"{quote_plus(name)}={quote_plus(new)}"
    assert patched == "&".join(pieces).encode()
    assert FORM.patch(body, [segment], []) is body


def test_a_name_is_edited_wherever_it_stands() -> None:
    body = b"a=1&%61=2&b&&c=%zz"
    assert FORM.read(body, LIMITS) == {"a": ["1", "2"], "b": "", "c": "%zz"}
    segments = [Segment(place=("a",), text="a", key=True), Segment(place=("b",), text="")]
    edits = [
        Edit(segment=0, start=0, end=1, text="<1>"),
        Edit(segment=1, start=0, end=0, text="x y"),
    ]
    assert FORM.patch(body, segments, edits) == b"%3C1%3E=1&%3C1%3E=2&b=x+y&&c=%zz"


def test_a_form_that_is_not_utf8_or_too_long_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        FORM.read(b"a=%ff", LIMITS)
    assert caught.value.code == "invalid_utf8"
    with pytest.raises(BadInput) as caught:
        FORM.read(b"&" * 9, Limits(values=9))
    assert caught.value.code == "too_many_values"


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_read_as_pythons_own_reader_does(body: bytes) -> None:
    try:
        tree = FORM.read(body, LIMITS)
    except BadInput:
        return
    assert isinstance(tree, dict)
    flat = [
        (name, value)
        for name, values in tree.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    expected = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=None)
    assert sorted(flat) == sorted(expected)
