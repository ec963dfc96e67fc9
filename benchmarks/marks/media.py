"""Media of several sizes, made by code."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import soundfile
from PIL import Image

STEP = 1 << 14
"""Samples written at once: libsndfile's encoder of Vorbis breaks its stack over more."""

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"/>'
)
_WORDS = "Астанада бүгін күн ашық, ертең жаңбыр жауады. "


def picture(kind: str, side: int, *, lossless: bool = False) -> bytes:
    """Return a picture of noise and gradients, as large in bytes as photos are."""
    rng = np.random.default_rng(side)
    ramp = np.linspace(0, 200, side, dtype=np.uint8)
    pixels = ramp[:, None, None] + rng.integers(0, 40, (side, side, 3), np.uint8)
    file = io.BytesIO()
    how = {"lossless": True} if lossless else {}
    Image.fromarray(pixels).save(file, kind, **how)
    return file.getvalue()


def sound(kind: str, subtype: str, seconds: int) -> bytes:
    """Return a tone of 48 kHz."""
    file = io.BytesIO()
    wave = np.sin(np.arange(48_000 * seconds) / 17).astype(np.float32) / 3
    with soundfile.SoundFile(
        file, "w", samplerate=48_000, channels=1, format=kind, subtype=subtype
    ) as out:
        for at in range(0, len(wave), STEP):
            out.write(wave[at : at + STEP])
    return file.getvalue()


def document(pages: int) -> bytes:
    """Return a PDF of pictures."""
    file = io.BytesIO()
    sheets = [Image.new("RGB", (600, 800), (page % 255, 9, 9)) for page in range(pages)]
    sheets[0].save(file, "PDF", save_all=True, append_images=sheets[1:])
    return file.getvalue()


def office(words: int) -> bytes:
    """Return what a word processor's file consists of."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f"<w>{_WORDS * (words // 7)}</w>")
    return file.getvalue()


def page(size: int) -> bytes:
    """Return an HTML page of about `size` bytes."""
    lines = f"<p>{_WORDS}</p>\n" * (size // len(_WORDS.encode()))
    return f"<!doctype html><html><head><title>t</title></head><body>{lines}</body></html>".encode()


def reply(size: int) -> bytes:
    """Return a JSON reply of about `size` bytes."""
    text = _WORDS * (size // len(_WORDS.encode()))
    return f'{{"id":"a","choices":[{{"message":{{"content":"{text}"}}}}]}}'.encode()


def samples() -> dict[str, tuple[bytes, str]]:
    """Return media and what they are said to be, by name."""
    made: dict[str, tuple[bytes, str]] = {}
    for side in (256, 1024, 2048):
        for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
            made[f"{kind.lower()} {side} x {side}"] = picture(kind, side), ""
    for seconds in (3, 60):
        for kind, subtype in (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")):
            made[f"{kind.lower()} {seconds} s"] = sound(kind, subtype, seconds), ""
        for subtype in ("VORBIS", "OPUS"):
            made[f"ogg {subtype.lower()} {seconds} s"] = sound("OGG", subtype, seconds), ""
    for count in (3, 100):
        made[f"pdf {count} pages"] = document(count), ""
    made["docx 2,000 words"] = office(2_000), ""
    for size in (2_000, 200_000):
        made[f"json {size:,} B"] = reply(size), "application/json"
        made[f"html {size:,} B"] = page(size), "text/html"
        text = (_WORDS * (size // len(_WORDS.encode()))).encode()
        made[f"text {size:,} B"] = text, "text/plain"
        made[f"markdown {size:,} B"] = text, "text/markdown"
    return made
