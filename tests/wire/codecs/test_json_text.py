"""A string that holds a JSON document is opened, or read as the text it is."""

from __future__ import annotations

import pytest

from guardrail.errors import BadInput
from guardrail.wire.codecs import CODECS
from guardrail.wire.codecs.json_text import open_json
from guardrail.wire.limits import LIMITS


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", '"text"'])
def test_a_document_with_strings_is_opened(text: str) -> None:
    assert open_json(text, LIMITS) is not None


@pytest.mark.parametrize("text", ["", "plain", '{"a": ', "990101300123", "null", "true"])
def test_anything_else_is_plain_text(text: str) -> None:
    assert open_json(text, LIMITS) is None


@pytest.mark.parametrize(
    ("text", "code"), [('{"a": 1, "a": 2}', "duplicate_key"), ("[" * 99 + "]" * 99, "too_deep")]
)
def test_a_document_that_readers_read_differently_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_json(text, LIMITS)
    assert caught.value.code == code


def test_codecs_are_found_by_name() -> None:
    assert CODECS["json"] is open_json
