"""Which notation some content is in: by its media type, and where that says little by its bytes.

It is read as what whoever gets it could take it for. Text that is a JSON document is read as one:
behind its escapes names and numbers would not be seen.
"""

from __future__ import annotations

import re

from guardrail.errors import BadInput
from guardrail.wire.html_text import HTML
from guardrail.wire.limits import Limits
from guardrail.wire.media_types import MediaType
from guardrail.wire.notation import JSON, JSON_LINES, TEXT, Notation, Sealed, not_utf8

_NOT_JSON = frozenset({"malformed_json", "invalid_utf8"})
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""What no text holds. Form feeds and escape sequences of terminals are text's."""


def content_notation(media: MediaType, data: bytes, limits: Limits, *, unknown: str) -> Notation:
    """Return the notation of a document that stands for itself.

    Args:
        media: what it says it is.
        data: its bytes.
        limits: on what is read.
        unknown: the medium of what is neither text nor of a known medium.

    Raises:
        BadInput: text in a charset that isn't read, or JSON that readers may read differently or
            that is over the limits.
    """
    if media.medium and data:
        return Sealed(media.medium)
    if media.kind in {"", "other"} and not is_text(data):
        return Sealed(unknown)
    if not media.is_utf8(data):
        raise not_utf8()
    if (found := _json(data, limits)) is not None:
        return found
    return HTML if media.kind == "html" else TEXT


def is_text(data: bytes) -> bool:
    """Tell whether bytes that don't say what they are can be read as text."""
    if _CONTROL.search(data):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _json(data: bytes, limits: Limits) -> Notation | None:
    """Return the notation of an object, an array or a string, or of lines of them, or None."""
    start = data.lstrip()[:1]
    if start not in {b"{", b"[", b'"'}:
        return None
    for notation in (JSON, JSON_LINES) if start != b'"' else (JSON,):
        try:
            notation.read(data, limits)
        except BadInput as problem:
            if problem.code not in _NOT_JSON:
                raise
        else:
            return notation
    return None
