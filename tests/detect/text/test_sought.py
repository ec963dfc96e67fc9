from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.sought import encoded, occurs, spans

_TEXT = st.text(alphabet="abё€\U0001f469", max_size=30)
_PATTERN = "a|bё|€+|\U0001f469a?"


@given(text=_TEXT, start=st.integers(0, 32), size=st.none() | st.integers(0, 32))
def test_every_span_is_in_code_points(text: str, start: int, size: int | None) -> None:
    end = len(text) if size is None else start + size
    expected = [match.span() for match in re.compile(_PATTERN).finditer(text, start, end)]
    given_end = None if size is None else end
    assert list(spans(re2.compile(_PATTERN), text, start, given_end)) == expected


@given(text=_TEXT)
def test_what_occurs_has_a_span(text: str) -> None:
    expression = re2.compile("bё|€\U0001f469")
    assert occurs(expression, text) == any(True for _ in spans(expression, text))


@given(texts=st.lists(_TEXT, max_size=5))
def test_each_text_has_its_own_bytes(texts: list[str]) -> None:
    assert [encoded(text).decode() for text in [*texts, *texts]] == [*texts, *texts]


def test_a_lone_surrogate_isnt_encoded() -> None:
    with pytest.raises(UnicodeEncodeError):
        encoded("a\ud800")
