from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.edits import apply_edits, by_segment, then
from guardrail.facts import Edit


@st.composite
def texts_and_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(max_size=40))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(places[::2], places[1::2], strict=False))
    spans = [span for n, span in enumerate(spans) if n == 0 or spans[n - 1][1] <= span[0]]
    edits = [Edit(segment=0, start=a, end=b, text=draw(st.text(max_size=5))) for a, b in spans]
    # Two edits at one empty place have no order between them.
    return text, [edit for edit in edits if edit.start < edit.end]


@given(texts_and_edits(), st.randoms())
def test_edits_change_their_spans_and_nothing_else_in_any_order(
    made: tuple[str, list[Edit]], random: st.DataObject
) -> None:
    text, edits = made
    wanted, at = "", 0
    for edit in edits:
        wanted += text[at : edit.start] + edit.text
        at = edit.end
    wanted += text[at:]
    random.shuffle(edits)  # type: ignore[attr-defined]
    assert apply_edits(text, edits) == wanted


def test_edits_are_told_by_their_segment_in_reading_order() -> None:
    first, second = (
        Edit(segment=2, start=0, end=1, text="X"),
        Edit(segment=2, start=5, end=6, text=""),
    )
    other = Edit(segment=0, start=1, end=3, text="")
    assert by_segment([second, other, first]) == {2: [first, second], 0: [other]}


@given(texts_and_edits(), st.data())
def test_one_round_of_edits_does_what_two_would(
    made: tuple[str, list[Edit]], data: st.DataObject
) -> None:
    text, first = made
    between = apply_edits(text, first)
    places = sorted(data.draw(st.lists(st.integers(0, len(between)), max_size=8, unique=True)))
    spans = [
        (a, b, data.draw(st.text(max_size=3)))
        for a, b in zip(places[::2], places[1::2], strict=False)
    ]
    second = [Edit(segment=0, start=a, end=b, text=new) for a, b, new in spans]
    once = then(text, first, spans)
    assert apply_edits(text, [Edit(segment=0, start=a, end=b, text=new) for a, b, new in once]) == (
        apply_edits(between, second)
    )
    assert all(a[1] <= b[0] for a, b in pairwise(once))


def test_what_neither_round_changes_stays_outside_of_all_edits() -> None:
    first = [Edit(segment=0, start=2, end=4, text="<1>")]
    assert then("abcdefgh", first, [(0, 1, "A"), (6, 7, "G")]) == [
        (0, 1, "A"),
        (2, 4, "<1>"),
        (5, 6, "G"),
    ]
    assert then("abcdefgh", first, [(2, 5, "x")]) == [(2, 4, "x")]
