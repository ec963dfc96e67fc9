"""What a medium is, as far as marks go: by its content; texts, by what they are said to be."""

from __future__ import annotations

import re
from functools import lru_cache

from guardrail.disclose.marks import adts, matroska, streams
from guardrail.disclose.marks.boxes import Box, boxes
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.id3 import tag_of

_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = (b"RIFF", b"RF64", b"BW64")
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_RIFFS = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_PICTURES = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic",
             b"heix": "image/heic", b"hevc": "image/heic", b"mif1": "image/heif",
             b"msf1": "image/heif"}  # fmt: skip
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = b"application/vnd.oasis.opendocument."
_ZIP = b"PK\x03\x04"
_HEAD = 4_096

_SAME = {
    "application/xhtml+xml": "text/html",
    "text/x-markdown": "text/markdown",
    "text/json": "application/json",
    "application/ndjson": "application/x-ndjson",
    "application/jsonl": "application/x-ndjson",
    "application/x-json-stream": "application/x-ndjson",
    "application/stream+json": "application/x-ndjson",
}
_TEXTS = frozenset(
    {
        *("text/html", "text/markdown", "text/plain", "application/json", "image/svg+xml"),
        *("application/x-ndjson", "text/event-stream"),
    }
)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<!--.{0,1000}?-->\s*+)?<(?:!doctype\s+html|html)\b",
                   re.IGNORECASE | re.DOTALL)  # fmt: skip
_SVG = re.compile(rb"<(?:\w{1,16}:)?svg[\s>]")
_OBJECT = re.compile(rb"\s*+(?:\[\s*+)?\{\s*+[\"}]")
_LINES = re.compile(rb"\s*+\{[^\r\n]*\}[ \t]*+\r?\n\s*+\{[\"}]")
_EVENTS = re.compile(rb"(?:\xef\xbb\xbf)?(?:: ?guardrail-disclosure |"
                     rb"(?:(?:event|id|retry|):[^\r\n]*+\s++)*+data:)")  # fmt: skip


def sniff(data: bytes, declared: str = "") -> str:
    """Return a media type; empty where nothing tells.

    What the content tells goes before what is declared. A text tells little: what is declared
    decides between texts, and nothing that isn't declared is plain text.
    """
    found = _binary(data)
    if found:
        return found
    stated = _stated(declared)
    return _text(data) if stated is None else stated


@lru_cache(maxsize=64)  # a service declares a few
def _stated(declared: str) -> str | None:
    """Return what a type that is declared makes of a text; None where its content has to tell."""
    stated = declared.partition(";")[0].strip().lower()
    stated = _SAME.get(stated, stated)
    if stated.endswith("+json"):
        return "application/json"
    if stated in _TEXTS:
        return stated
    return "" if stated and stated != "application/octet-stream" else None


def _binary(data: bytes) -> str:
    known = _by_magic(data) if _BINARY.match(data) else ""
    if known:
        return known
    return "application/vnd.amazon.eventstream" if streams.begins_message(data) else ""


def _by_magic(data: bytes) -> str:
    """Return what the first bytes tell, or what stands behind them."""
    known = next((mime for magic, mime in _MAGICS if data.startswith(magic)), "")
    if known:
        return known
    if data.startswith(_RIFF):
        return _RIFFS.get(data[8:12], "")
    if data[4:8] in _BOXES:
        return _movie(data)
    if data.startswith((b"ID3", b"\xff")) and _is_sound(data):
        return _sound(data)
    return next((tell(data) for magic, tell in _TELLING if data.startswith(magic)), "")


def _movie(data: bytes) -> str:
    """Return what the brands say: pictures, or else sound and moving pictures."""
    try:
        first = next(boxes(data), Box(b"", 0, 0, 0))
    except Unmarkable:
        return ""
    if first.kind != b"ftyp":
        return "video/quicktime"
    listed = data[first.body : min(first.end, first.body + 128)]
    brands = [listed[:4], *(listed[at : at + 4] for at in range(8, len(listed), 4))]
    if brands[0] in _PICTURES:
        named = next((_PICTURES[one] for one in brands if one in {b"avif", b"heic"}), "")
        return named or _PICTURES[brands[0]]
    return {b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}.get(brands[0], "video/mp4")


def _is_sound(data: bytes) -> bool:
    return data.startswith(b"ID3") or _is_mp3(data) or adts.begins(data)


def _is_mp3(data: bytes) -> bool:
    """Tell whether a frame of layer III begins here (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return False
    return data[1] & 0x18 != 0x08 and data[2] >> 4 not in {0, 15} and data[2] & 0x0C != 0x0C


def _sound(data: bytes) -> str:
    """Return what a stream of frames is, behind a tag ID3v2 where there is one."""
    try:
        tag = tag_of(data)
    except Unmarkable:
        return "audio/mpeg"
    if tag is not None and data.startswith(b"fLaC", tag.end):
        return "audio/flac"
    return "audio/aac" if adts.begins(data, tag.end if tag else 0) else "audio/mpeg"


def _document(data: bytes) -> str:
    """Return what the first entries of a ZIP archive tell it to be."""
    head = data[:_HEAD]
    if head[30:38] == b"mimetype":
        size = int.from_bytes(head[28:30], "little")
        mime = head[38 + size :].partition(b"PK")[0].strip()
        return "application/vnd.oasis.opendocument" if mime.startswith(_ODF) else ""
    # The entry's name stands in the directory at the end, wherever the entry does.
    return _OOXML if b"[Content_Types].xml" in data else ""


_TELLING = ((_ZIP, _document), (matroska.MAGIC, matroska.kind))
"""How families of media begin → what tells which of them it is."""
_BINARY = re.compile(
    b"|".join(
        (
            *(re.escape(magic) for magic, _ in (*_MAGICS, *_TELLING)),
            *map(re.escape, (*_RIFF, b"ID3", b"\xff")),
            b"[\\s\\S]{4}(?:" + b"|".join(_BOXES) + b")",
        )
    )
)
"""How any of them begins: no text but a few does."""


def _text(data: bytes) -> str:
    head = data[:_HEAD]
    if _HTML.match(head):
        return "text/html"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _SVG.search(head):
        return "image/svg+xml"
    if _EVENTS.match(head):
        return "text/event-stream"
    if _LINES.match(data):
        return "application/x-ndjson"
    return "application/json" if _OBJECT.match(head) else ""
