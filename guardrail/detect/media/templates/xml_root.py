"""The name of an XML document's root element, by a bounded look: no entity is ever expanded."""

from __future__ import annotations

import re

_HEAD = 16_384
_PROLOG = re.compile(
    r"(?:\s+|<\?[^>]{0,2000}\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^>\[]{0,2000}(?:\[[^\]]*\]\s*)?>)*"
)
_NAME = re.compile(r"<(?:[\w.-]{1,64}:)?([A-Za-z_][\w.-]{0,80})(?=[\s/>])")
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"),
          (b"\0<", "utf-16-be"))  # fmt: skip


def text_of(data: bytes) -> str:
    """Return an XML document as text, characters that it lacks replaced."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def root_of(data: bytes) -> str:
    """Return the local name of the first element, or an empty string where `data` isn't XML."""
    text = text_of(data[:_HEAD])
    if not text.lstrip().startswith("<"):
        return ""
    prolog = _PROLOG.match(text)
    name = _NAME.match(text, prolog.end() if prolog else 0)
    return name[1] if name else ""
