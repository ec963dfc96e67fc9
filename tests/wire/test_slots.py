"""Stretches of a body are edited where they stand."""

from __future__ import annotations

import pytest

from guardrail.facts import Edit, Segment
from guardrail.wire.notation import TEXT
from guardrail.wire.patch import joined
from guardrail.wire.slots import Inner, Slot, edited, places_of, replacements, tree_of


def test_a_name_that_comes_twice_is_a_list() -> None:
    fields = [("a", "1"), ("b", "2"), ("a", "3")]
    assert tree_of(fields) == {"a": ["1", "3"], "b": "2"}
    assert places_of([name for name, _ in fields]) == [("a", 0), ("b",), ("a", 1)]


def test_edits_go_to_slots_and_into_documents_and_all_else_stays() -> None:
    body = b"k=old; doc:inner text."
    slots = [
        Slot(place=("k",), span=(0, 1), text="k", spell=str.encode, key=True),
        Slot(place=("k",), span=(2, 5), text="old", spell=lambda text: text.upper().encode()),
    ]
    inner = [Inner(place=("doc",), span=(11, 21), patch=TEXT.patch)]
    segments = [
        Segment(place=("k",), text="old"),
        Segment(place=("k",), text="k", key=True),
        Segment(place=("doc",), text="inner text"),
    ]
    edits = [
        Edit(segment=2, start=0, end=5, text="<1>"),
        Edit(segment=0, start=0, end=3, text="new"),
        Edit(segment=1, start=0, end=1, text="key"),
    ]
    made = replacements(body, slots, inner, segments, edits)
    assert joined(body, made) == b"key=NEW; doc:<1> text."


@pytest.mark.parametrize(("place", "text"), [(("x",), "old"), (("k",), "other"), (("k", 0), "old")])
def test_an_edit_that_leads_nowhere_is_never_passed_over(
    place: tuple[str | int, ...], text: str
) -> None:
    slot = Slot(place=("k",), span=(2, 5), text="old", spell=str.encode)
    edit = Edit(segment=0, start=0, end=1, text="")
    with pytest.raises(ValueError, match="edit"):
        replacements(b"k=old", [slot], (), [Segment(place=place, text=text)], [edit])


def test_words_change_in_their_order() -> None:
    assert edited("abcd", [(0, 1, "A"), (1, 1, "-"), (2, 4, "")]) == "A-b"
