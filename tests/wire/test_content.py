"""Content is read as what whoever gets it could take it for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.wire.content import content_notation, is_text
from guardrail.wire.html_text import HTML
from guardrail.wire.limits import LIMITS
from guardrail.wire.media_types import media_type
from guardrail.wire.notation import JSON, JSON_LINES, TEXT, Notation, Sealed

BINARY = b"\x00\x01\xff"


def _read(said: str, data: bytes) -> Notation:
    return content_notation(media_type(said), data, LIMITS, unknown="unknown")


@pytest.mark.parametrize(
    ("said", "data", "notation"),
    [
        ("text/plain", b"Hi", TEXT),
        ("text/plain", b'{"a": 1}', JSON),
        ("text/plain", b' ["a"]\n', JSON),
        ("text/html", b'{"a": 1}', JSON),
        ("text/html", b"<p>Hi", HTML),
        ("text/plain", b'{"a": 1}\n{"b": 2}\n', JSON_LINES),
        ("text/plain", b'"\\u0410"', JSON),
        ("text/plain", b'"So," she said', TEXT),
        ("text/plain", b"{a}", TEXT),
        ("application/octet-stream", b"Hi", TEXT),
        ("application/octet-stream", b'{"a": 1}', JSON),
        ("application/octet-stream", BINARY, Sealed("unknown")),
        ("", BINARY, Sealed("unknown")),
        ("application/pdf", b"%PDF-1.4", Sealed("file")),
        ("audio/mpeg", b"ID3", Sealed("audio")),
        ("audio/mpeg", b"", TEXT),
        ("image/svg+xml", b"<svg/>", TEXT),
        ("application/json", b"{broken", TEXT),
    ],
)
def test_content_has_the_notation_of_its_type_or_its_bytes(
    said: str, data: bytes, notation: Notation
) -> None:
    assert _read(said, data) == notation


@pytest.mark.parametrize(
    ("said", "data", "code"),
    [
        ("text/plain; charset=utf-16", b"a\0", "invalid_utf8"),
        ("text/plain; charset=windows-1251", b"\xcf", "invalid_utf8"),
        ("text/plain", b'{"a": 1, "a": 2}', "duplicate_key"),
        ("application/octet-stream", b"[" * 100 + b"]" * 100, "too_deep"),
    ],
)
def test_what_readers_may_read_differently_is_refused(said: str, data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        _read(said, data)
    assert caught.value.code == code


@given(st.binary(max_size=40))
def test_any_bytes_are_text_or_a_medium(data: bytes) -> None:
    try:
        notation = _read("application/octet-stream", data)
    except BadInput:
        return
    assert (notation == Sealed("unknown")) is not is_text(data)
