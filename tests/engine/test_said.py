"""What a stream said is known as long as there is room for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine.said import MOST_CHARS, SaidTexts


@given(st.lists(st.text(st.characters(codec=None), max_size=8), max_size=6))
def test_what_came_in_pieces_is_known_as_one_text_and_what_left_for_it(pieces: list[str]) -> None:
    said = SaidTexts()
    for piece in pieces:
        said.note("a", piece, piece.upper())
    assert said.is_said("a", "".join(pieces)) is bool(pieces)
    assert not said.is_said("a", "".join(pieces) + "!")
    assert said.left("a") == ("".join(piece.upper() for piece in pieces) if pieces else None)


def test_channels_are_told_apart_and_forgotten() -> None:
    said = SaidTexts()
    said.note("a", "x", "y")
    assert said.left("b") is None
    said.forget("a")
    assert said.left("a") is None
    assert not said.is_said("a", "x")


def test_what_is_too_long_to_be_repeated_is_forgotten() -> None:
    said = SaidTexts()
    for _ in range(3):
        said.note("a", "x", "y" * MOST_CHARS)
    assert said.left("a") is None
