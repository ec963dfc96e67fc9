"""What a body is taken for, and who must say so."""

from __future__ import annotations

import pytest

from guardrail.errors import BadInput
from guardrail.wire.bodies import reply_notation, request_notation
from guardrail.wire.forms import FORM
from guardrail.wire.limits import LIMITS
from guardrail.wire.media_types import KINDS
from guardrail.wire.multipart import Multipart
from guardrail.wire.notation import JSON, TEXT, Notation, Sealed


@pytest.mark.parametrize(
    ("said", "body", "notation"),
    [
        ("application/json; charset=UTF-8", b"{}", JSON),
        ("application/x-www-form-urlencoded", b"a=b", FORM),
        ("multipart/form-data; boundary=x", b"", Multipart(b"x")),
        ("text/plain", b"Hi", TEXT),
        ("text/plain", b'{"a": 1}', JSON),
        ("image/png", b"\x89PNG", Sealed("image")),
        ("application/octet-stream", b"\0", Sealed("unknown")),
    ],
)
def test_a_body_is_what_it_says(said: str, body: bytes, notation: Notation) -> None:
    assert request_notation(said, body, LIMITS, KINDS) == notation
    assert reply_notation(said, body, LIMITS) == notation


@pytest.mark.parametrize(
    ("said", "body", "kinds", "fix"),
    [
        ("", b"{}", KINDS, "application/json"),
        ("", b"{}", {"json"}, "application/json"),
        ("text/plain", b"{}", {"json"}, "application/json"),
        ("application/x-www-form-urlencoded", b"a=b", {"json"}, "application/json"),
        ("application/x-www-form-urlencoded", b' {"a": 1}', KINDS, "application/json"),
        ("application/json; charset=windows-1251", b"{}", KINDS, "application/json"),
        ("application/json", b"{}", {"multipart"}, "multipart/form-data"),
        ("text/plain", b"x", {"json", "multipart"}, "multipart/form-data"),
        ("text/plain, text/html", b"x", KINDS, "one media type"),
    ],
)
def test_a_request_that_says_nothing_or_something_else_is_refused(
    said: str, body: bytes, kinds: frozenset[str], fix: str
) -> None:
    with pytest.raises(BadInput) as caught:
        request_notation(said, body, LIMITS, kinds)
    assert (caught.value.code, caught.value.status) == ("unsupported_media_type", 415)
    assert fix in caught.value.fix


def test_a_form_in_another_charset_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        reply_notation("application/x-www-form-urlencoded; charset=utf-16", b"a", LIMITS)
    assert caught.value.code == "invalid_utf8"


@pytest.mark.parametrize("said", ["", "nonsense", "text/plain, text/html"])
def test_a_reply_that_doesnt_say_is_json(said: str) -> None:
    assert reply_notation(said, b"<html>", LIMITS) is JSON
