"""Where an expression of RE2 stands in a text, by way of the text's bytes.

RE2 reads UTF-8. Its Python side encodes a text for each search and counts code points for each
match; many expressions are looked for in one text, so here it is encoded once, and only the way
from one match to the next is counted. An expression made of text takes bytes, too, which the types
of `re`, that it borrows, don't say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_last: tuple[str, bytes] = ("", b"")
"""What was encoded last. One assignment puts both in place: threads that race encode twice."""


def encoded(text: str) -> bytes:
    """Return `text` in UTF-8.

    Raises:
        UnicodeEncodeError: it holds a lone surrogate; folded text holds none.
    """
    global _last  # noqa: PLW0603 - a memory of one
    known, raw = _last
    if known is not text:
        raw = text.encode()
        _last = text, raw
    return raw


def occurs(expression: re.Pattern[str], text: str) -> bool:
    """Tell whether an expression of RE2 stands anywhere in `text`."""
    return expression.search(encoded(text)) is not None  # type: ignore[call-overload]


def spans(
    expression: re.Pattern[str], text: str, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield where an expression of RE2 stands in `text`, by position, without overlaps.

    Args:
        expression: one that matches no empty text.
        text: without lone surrogates.
        start: where to begin, in code points.
        end: where to stop; at the end of the text if None.
    """
    raw = encoded(text)
    if len(raw) == len(text):
        for match in expression.finditer(raw, start, end):  # type: ignore[call-overload]
            yield match.span()
        return
    at = len(text[:start].encode()) if start > 0 else 0
    stop = None if end is None else at + len(text[max(0, start) : end].encode())
    place = max(0, start)
    for match in expression.finditer(raw, at, stop):  # type: ignore[call-overload]
        first, last = match.span()
        begin = place + len(raw[at:first].decode())
        place = begin + len(raw[first:last].decode())
        at = last
        yield begin, place
