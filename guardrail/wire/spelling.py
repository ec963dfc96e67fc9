"""A JSON string's text together with how it is spelt: what isn't edited keeps its escapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import orjson

Unit = tuple[str, str]
"""A stretch of text and its spelling. Where both are the same it may be cut anywhere; otherwise it
is one code point behind an escape, or text that was put in."""

_PART = re.compile(
    r'([^"\\\x00-\x1f\ud800-\udfff]++)'
    r"|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r'|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\["\\/bfnrt])'
)
_PLAIN = {'\\"': '"', "\\\\": "\\", "\\/": "/", "\\b": "\b", "\\f": "\f", "\\n": "\n",
          "\\r": "\r", "\\t": "\t"}  # fmt: skip


def spelt(raw: str, start: int = 0) -> tuple[list[Unit], int]:
    """Return the units of a JSON string's inside from `start`, and where they end.

    They end at the closing quotation mark, at an escape that isn't whole, or at what no JSON string
    may hold (RFC 8259 section 7; a lone surrogate neither).
    """
    units: list[Unit] = []
    while match := _PART.match(raw, start):
        plain, escape = match.groups()
        units.append((plain, plain) if plain is not None else (_unescaped(escape), escape))
        start = match.end()
    return units, start


def _unescaped(escape: str) -> str:
    known = _PLAIN.get(escape)
    if known is not None:
        return known
    text: str = orjson.loads(f'"{escape}"')
    return text


def quoted(text: str) -> str:
    """Return a text as it is spelt within quotation marks."""
    return orjson.dumps(text).decode()[1:-1]


def text_of(units: Iterable[Unit]) -> str:
    """Return what units say."""
    return "".join(text for text, _ in units)


def raw_of(units: Iterable[Unit]) -> str:
    """Return how units are spelt."""
    return "".join(raw for _, raw in units)


def cut(units: Sequence[Unit], at: int) -> tuple[list[Unit], list[Unit]]:
    """Return the units of the first `at` code points, and the others."""
    head: list[Unit] = []
    for number, unit in enumerate(units):
        text, raw = unit
        if not at:
            return head, list(units[number:])
        if at < len(text):
            left, right = text[:at], text[at:]
            if text != raw:
                return [*head, *_put(left)], [*_put(right), *units[number + 1 :]]
            return [*head, *_same(left)], [*_same(right), *units[number + 1 :]]
        head.append(unit)
        at -= len(text)
    return head, []


def replaced(units: Sequence[Unit], spans: Iterable[tuple[int, int, str]]) -> list[Unit]:
    """Return units with new text for some spans of code points, which rise and don't overlap."""
    made: list[Unit] = []
    rest, done = list(units), 0
    for start, end, text in spans:
        kept, rest = cut(rest, start - done)
        _, rest = cut(rest, end - start)
        made += (*kept, *_put(text))
        done = end
    return [*made, *rest]


def _same(text: str) -> list[Unit]:
    return [(text, text)] if text else []


def _put(text: str) -> list[Unit]:
    return [(text, quoted(text))] if text else []
