"""Which notation a message's body is in, by its ``Content-Type``.

A request must say what it is: an upstream that takes it for something else would read what wasn't
examined. A reply that doesn't say is JSON, or nonsense.
"""

from __future__ import annotations

from collections.abc import Collection

from guardrail.errors import BadInput
from guardrail.wire.charsets import page_codec
from guardrail.wire.content import content_notation
from guardrail.wire.forms import FORM
from guardrail.wire.html_text import Html
from guardrail.wire.limits import Limits
from guardrail.wire.media_types import MediaType, media_type
from guardrail.wire.multipart import Multipart
from guardrail.wire.notation import JSON, Notation, not_utf8

_FIX = "send Content-Type: application/json"


def request_notation(
    content_type: str, body: bytes, limits: Limits, kinds: Collection[str]
) -> Notation:
    """Return the notation of a request's body.

    Raises:
        BadInput: ``unsupported_media_type``, where it is none of `kinds`; or the charset, or what
            it looks like, can't be read.
    """
    media = media_type(content_type)
    if media.kind not in kinds:
        raise _unsupported(media, kinds)
    if media.kind == "form" and body.lstrip()[:1] in {b"{", b"["}:
        # What curl calls JSON where nobody tells it better; an upstream that doesn't look at the
        # type reads JSON.
        raise BadInput(
            "the body looks like JSON, but calls itself a form",
            code="unsupported_media_type",
            status=415,
            fix=_FIX,
        )
    if media.kind == "json" and not media.is_utf8(b"\xff"):
        # JSON is UTF-8 (RFC 8259 section 8.1); an upstream that honours another charset would read
        # other words than those that were examined.
        raise _unsupported(media, kinds)
    return _notation(media, body, limits)


def reply_notation(content_type: str, body: bytes, limits: Limits) -> Notation:
    """Return the notation of a whole reply.

    Raises:
        BadInput: its charset, or what it looks like, can't be read.
    """
    try:
        media = media_type(content_type)
    except BadInput:
        media = MediaType()
    looks_like_json = body.lstrip()[:1] in {b"{", b"[", b'"'}
    if media.kind == "html" and not looks_like_json and (codec := page_codec(media, body)):
        return Html(codec=codec)
    return _notation(media, body, limits)


def _notation(media: MediaType, body: bytes, limits: Limits) -> Notation:
    if media.kind in {"json", ""}:
        return JSON
    if media.kind == "form":
        if not media.is_utf8(body):
            raise not_utf8()
        return FORM
    if media.kind == "multipart":
        return Multipart.of(media)
    return content_notation(media, body, limits, unknown="unknown")


def _unsupported(media: MediaType, kinds: Collection[str]) -> BadInput:
    only = set(kinds) == {"json"}
    if not media.essence:
        why = "the request has no Content-Type, so it can't be examined"
    elif only:
        why = "the request's Content-Type isn't application/json, so it can't be examined"
    else:
        why = "a request with this Content-Type can't be examined here"
    also = " or multipart/form-data" if "multipart" in kinds else ""
    fix = f"{_FIX}{also}" if "json" in kinds else "send Content-Type: multipart/form-data"
    return BadInput(why, code="unsupported_media_type", status=415, fix=fix)
