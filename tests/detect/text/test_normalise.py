from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.normalise import fold

_FOLDABLE = (
    "\u200b\u00ad\ufeff\u202e\u2060\ufe0f\U000e0041"
    "\u00a0\u3000\u2013\u2014\u2212\uff19\uff21\uff20\u0661\U0001d7d7\ud800"
)
_TEXTS = st.text(alphabet=st.one_of(st.sampled_from(_FOLDABLE + "aб1- "), st.characters()))


@given(text=_TEXTS)
def test_every_span_of_the_view_leads_back_to_what_it_was_folded_from(text: str) -> None:
    view = fold(text)
    for start in range(len(view.text)):
        for end in range(start + 1, min(start + 9, len(view.text)) + 1):
            first, last = view.span(start, end)
            assert fold(text[first:last]).text == view.text[start:end]


@given(first=_TEXTS, second=_TEXTS)
def test_the_view_of_joined_texts_is_the_joined_views(first: str, second: str) -> None:
    assert fold(first + second).text == fold(first).text + fold(second).text


@given(text=_TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text).text).text == fold(text).text


@given(text=_TEXTS)
def test_the_end_of_the_view_is_the_end_of_the_text(text: str) -> None:
    view = fold(text)
    assert view.origin(len(view.text)) == len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("99\u200b01\u00ad01", "990101"),
        ("\uff19\uff19\uff10\uff11\uff10\uff11", "990101"),
        ("\u0669\u0669\u0660\u0661\u0660\u0661", "990101"),
        ("\U0001d7f5\U0001d7f5\U0001d7ec", "990"),
        ("+7\u00a0701–123\u201145\u221267", "+7 701-123-45-67"),
        (
            "\uff49\uff56\uff41\uff4e\uff20\uff4d\uff41\uff49\uff4c\uff0e\uff52\uff55",
            "ivan@mail.ru",
        ),
        ("\ufeffҚазақ", "Қазақ"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_look_alikes_fold_to_plain_characters(text: str, plain: str) -> None:
    assert fold(text).text == plain


def test_all_characters_of_the_folded_kinds_fold() -> None:
    for code in range(0x80, sys.maxunicode + 1):
        character = chr(code)
        kind = unicodedata.category(character)
        if kind in ("Cn", "Co", "So", "Lo"):  # most of a million, and nothing to fold
            continue
        folded = fold(character).text
        if kind == "Cf":
            assert folded == "", hex(code)
        elif kind == "Zs":
            assert folded == " ", hex(code)
        elif kind == "Nd":
            assert folded == str(unicodedata.decimal(character)), hex(code)
        elif kind[0] == "L" and not 0xFF00 <= code < 0xFFF0:
            assert folded in (character, ""), hex(code)


def test_text_with_nothing_to_fold_is_its_own_view() -> None:
    for text in ("plain ascii", "Қайырлы күн! Добрый день."):
        assert fold(text).text is text


def test_many_different_characters_fold_by_table() -> None:
    text = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u200b1"
    assert fold(text).text == "".join(map(chr, range(0x21, 0x7F))) + "1"
