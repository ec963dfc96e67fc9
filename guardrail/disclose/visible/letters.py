"""Words as a plate that fits a picture: how large the letters are, and where lines are broken.

The font is a subset of DejaVu Sans Bold with Kazakh, Russian and Latin letters, shipped with its
licence: what a system has installed would make labels differ from one machine to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from guardrail.disclose.visible.unlabelled import Unlabelled

SHARE = 0.05
"""Height of letters by a picture's shorter side, at least (GB 45438-2025, 5.4)."""
LEAST = 9
"""Pixels of a capital letter that can still be read."""
_WIDE = 0.94
"""Of a picture's width that a label takes at most."""
_HIGH = (0.3, 0.9)
"""Of its height; the latter where the shortest words need more, in very small pictures."""
_PADDING = 0.6
_SPACING = 0.55
_MAX_WORDS = 300
_FONT_STEP = 1.02


@dataclass(frozen=True, slots=True)
class Plate:
    """White letters on black, as one mask: 255 where a letter is."""

    mask: Image.Image
    words: str
    letter_height: int
    """Of capital letters, in pixels, without accents."""
    size: tuple[int, int]
    """Of the picture that it was set for."""


def plate(candidates: Sequence[str], width: int, height: int) -> Plate:
    """Set the first of `candidates` that fits a picture.

    Letters are the same height for all of them: words are left out before letters shrink.

    Args:
        candidates: Texts, the longest first, each of one or more lines.
        width: Of the upright picture, in pixels.
        height: Likewise.

    Raises:
        Unlabelled: ``too_small``: none fits; ``no_letters``: the font lacks a letter, or there
            are no words.
    """
    if not any(text.strip() for text in candidates):
        raise Unlabelled("no_letters")
    for text in candidates:
        check_letters(text)
    font = _font_for(max(LEAST, -int(-SHARE * min(width, height) // 1)))
    gap = _capital(font)
    wide = int(_WIDE * width - 2 * _PADDING * gap)
    for share in _HIGH:
        for text in candidates:
            lines = _broken(text, font, wide)
            if lines and _size(lines, font, gap)[1] <= share * height:
                words = "\n".join(filter(None, text.splitlines()))
                return Plate(_drawn(lines, font, gap), words, gap, (width, height))
    raise Unlabelled("too_small")


def font_bytes() -> bytes:
    """Return the font's file."""
    place = files("guardrail.disclose.visible").joinpath("font/DejaVuSans-Bold.ttf")
    return place.read_bytes()


def _drawn(lines: Sequence[str], font: ImageFont.FreeTypeFont, gap: int) -> Image.Image:
    mask = Image.new("L", _size(lines, font, gap), 0)
    draw = ImageDraw.Draw(mask)
    step = gap + int(_SPACING * gap) + 1
    first = int(_PADDING * gap) + gap
    for number, line in enumerate(lines):
        draw.text((int(_PADDING * gap), first + number * step), line, 255, font, anchor="ls")
    return mask


def _size(lines: Sequence[str], font: ImageFont.FreeTypeFont, gap: int) -> tuple[int, int]:
    wide = max(font.getlength(line) for line in lines)
    step = gap + int(_SPACING * gap) + 1
    # Below the last line there is room for what hangs down from letters.
    return int(wide + 2 * _PADDING * gap) + 1, int(2 * _PADDING * gap) + gap + step * (
        len(lines) - 1
    ) + int(_SPACING * gap / 2)


def _broken(text: str, font: ImageFont.FreeTypeFont, wide: int) -> list[str]:
    """Break lines between words; empty where a word is wider than a line."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if font.getlength(longer) <= wide:
                line = longer
                continue
            if font.getlength(word) > wide:
                return []
            lines.append(line)
            line = word
        lines.append(line)
    return [line for line in lines if line]


def check_letters(text: str) -> None:
    """Make sure that the font has all letters of a text.

    Raises:
        Unlabelled: ``no_letters``.
    """
    if len(text) > _MAX_WORDS or any(one not in "\n " and ord(one) not in _known() for one in text):
        raise Unlabelled("no_letters")


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """Return the code points that the font was cut down to, and some it never had.

    Pillow can't tell which letters a font has: a missing one is drawn as a box, all alike.
    """
    font = _font(24)
    missing = font.getmask("\U0010fffd")
    blank = bytes(missing)
    ranges = (range(0x21, 0x180), range(0x400, 0x500), range(0x2010, 0x2030), range(0x2116, 0x2117))
    return frozenset(
        code
        for one in ranges
        for code in one
        if (drawn := font.getmask(chr(code))).size != missing.size or bytes(drawn) != blank
    )


def _font_for(height: int) -> ImageFont.FreeTypeFont:
    """Return the font in which capital letters have `height` pixels."""
    size = float(height)
    while _capital(font := _font(size)) < height:
        size *= _FONT_STEP
    return font


def _capital(font: ImageFont.FreeTypeFont) -> int:
    _, top, _, bottom = font.getbbox("Н", anchor="ls")
    return int(bottom - top)


@lru_cache(maxsize=64)
def _font(size: float) -> ImageFont.FreeTypeFont:
    # Basic layout: Raqm isn't everywhere, and labels shall look the same.
    return ImageFont.truetype(BytesIO(font_bytes()), size, layout_engine=ImageFont.Layout.BASIC)
