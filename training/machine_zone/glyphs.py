"""Draws the 37 characters of machine-readable zones (ICAO Doc 9303-3, 4.3) from a font of OCR-B.

    apt-get download fonts-ocr-b && dpkg-deb -x fonts-ocr-b_*.deb FOLDER
    python -m training.machine_zone.glyphs FOLDER/usr/share/fonts/opentype/ocr-b/OCRB.otf \
        guardrail/detect/media/pictures/data/ocr_b.json

That font is Matthew Skala's, after Norbert Schwarz's: both let everybody use it, change it and pass
it on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
WIDTH, HEIGHT = 16, 22
"""Pixels; a character takes the width."""
FINER = 8
_BASE = 2
"""Pixels beneath the line that characters stand on."""
_BLUR = 0.8
_ADVANCE = 0.72296875
"""Of the font's size."""


def drawn(font: Path) -> dict[str, str]:
    """Return each character as rows of ink from top to bottom, a digit of base 16 for a pixel."""
    size = FINER * WIDTH / _ADVANCE
    face = ImageFont.truetype(str(font), size)
    return {one: _drawn(one, face) for one in CHARACTERS}


def _drawn(character: str, face: ImageFont.FreeTypeFont) -> str:
    image = Image.new("L", (FINER * WIDTH, FINER * HEIGHT), 0)
    place = (0, FINER * (HEIGHT - _BASE))
    ImageDraw.Draw(image).text(place, character, font=face, fill=255, anchor="ls")
    fine = np.asarray(image, np.float32)
    ink = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.GaussianBlur(ink, (0, 0), _BLUR), np.float32)
    return "".join(f"{round(float(pixel) / 17):x}" for pixel in soft.ravel())


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(
        json.dumps({"width": WIDTH, "height": HEIGHT, "ink": drawn(Path(sys.argv[1]))}, indent=1)
        + "\n",
        "utf-8",
    )
