"""Which entries of a container are worth a look: whatever isn't surely text without media in it."""

from __future__ import annotations

import re

from guardrail.detect.media.medium import Kind
from guardrail.detect.media.sniff import sniff

_MARKS = {b"\xff\xfe", b"\xfe\xff"}
_BINARY = bytes(range(8)) + b"\x0b" + bytes(range(14, 27)) + bytes(range(28, 32))
_ENCODED = re.compile(rb"[A-Za-z0-9+/_=\\-]{256}|data:(?:image|audio|video|application)/")
"""Base64 in its most usual line lengths joined, or a data address."""
_FOLDED = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\s{1,2}){4}")


def is_worth_a_look(data: bytes) -> bool:
    """Tell whether an entry may be a medium, a container, or a text that holds one."""
    if not data:
        return False
    if sniff(data).kind not in {Kind.UNKNOWN, Kind.MARKUP}:
        return True
    text = _text(data)
    return text is None or bool(_ENCODED.search(text) or _FOLDED.search(text))


def _text(data: bytes) -> bytes | None:
    """Return a text in UTF-8; None where there are control characters, or no text at all."""
    try:
        text = data.decode("utf-16").encode() if data[:2] in _MARKS else data
        text.decode()
    except UnicodeError:
        return None
    return text if text.translate(None, _BINARY) == text else None
