from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.text import labelled

WORDS = "Жасанды интеллект жасаған\nСоздано ИИ"
QUOTED = "> Жасанды интеллект жасаған  \n> Создано ИИ  \n\n"


def test_words_stand_before_a_text() -> None:
    assert labelled("Hello", WORDS) == f"{WORDS}\n\nHello"
    assert labelled("Hello", WORDS, markdown=True) == f"{QUOTED}Hello"


@pytest.mark.parametrize(
    ("front", "gap"),
    [("---\ntitle: x\n---\n", ""), ("---\r\n---\r\n", ""), ("---\ntitle: x\n---", "\n")],
)
def test_front_matter_stays_first(front: str, gap: str) -> None:
    rest = "# Title" if not gap else ""
    assert labelled(front + rest, WORDS, markdown=True) == front + gap + QUOTED + rest


def test_a_line_that_is_no_front_matter_is_text() -> None:
    assert labelled("---\nno end", WORDS, markdown=True) == f"{QUOTED}---\nno end"


def test_words_cannot_be_markup() -> None:
    assert labelled("x", "[a](b) <i>", markdown=True) == "> \\[a\\]\\(b\\) \\<i\\>  \n\nx"


def test_no_words_change_nothing() -> None:
    assert labelled("x", " \n ") == "x"


@given(st.text(), st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"])), st.booleans())
def test_every_text_is_labelled_once_and_kept(text: str, words: str, markdown: bool) -> None:  # noqa: FBT001
    once = labelled(text, words, markdown=markdown)
    assert labelled(once, words, markdown=markdown) == once
    assert once.replace("\n", "").endswith(text[-5:].replace("\n", ""))
    assert len(once) >= len(text)
