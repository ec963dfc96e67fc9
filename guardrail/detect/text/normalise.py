"""A plainer view of a text, with an exact map back to it.

Every code point folds by itself, to one code point or to none, whatever stands around it. So the
view of two joined texts is the joined views, which is what lets a stream be examined in pieces.
Folded are: default-ignorable and format characters (dropped), full-width forms, decimal digits of
all scripts, spaces, dashes, and lone surrogates (which no encoder takes).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guardrail.detect.text.lazily import lazily

_DROPPED = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's general category Cf and property Default_Ignorable_Code_Point."""

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""General category Zs but the space itself."""

_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63"
"""Hyphens, dashes and minus signs; full-width hyphen-minus is among the full-width forms."""

_SURROGATES = "\ud800-\udfff"

_WIDE = "\uff01-\uff5e"
"""Full-width ASCII, in ASCII's order."""

_ZEROS = (
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0,
    0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0,
    0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
)  # fmt: skip
"""The zero of each run of ten decimal digits (category Nd) but ASCII and full-width ones."""

_DIGITS = "".join(f"{chr(zero)}-{chr(zero + 9)}" for zero in _ZEROS)


def _expand(spans: str) -> Iterator[str]:
    """Yield each character of the inside of a character class."""
    for first, last in re.findall(r"(.)(?:-(.))?", spans, re.DOTALL):
        yield from map(chr, range(ord(first), ord(last or first) + 1))


_FOLDS: Mapping[str, str] = {
    **dict.fromkeys(_expand(_DROPPED), ""),
    **dict.fromkeys(_expand(_SPACES), " "),
    **dict.fromkeys(_expand(_DASHES), "-"),
    **dict.fromkeys(_expand(_SURROGATES), "\ufffd"),
    **{wide: chr(ord(wide) - 0xFEE0) for wide in _expand(_WIDE)},
    **{digit: str(place % 10) for place, digit in enumerate(_expand(_DIGITS))},
}

_FAR_FROM = "\U00010000"
_SPANS = re.findall("(?s:.(?:-.)?)", f"{_DROPPED}{_SPACES}{_DASHES}{_SURROGATES}{_WIDE}{_DIGITS}")
_NEAR = lazily(f"[{''.join(span for span in _SPANS if span < _FAR_FROM)}]")
_FAR = lazily(f"[{_FAR_FROM}-\U0010ffff]")
"""The first plane apart from the others: Python's `re` has a fast class for the one only."""

_TABLE = str.maketrans(dict(_FOLDS))

_FEW = 16
"""Different foldable characters up to which replacing them one by one beats a table look-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A folded text and the way back: offsets are code points."""

    text: str
    cuts: tuple[int, ...] = ()
    """Where, in the view, a code point was dropped; once for each."""

    def origin(self, position: int) -> int:
        """Return the original position of the view's `position`, past what was dropped before."""
        return position + bisect_right(self.cuts, position)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of a non-empty one in the view, without dropped rims."""
        return self.origin(start), self.origin(end - 1) + 1


def fold(text: str) -> View:
    """Return the view of `text`; the text itself where nothing folds."""
    if text.isascii():
        return View(text=text)
    present = {*_NEAR.findall(text), *_FOLDS.keys() & _FAR.findall(text)}
    if not present:
        return View(text=text)
    cuts: tuple[int, ...] = ()
    if dropped := {character for character in present if not _FOLDS[character]}:
        places = (place for place, character in enumerate(text) if character in dropped)
        cuts = tuple(place - before for before, place in enumerate(places))
    if len(present) > _FEW:
        return View(text=text.translate(_TABLE), cuts=cuts)
    for character in present:
        text = text.replace(character, _FOLDS[character])
    return View(text=text, cuts=cuts)
