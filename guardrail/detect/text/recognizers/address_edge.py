"""What may still become an address where a text breaks off, told by the grammar itself."""

from __future__ import annotations

from bisect import bisect_left

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.address_chain import chain
from guardrail.detect.text.recognizers.address_grammar import BEGINS
from guardrail.detect.text.recognizers.address_lexer import (
    LETTERS,
    Lexed,
    kinds_of_begun,
    lex,
    word_from,
)
from guardrail.detect.text.unsettled import EDGE, unsettled

_MAY_BEGIN = lazily(f"{BEGINS.pattern}|{unsettled(BEGINS.pattern).pattern}")
_UNFINISHED = lazily(rf"[{LETTERS}0-9/\-'’]*")
"""What is one token or more, by what follows; backwards."""
_WORD = lazily(rf"[{LETTERS}]+(?:[/\-'’][{LETTERS}]+)*")
_PERSONAL = "p"
"""What a patronymic is, unless one of the two tokens behind it makes a street's name of it."""
_SMALL = frozenset("wyzq")
"""What a word in small letters may be that is on no list."""


def open_from(text: str, start: int) -> int:
    """Return the first position from `start` on where an address may stand whose end isn't known.

    Args:
        text: what is known.
        start: not before this position.
    """
    unfinished = _UNFINISHED.match(text[start:][::-1])
    tail = len(text) - (unfinished.end() if unfinished else 0)
    lexed = lex(text, word_from(text, start), tail)
    begun = lexed.classes.find(_PERSONAL, max(0, len(lexed.classes) - 2))
    if begun >= 0:
        return _open_in(_up_to(lexed, begun), start)
    known = _up_to(lexed, len(lexed.classes), tail)
    first = _open_in(known, start)
    if first < tail and text[tail:].islower() and _WORD.fullmatch(text, tail):
        kinds = _SMALL | kinds_of_begun(text[tail:])
        return min(_open_in(_with(known, kind, len(text)), start) for kind in kinds)
    return first


def _up_to(lexed: Lexed, count: int, tail: int = -1) -> Lexed:
    """Return the first `count` tokens, behind which anything may follow: from `tail` on if none."""
    edge = lexed.starts[count] if count < len(lexed.starts) else tail
    return Lexed(
        classes=lexed.classes[:count] + EDGE,
        starts=[*lexed.starts[:count], edge],
        ends=[*lexed.ends[:count], edge],
        edge=True,
    )


def _with(known: Lexed, kind: str, end: int) -> Lexed:
    """Return `known` with a word at its edge that ends at `end`."""
    return Lexed(
        classes=known.classes[:-1] + kind + EDGE,
        starts=[*known.starts, end],
        ends=[*known.ends[:-1], end, end],
        edge=True,
    )


def _open_in(known: Lexed, start: int) -> int:
    """Return where the first chain begins of which `known` doesn't tell the end."""
    edge = len(known.classes) - 1
    position = bisect_left(known.starts, start)
    while (begin := _MAY_BEGIN.search(known.classes, position)) and begin.start() < edge:
        position = begin.start()
        found = chain(known, position)
        begins = BEGINS.match(known.classes, position)
        if not found.settled or (found.parts and begins is None):
            return known.starts[position]
        position += 1
    return known.starts[edge]
