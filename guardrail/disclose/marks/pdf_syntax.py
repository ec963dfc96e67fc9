"""Objects of PDF (ISO 32000-1, 7.3): where each ends, and where a dictionary's values stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guardrail.disclose.marks.found import Unmarkable

Span = tuple[int, int]
"""Start and end."""

_DEEPEST = 64
_MOST_KEYS = 100_000
_MOST_SPACE = 65_536
_MOST_IN_STRING = 1 << 18
_MOST_IN_ARRAY = 1 << 20
"""Bytes of an array of numbers."""

_SPACE = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+)*+")
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*+)")
_REFERENCE = re.compile(
    rb"(\d{1,10})[\0\t\n\f\r ]++(\d{1,5})[\0\t\n\f\r ]++R(?![^\0\t\n\f\r ()<>\[\]{}/%])"
)
_WORD = re.compile(rb"[+\-.0-9A-Za-z]++")
_HEX = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*+)>")
_IN_STRING = re.compile(rb"[()\\]")
_CODED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r\n|\r|\n)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(",
            b")": b")", b"\\": b"\\", b"\r\n": b"", b"\r": b"", b"\n": b""}  # fmt: skip


def skipped(data: bytes, at: int) -> int:
    """Return the place of the next token: white space and comments are passed over."""
    match = _SPACE.match(data, at, at + _MOST_SPACE)
    return match.end() if match else at


def end_of(data: bytes, at: int, depth: int = 0) -> int:
    """Return where the object that starts at `at` ends.

    Raises:
        Unmarkable: ``broken_pdf`` or ``too_many_parts``.
    """
    if depth > _DEEPEST:
        raise Unmarkable("too_many_parts")
    if data.startswith(b"<<", at):
        return _dictionary(data, at, depth)[1]
    start = data[at : at + 1]
    if start == b"[":
        return _array(data, at, depth)
    if start == b"(":
        return _string_end(data, at)
    pattern = {b"<": _HEX, b"/": _NAME}.get(start, _REFERENCE)
    match = pattern.match(data, at) or (_WORD.match(data, at) if pattern is _REFERENCE else None)
    if match is None:
        raise Unmarkable("broken_pdf")
    return match.end()


def dictionary(data: bytes, at: int) -> tuple[Mapping[bytes, Span], int]:
    """Return the values' places by their names, and where the dictionary at `at` ends.

    Raises:
        Unmarkable: as `end_of`.
    """
    return _dictionary(data, at, 0)


def reference(data: bytes, at: int) -> int | None:
    """Return the number of the object that is referred to at `at`."""
    match = _REFERENCE.match(data, at)
    return int(match[1]) if match else None


def references(data: bytes, span: Span) -> Iterator[int]:
    """Yield the numbers of all objects referred to in an array or dictionary."""
    return (int(match[1]) for match in _REFERENCE.finditer(data, *span))


def integer(data: bytes, span: Span) -> int:
    """Return a whole number.

    Raises:
        Unmarkable: ``broken_pdf``.
    """
    word = data[slice(*span)]
    if not word.isdigit() or len(word) > 19:
        raise Unmarkable("broken_pdf")
    return int(word)


def integers(data: bytes, span: Span) -> list[int]:
    """Return the whole numbers of an array."""
    if span[1] - span[0] > _MOST_IN_ARRAY:
        raise Unmarkable("too_many_parts")
    words = data[span[0] + 1 : span[1] - 1].split() if span[1] else [b""]
    if any(not word.isdigit() or len(word) > 19 for word in words):
        raise Unmarkable("broken_pdf")
    return [int(word) for word in words]


def text(data: bytes, span: Span) -> str:
    """Return a string as text (7.9.2.2): UTF-16 or UTF-8 with a mark, else one byte a character."""
    raw = data[slice(*span)]
    if raw.startswith(b"<"):
        digits = b"".join(raw[1:-1].split())
        octets = bytes.fromhex((digits + b"0" * (len(digits) & 1)).decode("ascii"))
    else:
        octets = _ESCAPE.sub(_unescaped, raw[1:-1])
    if octets.startswith(b"\xfe\xff"):
        return octets[2:].decode("utf-16-be", "replace")
    return octets.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def string(value: str) -> bytes:
    """Return an ASCII text as a literal string."""
    return b"(" + re.sub(rb"([()\\])", rb"\\\1", value.encode("ascii", "replace")) + b")"


def name(raw: bytes) -> bytes:
    """Return a name without its slash and spellings by number."""
    return _CODED.sub(lambda match: bytes.fromhex(match[1].decode()), raw.removeprefix(b"/"))


def _dictionary(data: bytes, at: int, depth: int) -> tuple[Mapping[bytes, Span], int]:
    if not data.startswith(b"<<", at):
        raise Unmarkable("broken_pdf")
    found: dict[bytes, Span] = {}
    at = skipped(data, at + 2)
    for _ in range(_MOST_KEYS):
        if data.startswith(b">>", at):
            return found, at + 2
        key = _NAME.match(data, at)
        if key is None:
            raise Unmarkable("broken_pdf")
        start = skipped(data, key.end())
        end = end_of(data, start, depth + 1)
        found[name(key[1])] = (start, end)
        at = skipped(data, end)
    raise Unmarkable("too_many_parts")


def _array(data: bytes, at: int, depth: int) -> int:
    at = skipped(data, at + 1)
    while not data.startswith(b"]", at):
        at = skipped(data, end_of(data, at, depth + 1))
    return at + 1


def _string_end(data: bytes, at: int) -> int:
    level, limit = 0, at + _MOST_IN_STRING
    while match := _IN_STRING.search(data, at, limit):
        at = match.end()
        if match[0] == b"\\":
            at += 1
            continue
        level += 1 if match[0] == b"(" else -1
        if level == 0:
            return at
    raise Unmarkable("broken_pdf")


def _unescaped(match: re.Match[bytes]) -> bytes:
    plain = _ESCAPES.get(match[1])
    return bytes([int(match[1], 8) & 0xFF]) if plain is None else plain
