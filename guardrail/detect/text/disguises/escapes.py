r"""Escapes that programs write characters as: ``%D0%90``, ``\u0410``, ``&#1040;``, ``=D0=90``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import unescape
from typing import ClassVar

from guardrail.detect.text.disguises.local import LocalDisguise
from guardrail.detect.text.disguises.revealed import Unit

_HEX = "[0-9a-fA-F]"


def _utf8(mark: str) -> str:
    """Return the pattern of one character in UTF-8, each byte written with `mark` before it."""
    low, high, next_ = f"[2-7]{_HEX}", f"[c-dC-D]{_HEX}", f"{mark}[89abAB]{_HEX}"
    return (
        rf"(?:{mark}(?:{low}|0[9aAdD]|{high}{next_}|[eE]{_HEX}{next_}{next_}"
        rf"|[fF][0-4]{next_}{next_}{next_}))"
    )


def _held(partial: str, whole: str, mark: str) -> str:
    """Return what may go on at an edge, backwards: escapes with a few characters between them.

    Args:
        partial: an unfinished escape, backwards.
        whole: an escape, backwards.
        mark: what an escape starts with, as in a character class.
    """
    run = rf"(?:[^\n{mark}]{{0,40}}{whole})"
    return rf"(?:{partial}|{run}){run}*[^\n{mark}]{{0,64}}"


class _Utf8Escapes(LocalDisguise):
    """Base of escapes that write bytes."""

    MARK: ClassVar[str]

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the character that the bytes are."""
        data = bytes.fromhex("".join(re.findall(f"{self.MARK}({_HEX}{{2}})", match[0])))
        yield match.start(), match.end(), data.decode("utf-8", "replace")


class PercentEscapeRecognizer(_Utf8Escapes):
    """Percent-encoding (RFC 3986 section 2.1), encoded once more or not, and ``%u0410``."""

    HOW = "percent-encoded"
    MARK = "%(?:25){0,2}"
    PATTERN = UNIT = rf"%u{_HEX}{{4}}|{_utf8(MARK)}\+?"
    TRIGGERS = (rf"%u?{_HEX}{{2}}",)
    BACKWARD = _held(rf"{_HEX}{{0,4}}[uU]?%", rf"{_HEX}{{2,4}}[uU]?%", "%")

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the character; a plus sign behind it is a space (HTML's form encoding)."""
        if match[0][1] == "u":
            yield *match.span(), _code_point(match[0][2:])
            return
        end = match.end() - match[0].endswith("+")
        for start, _, character in super().decode(match):
            yield start, end, character
        if end < match.end():
            yield end, match.end(), " "


class QuotedPrintableRecognizer(_Utf8Escapes):
    """Quoted-printable of e-mail messages (RFC 2045 section 6.7)."""

    HOW = "quoted-printable"
    MARK = "="
    PATTERN = UNIT = rf"=\r?\n|{_utf8(MARK)}"
    TRIGGERS = (rf"={_HEX}{{2}}={_HEX}{{2}}={_HEX}{{2}}|=40",)
    BACKWARD = _held(rf"{_HEX}?=", rf"(?:\n\r?|{_HEX}{{2}})=", "=")

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the character; nothing for a line break that isn't the text's own."""
        if match[0].endswith("\n"):
            yield match.start(), match.end(), ""
        else:
            yield from super().decode(match)


class BackslashEscapeRecognizer(_Utf8Escapes):
    r"""Escapes of JSON and programming languages, escaped once more or not."""

    HOW = "written in escapes"
    MARK = r"\\{1,4}x"
    _SURROGATES = rf"\\{{1,4}}u[dD][89abAB]{_HEX}{{2}}\\{{1,4}}u[dD][c-fC-F]{_HEX}{{2}}"
    _CODE = rf"\\{{1,4}}(?:u{_HEX}{{4}}|u\{{{_HEX}{{1,6}}\}}|U000{_HEX}{{5}})"
    _OCTAL = r"\\{1,4}[01][0-7]{2}"
    PATTERN = UNIT = rf"{_SURROGATES}|{_CODE}|{_utf8(MARK)}|{_OCTAL}"
    TRIGGERS = (rf"\\(?:u[0-9a-fA-F{{]|x{_HEX}|[01][0-7]{{2}}|U000)",)
    BACKWARD = _held(
        rf"{_HEX}{{0,7}}\{{?[uxU]?\\{{1,4}}", rf"\}}?{_HEX}{{2,8}}\{{?[uxU]?\\{{1,4}}", r"\\"
    )

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the character."""
        escape = match[0].lstrip("\\")
        if escape[0] == "x":
            yield from super().decode(match)
            return
        yield match.start(), match.end(), _character(escape)


def _character(escape: str) -> str:
    if "\\" in escape:
        high, low = (int(half, 16) for half in re.findall(f"u({_HEX}{{4}})", escape))
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if escape[0] in "uU":
        return _code_point(escape[1:].strip("{}"))
    return chr(int(escape, 8))


class CharacterReferenceRecognizer(LocalDisguise):
    """Character references of HTML and XML, by number or by name."""

    HOW = "written in character references"
    _NUMBER = r"#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});?"
    _NAMES = (
        "commat|period|plus|lowbar|hyphen|dash|[nm]dash|nbsp|ensp|emsp|thinsp|shy|zwnj|zwj|lpar"
        "|rpar|colon|sol|apos|num|Tab|NewLine|NonBreakingSpace|ZeroWidthSpace|NoBreak"
    )
    PATTERN = UNIT = rf"&(?:amp;){{0,2}}(?:{_NUMBER}|(?:{_NAMES});)"
    TRIGGERS = (rf"&(?:amp;){{0,2}}(?:#[0-9xX]|(?:{_NAMES});)",)
    BACKWARD = _held(r"[#0-9A-Za-z;]{0,20}&", r";?[0-9A-Za-z]{1,16}#?(?:;pma){0,2}&", "&")

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the character."""
        yield match.start(), match.end(), unescape(match[0].replace("amp;", ""))


def _code_point(digits: str) -> str:
    code = int(digits, base=16)
    return chr(code) if code <= sys.maxunicode else "\ufffd"
