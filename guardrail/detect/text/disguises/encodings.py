"""Base64 and hexadecimal of text, found however long the run and wherever a look at it starts.

A look may start inside a run, and something may be glued to one. So every phase is decoded, and
what reads as text is kept; pictures, keys and digests don't.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator

from guardrail.detect.text.disguises.local import LocalDisguise
from guardrail.detect.text.disguises.revealed import Unit
from guardrail.detect.text.lazily import lazily

_LEAST = 8
"""Bytes of text that are worth a look: the shortest addresses and numbers."""

_TEXT = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}){8,}"
)
"""UTF-8 (RFC 3629) without control characters, `_LEAST` characters or more."""

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_LONG = 64
"""Bytes from which the share of control characters tells text from other data."""

_SHARE = 0.04
"""The share of control characters beyond which data is no text; an eighth of any other data's."""


def _texts(data: bytes) -> list[tuple[int, int]]:
    """Return where in `data` text stands."""
    if len(data) >= _LONG:
        controls = len(data) - len(data.translate(None, _CONTROLS))
        if controls > len(data) * _SHARE:
            return []
    return [match.span() for match in _TEXT.finditer(data)]


def _characters(data: bytes, span: tuple[int, int]) -> Iterator[tuple[int, int, str]]:
    """Yield the characters of the text at `span`: first byte, byte behind the last, character."""
    position = span[0]
    for character in data[slice(*span)].decode():
        size = len(character.encode())
        yield position, position + size, character
        position += size


def _joined(units: Iterator[Unit]) -> Iterator[Unit]:
    """Yield `units`, and nothing in place of what stands between them."""
    end = None
    for unit in units:
        if end is not None and unit[0] > end:
            yield end, unit[0], ""
        yield unit
        end = unit[1]


def _total(spans: list[tuple[int, int]]) -> int:
    return sum(end - start for start, end in spans)


_DIGITS_64 = r"A-Za-z0-9+/_\-"
_THREE_DIGITS = "(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5])"
"""Three digits in base64: what is shorter than words often are must consist of them."""

_CAPITALS = lazily(r"(?:[^A-Z]*[A-Z]){3}")
"""Text in base64 has a capital in nearly every four; long words have not."""


class Base64Recognizer(LocalDisguise):
    """Base64 (RFC 4648 sections 4 and 5), padded or not, on one line or on several."""

    HOW = "written in base64"
    PATTERN = rf"[{_DIGITS_64}]{{16,384}}"
    UNIT = (
        rf"(?<![{_DIGITS_64}])(?=[{_DIGITS_64}]{{10}})(?:[{_DIGITS_64}]{{16,}}(?:\r?\n[{_DIGITS_64}]{{16,}})*(?:\r?\n[{_DIGITS_64}]{{2,15}})?"
        rf"|[{_DIGITS_64}]{{10,15}}=|{_THREE_DIGITS}{{3}}[{_DIGITS_64}]{{0,3}})"
    )
    TRIGGERS = (rf"[{_DIGITS_64}]{{16}}|[{_DIGITS_64}]{{10}}=|{_THREE_DIGITS}{{3}}",)
    BACKWARD = rf"={{0,2}}[{_DIGITS_64}]*(?:\n\r?[{_DIGITS_64}]{{16,}})*"

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the characters of the text in the phase that reads best."""
        if _CAPITALS.match(match[0]) is None:
            return
        places, digits = _without_breaks(match, match[0].rstrip("="))
        phases = [(phase, _bytes(digits[phase:])) for phase in range(4)]
        read = [(_texts(data), phase, data) for phase, data in phases]
        spans, phase, data = max(read, key=lambda one: _total(one[0]))
        for span in spans:
            yield from _joined(
                (
                    places[phase + first // 3 * 4 + first % 3],
                    places[phase + (last - 1) // 3 * 4 + (last - 1) % 3 + 1] + 1,
                    character,
                )
                for first, last, character in _characters(data, span)
            )


def _without_breaks(match: re.Match[str], run: str) -> tuple[range | list[int], str]:
    """Return the base64 digits of `match`, and where each stands."""
    start = match.start()
    if "\n" not in run:
        return range(start, start + len(run)), run
    kept = [place for place, one in enumerate(run) if one not in "\r\n"]
    return [start + place for place in kept], "".join(run[place] for place in kept)


def _bytes(digits: str) -> bytes:
    """Return what `digits` decode to, less what no whole byte is left of."""
    rest = len(digits) % 4
    whole = digits[:-1] if rest == 1 else digits
    return a2b_base64(whole.replace("-", "+").replace("_", "/") + "=" * (-len(whole) % 4))


_BYTE = r"(?:0[xX]|\\x)?[0-9a-fA-F]{2}"
_BETWEEN = r"[ :,\-]{0,2}"
_READABLE = r"[2-7][0-9a-fA-F]"
_LETTERS = rf"[c-dC-D][0-9a-fA-F]{_BETWEEN}(?:0x)?[89abAB][0-9a-fA-F]"


class HexadecimalRecognizer(LocalDisguise):
    """Bytes in hexadecimal: ``3939 30``, ``39:39:30``, ``0x39, 0x39``, ``0x393930``."""

    HOW = "written in hexadecimal"
    PATTERN = rf"{_BYTE}(?:{_BETWEEN}{_BYTE}){{7,63}}[0-9a-fA-F]?"
    UNIT = rf"{_BYTE}(?:{_BETWEEN}{_BYTE}){{7,}}[0-9a-fA-F]?"
    TRIGGERS = (rf"(?:(?:{_READABLE}|{_LETTERS}){_BETWEEN}(?:0x)?){{6}}",)
    BACKWARD = r"[ :,\-]{0,2}[0-9a-fA-FxX\\]{1,4}(?:[ :,\-]{0,2}[0-9a-fA-F]{2}(?:[xX]0|x\\)?)*"
    _PIECE = lazily(r"(?:0[xX]|\\x)?([0-9a-fA-F]{2})")

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the characters of the text in the phase that reads best."""
        read = []
        for phase in range(2):
            pieces = list(self._PIECE.finditer(match.string, match.start() + phase, match.end()))
            data = bytes.fromhex("".join(piece[1] for piece in pieces))
            read.append((_texts(data), data, pieces))
        spans, data, pieces = max(read, key=lambda one: _total(one[0]))
        for span in spans:
            yield from _joined(
                (pieces[first].start(), pieces[last - 1].end(), character)
                for first, last, character in _characters(data, span)
            )
