"""Patterns that tell where the verdict of another pattern rests on what isn't known yet.

A recognizer that parses asks at the edge of a stream: could what follows change this? Written by
hand, the answer is a second grammar, which has to say of every shape how it may go on. Here it is
made of the grammar itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.detect.text.lazily import lazily

EDGE = "\0"
"""Stands behind the last that is known."""

_SIGN = lazily(
    r"\(\?P<\w+>|\(\?(?:<?[=!]|:)|[()|]|(?:[*+?]|\{\d+(?:,\d*)?\})\??|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|."
)
_LOOKS = ("(?=", "(?!")
_BEYOND = rf"(?:{EDGE}|\Z)"
"""The first look at what isn't known goes over the edge, and stays there whatever is asked for."""


def unsettled(pattern: str) -> re.Pattern[str]:
    r"""Return what matches where an attempt to match `pattern` looks at what stands behind `EDGE`.

    Where it doesn't match, `pattern` says the same at that place whatever follows. It may match
    where a better reading has no need to look that far. What is known ends in `EDGE`, which the
    pattern itself must not name.

    Args:
        pattern: for `re`: of characters, classes, groups, repetitions, looks ahead, looks behind
            and ``$``; without back references, flags, and ``\b``.
    """
    return lazily(lambda: rf"(?:{_alternatives(iter(_SIGN.findall(pattern)))})\Z")


def _alternatives(signs: Iterator[str]) -> str:
    """Return what is between two brackets, open to the edge, up to the bracket that ends it."""
    written: list[str] = []
    for sign in signs:
        if sign == ")":
            break
        written.append(_open(sign, signs))
    return "".join(written)


def _open(sign: str, signs: Iterator[str]) -> str:
    """Return a sign with what belongs to it, such that it is content behind the edge."""
    if sign in _LOOKS:
        return _look(sign, signs)
    if sign[0] in "|*+?{":
        return sign
    if sign.startswith("(?<"):
        return rf"(?:{sign}{''.join(_inside(signs))})|\Z)"  # what stands before is known
    if sign[0] == "(":
        return f"(?:{_alternatives(signs)})"
    if sign == "$":
        return _BEYOND
    if sign == "." or sign.startswith("[^"):
        sign = f"[^{EDGE}{sign[2:] or ']'}"
    return f"(?:{sign}|{_BEYOND})"


def _look(sign: str, signs: Iterator[str]) -> str:
    """Return a look ahead: where it goes over the edge, so does all that comes behind it."""
    inside = list(_inside(signs))
    seen = _alternatives(iter(inside))
    return rf"(?:(?=(?:{seen})\Z)(?:[^{EDGE}]*{EDGE}|\Z)|{sign}{''.join(inside)}))"


def _inside(signs: Iterator[str]) -> Iterator[str]:
    """Yield the signs up to the bracket that ends the group they are in."""
    depth = 0
    for sign in signs:
        depth += (sign[0] == "(") - (sign == ")")
        if depth < 0:
            return
        yield sign
