"""What may still become an address where a text breaks off, told by the grammar itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

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

_MAY_BEGIN = lazily(lambda: f"{BEGINS.pattern}|{unsettled(BEGINS.pattern).pattern}")
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
    personal = lexed.classes.find(_PERSONAL, max(0, len(lexed.classes) - 2))
    known = _up_to(lexed, personal if personal >= 0 else len(lexed.classes), tail)
    places = _open_places(known, bisect_left(known.starts, start))
    if known.starts[-1] == tail and text[tail:].islower() and _WORD.fullmatch(text, tail):
        places = _still_open(known, places, text)
    return next((known.starts[place] for place in places), known.starts[-1])


def _still_open(known: Lexed, places: Iterable[int], text: str) -> Iterator[int]:
    """Yield the tokens where chains begin that an unfinished small word behind them leaves open.

    What is settled without the word is so with it.
    """
    tail = known.starts[-1]
    finished: list[Lexed] = []
    for place in places:
        finished = finished or [
            _with(known, kind, len(text)) for kind in _SMALL | kinds_of_begun(text[tail:])
        ]
        if any(_is_open(one, place) for one in finished):
            yield place


def _up_to(lexed: Lexed, count: int, tail: int) -> Lexed:
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


def _open_places(known: Lexed, position: int) -> Iterator[int]:
    """Yield the tokens from `position` on where chains begin of which `known` tells no end."""
    edge = len(known.classes) - 1
    while (begin := _MAY_BEGIN.search(known.classes, position)) and begin.start() < edge:
        if _is_open(known, begin.start()):
            yield begin.start()
        position = begin.start() + 1


def _is_open(known: Lexed, place: int) -> bool:
    """Tell whether what begins at a token rests on what follows the edge."""
    if _MAY_BEGIN.match(known.classes, place) is None:
        return False
    found = chain(known, place)
    return not found.settled or (bool(found.parts) and BEGINS.match(known.classes, place) is None)
