"""What is odd about a medium: bytes behind its end, and the marks of other formats inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import gif, jpeg, png, riff
from guardrail.detect.media.medium import Kind, Medium

TRAILING = "trailing_data"
POLYGLOT = "polyglot"

_ENDS: dict[str, Callable[[bytes], int | None]] = {
    "image/jpeg": jpeg.end_of,
    "image/png": png.end_of,
    "image/apng": png.end_of,
    "image/gif": gif.end_of,
    "image/webp": riff.end_of,
    "audio/wav": riff.end_of,
}
_PADDING = b"\0\r\n \xff"
"""What cameras and scanners fill the last block of a file with."""

_FOREIGN = re.compile(
    rb"PK\x03\x04[\x0a-\x3f]\0..[\0\x08]\0|PK\x05\x06\0{4}|%PDF-[12]\.[0-9]"
    rb"|<script[\s>]|<!doctype html|<html[\s>]|<\?php\s|\x7fELF[\x01\x02][\x01\x02]\x01",
    re.IGNORECASE | re.DOTALL,
)
"""How archives, documents, pages, scripts and programs begin. None is found by chance: the shortest
have seven bytes."""

BINARY = (b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\x7fELF")
WRITTEN = (b"<script", b"<!doctype html", b"<html", b"<?php")
"""The beginnings of those, in lower case: looked for as they are, which is many times faster than
the pattern."""


def oddities(
    data: bytes, medium: Medium, present: Container[bytes] | None = None
) -> tuple[str, ...]:
    """Return the flags of `Inspected` for `data`: `TRAILING`, `POLYGLOT`. Time is linear.

    Documents, archives, text and data hold other formats as a matter of course: they aren't looked
    into for these.

    Args:
        data: the whole medium.
        medium: what it is.
        present: which of `BINARY` and `WRITTEN` stand in it, as `marks.standing` says; they are
            looked for where nobody asked.
    """
    if medium.kind not in {Kind.IMAGE, Kind.SOUND, Kind.VIDEO}:
        return ()
    found = []
    if _has_trailing(data, medium):
        found.append(TRAILING)
    if _is_polyglot(data, present):
        found.append(POLYGLOT)
    return tuple(found)


def _has_trailing(data: bytes, medium: Medium) -> bool:
    """Tell whether something other than padding stands behind the end that the format states."""
    end_of = _ENDS.get(medium.mime)
    if end_of is None:
        return False
    try:
        end = end_of(data)
    except Uninspectable:
        return False  # whoever decodes it says so
    return end is not None and bool(data[end:].strip(_PADDING))


def _is_polyglot(data: bytes, present: Container[bytes] | None) -> bool:
    binary, written = (
        [mark for mark in marks if present is None or mark in present]
        for marks in (BINARY, WRITTEN)
    )
    if any(_begins(data, mark) for mark in binary):
        return True
    lower = data.lower() if written else b""
    return any(_begins(lower, mark) for mark in written)


def _begins(data: bytes, mark: bytes) -> bool:
    """Tell whether another format really begins at one of the places where `mark` stands."""
    at = data.find(mark)
    while at >= 0:
        if _FOREIGN.match(data, at):
            return True
        at = data.find(mark, at + 1)
    return False
