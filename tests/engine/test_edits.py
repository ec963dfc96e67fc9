from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.edits import apply_edits, edited, replacing
from guardrail.facts import Edit, Segment


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


def test_texts_are_told_by_their_segment_and_only_where_they_change() -> None:
    segments = [Segment(place=(n,), text=text) for n, text in enumerate(("abc", "def", "ghi"))]
    edits = [Edit(segment=2, start=0, end=1, text="X"), Edit(segment=0, start=1, end=3, text="")]
    assert edited(segments, edits) == {2: "Xhi", 0: "a"}
    assert edited(segments, ()) == {}


def test_new_texts_replace_segments_whole_in_reading_order() -> None:
    segments = [Segment(place=(n,), text=text) for n, text in enumerate(("abc", "de"))]
    assert replacing(segments, {1: "Y", 0: "X"}) == (
        Edit(segment=0, start=0, end=3, text="X"),
        Edit(segment=1, start=0, end=2, text="Y"),
    )
