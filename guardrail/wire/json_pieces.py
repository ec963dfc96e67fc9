"""A JSON document that arrives in pieces: its strings and numbers, as soon as they are known.

Sans-IO and exact: what is given out, spelt, is what came in. Nothing recurses; time is linear. What
is no JSON (RFC 8259) from some place on is given out as plain text from there on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

import orjson

from guardrail.errors import UpstreamError
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.spelling import Unit, spelt, text_of

LONGEST_TOKEN = 65_536
"""Characters of a member's name or a number. They wait for their end."""


class Part(Enum):
    """What a piece is."""

    FRAME = "frame"
    """Brackets, commas, white space, quotation marks, true, false and null."""
    NAME = "name"
    """A member's name, whole, within its quotation marks."""
    NUMBER = "number"
    """A number, whole."""
    STRING = "string"
    """More of a string that is a value."""
    REST = "rest"
    """Plain text, where the document turned out to be none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document."""

    part: Part
    units: list[Unit]
    ends: bool = False
    """Whether the string ends with it."""


class _Expected(Enum):
    VALUE = "value"
    FIRST_ITEM = "first item"
    FIRST_NAME = "first name"
    NAME = "name"
    COLON = "colon"
    COMMA = "comma"
    NOTHING = "nothing"


_SPACE = re.compile(r"[ \t\r\n]+")
_SCALAR = re.compile(r"[-+.0-9a-zA-Z]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_WORDS = frozenset({"true", "false", "null"})
_ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}(?:\\(?:u[0-9a-fA-F]{0,4})?)?)?\Z")
_CLOSING = {"{": "}", "[": "]"}


@dataclass(slots=True)
class _Open:
    """A container that isn't closed yet."""

    bracket: str
    names: set[str] = field(default_factory=set)


class JsonPieces:
    """Takes a document piece by piece. One object a document."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        """Take the limits on depth."""
        self._limits = limits
        self._open: list[_Open] = []
        self._expected = _Expected.VALUE
        self._in_string = False
        self._held = ""
        self.broken = False
        """Whether what came from some place on is no JSON."""

    def feed(self, text: str, *, final: bool = False) -> list[Piece]:
        """Return the parts that are known with `text`; all that is left where `final`.

        Raises:
            UpstreamError: ``upstream_nonsense``: it nests too deep, has a token that is too long,
                or an object names a member twice.
        """
        text, self._held = self._held + text, ""
        made: list[Piece] = []
        at = 0
        while at < len(text) and not self.broken:
            after = (
                self._string(text, at, made)
                if self._in_string
                else self._token(text, at, made, final=final)
            )
            if after == at:
                break
            at = after
        rest = text[at:]
        if not rest:
            return made
        if self.broken or final:
            self.broken = True
            made.append(Piece(Part.REST, [(rest, rest)]))
        elif len(rest) > LONGEST_TOKEN:
            raise _nonsense("a name or a number in it is too long")
        else:
            self._held = rest
        return made

    def _string(self, text: str, at: int, made: list[Piece]) -> int:
        """Take more of a value that is a string."""
        units, end = spelt(text, at)
        if text[end : end + 1] == '"':
            made += (Piece(Part.STRING, units, ends=True), _frame('"'))
            self._in_string = False
            self._value_done()
            return end + 1
        if units:
            made.append(Piece(Part.STRING, units))
        if end < len(text) and not _ESCAPE_BEGUN.match(text, end):
            self.broken = True
        return end

    def _token(self, text: str, at: int, made: list[Piece], *, final: bool) -> int:
        """Take one token outside of strings; return `at` where it isn't whole or is none."""
        if space := _SPACE.match(text, at):
            made.append(_frame(space[0]))
            return space.end()
        sign = text[at]
        if sign == '"' and self._expected in (_Expected.FIRST_NAME, _Expected.NAME):
            return self._name(text, at, made)
        if self._expected in (_Expected.VALUE, _Expected.FIRST_ITEM) and sign not in "]}:,":
            return self._begin(text, at, made, final=final)
        if not self._punctuation(sign):
            self.broken = True
            return at
        made.append(_frame(sign))
        return at + 1

    def _name(self, text: str, at: int, made: list[Piece]) -> int:
        units, end = spelt(text, at + 1)
        if text[end : end + 1] != '"':
            if end < len(text) and not _ESCAPE_BEGUN.match(text, end):
                self.broken = True
            return at
        name = text_of(units)
        names = self._open[-1].names
        if name in names:
            raise _nonsense("an object in it names a member twice")
        names.add(name)
        made += (_frame('"'), Piece(Part.NAME, units, ends=True), _frame('"'))
        self._expected = _Expected.COLON
        return end + 1

    def _begin(self, text: str, at: int, made: list[Piece], *, final: bool) -> int:
        """Take the beginning of a value, or a whole scalar."""
        sign = text[at]
        if sign in _CLOSING:
            if len(self._open) >= self._limits.depth:
                raise _nonsense("it nests too deep")
            self._open.append(_Open(sign))
            first = sign == "["
            self._expected = _Expected.FIRST_ITEM if first else _Expected.FIRST_NAME
            made.append(_frame(sign))
            return at + 1
        if sign == '"':
            self._in_string = True
            made.append(_frame(sign))
            return at + 1
        scalar = _SCALAR.match(text, at)
        # A number alone is as good as plain text: nothing reads it as arguments.
        if scalar is None or not self._open:
            self.broken = True
            return at
        if scalar.end() == len(text) and not final:
            return at
        word = scalar[0]
        if _NUMBER.match(word) and _is_finite(word):
            made.append(Piece(Part.NUMBER, [(word, word)]))
        elif word in _WORDS:
            made.append(_frame(word))
        else:
            self.broken = True
            return at
        self._value_done()
        return scalar.end()

    def _punctuation(self, sign: str) -> bool:
        """Take a bracket, a comma or a colon; tell whether it may stand here."""
        expected = self._expected
        if sign == ":" and expected is _Expected.COLON:
            self._expected = _Expected.VALUE
            return True
        if not self._open:
            return False
        bracket = self._open[-1].bracket
        if sign == "," and expected is _Expected.COMMA:
            self._expected = _Expected.NAME if bracket == "{" else _Expected.VALUE
            return True
        empty = _Expected.FIRST_NAME if bracket == "{" else _Expected.FIRST_ITEM
        if sign == _CLOSING[bracket] and expected in (_Expected.COMMA, empty):
            self._open.pop()
            self._value_done()
            return True
        return False

    def _value_done(self) -> None:
        self._expected = _Expected.COMMA if self._open else _Expected.NOTHING


def _frame(raw: str) -> Piece:
    return Piece(Part.FRAME, [(raw, raw)])


def _is_finite(number: str) -> bool:
    try:
        orjson.loads(number)
    except orjson.JSONDecodeError:
        return False
    return True


def _nonsense(why: str) -> UpstreamError:
    return UpstreamError(
        f"a document in the upstream's reply can't be read: {why}", code="upstream_nonsense"
    )
