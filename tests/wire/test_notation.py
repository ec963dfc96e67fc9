"""Text, lines of JSON and what can't be read: read as they are, patched where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.facts import Edit, Opaque, Segment
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.notation import (
    BOM,
    JSON,
    JSON_LINES,
    TEXT,
    Notation,
    Sealed,
    Unread,
    unread_in,
)

TEXTS = st.text(max_size=20)


@given(text=TEXTS, new=TEXTS, bom=st.booleans(), data=st.data())
def test_plain_text_is_one_string_behind_its_mark(
    *, text: str, new: str, bom: bool, data: st.DataObject
) -> None:
    mark = BOM if bom else b""
    text = text.lstrip("\ufeff")
    body = mark + text.encode()
    assert TEXT.read(body, LIMITS) == text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edit = Edit(segment=0, start=start, end=end, text=new)
    patched = TEXT.patch(body, [Segment(place=(), text=text)], [edit])
    assert patched == mark + (text[:start] + new + text[end:]).encode()


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        TEXT.read(b"\xcf\xf0", LIMITS)
    assert caught.value.code == "invalid_utf8"


@given(
    docs=st.lists(st.dictionaries(st.sampled_from("ab"), TEXTS, min_size=1), min_size=1),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    new=TEXTS,
    data=st.data(),
)
def test_lines_are_documents_and_one_string_changes_in_one_line(
    docs: list[dict[str, str]], end: str, new: str, data: st.DataObject
) -> None:
    lines = [json.dumps(doc) for doc in docs]
    body = end.join([*lines, ""]).encode()
    assert JSON_LINES.read(body, LIMITS) == docs
    index = data.draw(st.integers(0, len(docs) - 1))
    name = data.draw(st.sampled_from(sorted(docs[index])))
    old = docs[index][name]
    edit = Edit(segment=0, start=0, end=len(old), text=new)
    patched = JSON_LINES.patch(body, [Segment(place=(index, name), text=old)], [edit])
    docs[index][name] = new
    assert JSON_LINES.read(patched, LIMITS) == docs
    after = patched.decode().split(end)
    assert [line for at, line in enumerate(after[:-1]) if at != index] == [
        line for at, line in enumerate(lines) if at != index
    ]


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(BadInput) as caught:
        JSON_LINES.read(b"1\n" * 9, Limits(values=9))
    assert caught.value.code == "too_many_values"


@pytest.mark.parametrize("notation", [JSON, JSON_LINES, TEXT, Sealed("audio")])
def test_without_edits_the_very_same_bytes_return(notation: Notation) -> None:
    body = b'{"a": 1}'
    assert notation.patch(body, [], []) is body


def test_what_is_no_text_is_one_item_with_its_bytes_which_others_can_replace() -> None:
    sound = Sealed("audio")
    assert sound.read(b"\xff", LIMITS) == Unread("audio", b"\xff")
    edit = Edit(segment=0, start=0, end=0, text="\0\x80\xfe")
    assert sound.patch(b"\xff", [Segment(place=(), text="")], [edit]) == b"\0\x80\xfe"
    with pytest.raises(ValueError, match="edit"):
        sound.patch(b"\xff", [Segment(place=("a",), text="")], [edit])


def test_the_bytes_of_what_is_no_text_are_no_part_of_what_is_printed() -> None:
    assert "secret" not in repr(Unread("image", b"secret"))
    assert "secret" not in repr(Opaque(place=(), medium="image", reason="unread", data="secret"))


def test_all_that_cant_be_read_is_told_of_in_its_order() -> None:
    tree = {"a": [Unread("image"), "x", Unread("file")], "b": {"c": Unread("audio")}}
    assert [*unread_in(tree)] == [
        Opaque(place=("a", 0), medium="image", reason="unread"),
        Opaque(place=("a", 2), medium="file", reason="unread"),
        Opaque(place=("b", "c"), medium="audio", reason="unread"),
    ]
    assert [*unread_in(Unread("x"))] == [Opaque(place=(), medium="x", reason="unread")]
