"""A Content-Type means one thing, or is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.wire.media_types import KINDS, media_type


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("application/json", "json"),
        ("Text/JSON ; charset=utf-8", "json"),
        ("application/problem+json", "json"),
        ("application/x-www-form-urlencoded;", "form"),
        ('multipart/form-data; boundary="a b"', "multipart"),
        ("text/html; charset=utf-8", "html"),
        ("application/xhtml+xml", "html"),
        ("text/markdown", "text"),
        ("application/x-ndjson", "text"),
        ("multipart/mixed; boundary=x", "other"),
        ("image/svg+xml", "other"),
        ("audio/mpeg", "other"),
        (" ", ""),
    ],
)
def test_a_type_says_how_its_body_is_read(said: str, kind: str) -> None:
    assert media_type(said).kind == kind
    assert kind in {*KINDS, ""}


@pytest.mark.parametrize(
    ("said", "medium"),
    [
        ("image/png", "image"),
        ("audio/mpeg", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file"),
        ("image/svg+xml", ""),
        ("application/octet-stream", ""),
        ("text/plain", ""),
    ],
)
def test_a_type_says_which_medium_it_is(said: str, medium: str) -> None:
    assert media_type(said).medium == medium


@pytest.mark.parametrize(
    "said",
    [
        "json",
        "a/b c",
        "text/plain, text/html",
        "text/plain; charset=utf-8; charset=utf-16",
        'text/plain; charset="utf-8',
        "multipart/form-data; boundary=a; Boundary=b",
        "text/plain; charset=a\\b",
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(said: str) -> None:
    with pytest.raises(BadInput) as caught:
        media_type(said)
    assert (caught.value.code, caught.value.status) == ("unsupported_media_type", 415)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(said: str) -> None:
    with suppress(BadInput):
        assert media_type(said).kind in {*KINDS, ""}


@pytest.mark.parametrize(
    ("charset", "body", "is_utf8"),
    [
        ("", "Ә".encode(), True),
        ("UTF-8", "Ә".encode(), True),
        ("iso-8859-1", b"plain", True),
        ("iso-8859-1", b"caf\xe9", False),
        ("windows-1251", b"plain", True),
        ("utf-16", b"plain", False),
        ("utf-7", b"+BB4-", False),
    ],
)
def test_a_charset_is_utf8_or_means_the_same(charset: str, body: bytes, *, is_utf8: bool) -> None:
    said = f"text/plain; charset={charset}" if charset else "text/plain"
    assert media_type(said).is_utf8(body) is is_utf8
