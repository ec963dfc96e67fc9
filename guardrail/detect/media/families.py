"""Media whose container is shared by many: what stands inside tells which it is."""

from __future__ import annotations

import re

from guardrail.detect.media.layouts import id3, png
from guardrail.detect.media.medium import Kind, Medium
from guardrail.detect.media.weak_marks import mpeg_sound

_IMAGE, _SOUND, _VIDEO = Kind.IMAGE, Kind.SOUND, Kind.VIDEO
_DOCUMENT, _ARCHIVE, _DATA = Kind.DOCUMENT, Kind.ARCHIVE, Kind.DATA

_BRANDS = {
    b"heic": "heic", b"heix": "heic", b"heim": "heic", b"heis": "heic", b"hevc": "heic-sequence",
    b"mif1": "heif", b"msf1": "heif-sequence", b"avif": "avif", b"avis": "avif",
    b"jp2 ": "jp2", b"jpx ": "jpx", b"crx ": "x-canon-cr3",
}  # fmt: skip
_GENERAL = frozenset({b"mif1", b"msf1"})
"""Brands of pictures of any coding: the compatible ones tell which."""
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"F4A ", b"aax "})
_HANDLER = re.compile(rb"hdlr.{8}(vide|soun)", re.DOTALL)
"""What a track holds (ISO/IEC 14496-12, 8.4.3)."""
_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"
_ASF_VIDEO = b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b"
"""The stream type of video; the objects of the header come first."""
_HEAD = 4096
_JUNK = 1024
"""Bytes that readers accept before ``%PDF-`` (ISO 32000-1, H.3.4.1, note 13)."""
_HEADER = re.compile(rb"%PDF-[12]\.[0-9]")


def _tagged(data: bytes) -> Medium | None:
    """Tell MPEG audio and AAC behind their tags."""
    if not data.startswith(b"ID3"):
        return None
    return mpeg_sound(data[id3.end_of(data) :]) or Medium(_SOUND, "audio/mpeg")


def _png(data: bytes) -> Medium | None:
    if not data.startswith(png.SIGNATURE):
        return None
    pixels = data.find(b"IDAT")
    animated = data.find(b"acTL", 0, pixels if pixels >= 0 else None) >= 0
    return Medium(_IMAGE, "image/apng" if animated else "image/png")


def _bmp(data: bytes) -> Medium | None:
    header = int.from_bytes(data[14:18], "little")
    if data[:2] == b"BM" and header in {12, 16, 40, 52, 56, 64, 108, 124}:
        return Medium(_IMAGE, "image/bmp")
    return None


def _ico(data: bytes) -> Medium | None:
    count = int.from_bytes(data[4:6], "little")
    if data[:4] not in {b"\0\0\1\0", b"\0\0\2\0"} or not 0 < count <= 256:
        return None
    first = int.from_bytes(data[18:22], "little")
    named = "image/vnd.microsoft.icon" if data[2] == 1 else "image/x-win-bitmap"
    return Medium(_IMAGE, named) if first >= 6 + 16 * count else None


_RIFF = {
    b"WEBP": Medium(_IMAGE, "image/webp"),
    b"WAVE": Medium(_SOUND, "audio/wav"),
    b"AVI ": Medium(_VIDEO, "video/x-msvideo"),
    b"RMID": Medium(_SOUND, "audio/midi"),
}


def _container(data: bytes) -> Medium | None:
    if data[:4] in {b"RIFF", b"RF64", b"RIFX", b"BW64"}:
        return _RIFF.get(data[8:12])
    if data[:4] == b"FORM" and data[8:12] in {b"AIFF", b"AIFC"}:
        return Medium(_SOUND, "audio/aiff")
    return None


def _boxed(data: bytes) -> Medium | None:
    if data[4:8] in _QUICKTIME:
        return Medium(_VIDEO, "video/quicktime")
    return _branded(data) if data[4:8] == b"ftyp" else None


def _branded(data: bytes) -> Medium:
    size = min(int.from_bytes(data[:4], "big"), 256)
    major = data[8:12]
    brands = [data[at : at + 4] for at in range(16, size, 4)] if major in _GENERAL else []
    for brand in (*brands, major):
        if brand in _BRANDS:
            return Medium(_IMAGE, f"image/{_BRANDS[brand]}")
    if major == b"qt  ":
        return Medium(_VIDEO, "video/quicktime")
    handlers = set(_HANDLER.findall(data))
    if major in _SOUND_BRANDS or (b"soun" in handlers and b"vide" not in handlers):
        return Medium(_SOUND, "audio/mp4")
    return Medium(_VIDEO, "video/3gpp" if major[:2] == b"3g" else "video/mp4")


def _ogg(data: bytes) -> Medium | None:
    if not data.startswith(b"OggS"):
        return None
    moving = b"\x80theora" in data[:_HEAD] or b"OVP80" in data[:_HEAD]
    return Medium(_VIDEO, "video/ogg") if moving else Medium(_SOUND, "audio/ogg")


_CODEC = re.compile(rb"\x86.([AV])_[A-Z]", re.DOTALL)
"""The kind of a track by its CodecID (RFC 9559, 5.1.4.1.21)."""


def _ebml(data: bytes) -> Medium | None:
    if not data.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    named = "webm" if b"webm" in data[:64] else "matroska"
    codecs = set(_CODEC.findall(data[: 1 << 16]))
    return (
        Medium(_SOUND, f"audio/{named}") if codecs == {b"A"} else Medium(_VIDEO, f"video/{named}")
    )


def _asf(data: bytes) -> Medium | None:
    if not data.startswith(_ASF):
        return None
    moving = _ASF_VIDEO in data[: 1 << 16]
    return Medium(_VIDEO, "video/x-ms-wmv") if moving else Medium(_SOUND, "audio/x-ms-wma")


_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_STATED = re.compile(
    rb"mimetype(application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]+))", re.DOTALL
)
_NAMED = re.compile(rb"PK\x03\x04.{22}(.{2}).{2}", re.DOTALL)
_MOST_NAMES = 512


def _zip(data: bytes) -> Medium | None:
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return Medium(_ARCHIVE, "application/zip") if data.startswith(b"PK\x05\x06") else None


def _zipped(data: bytes) -> Medium:
    stated = _STATED.match(data[30:160])
    if stated:
        return Medium(_DOCUMENT, stated[1].decode())
    names = _names(data)
    if b"[Content_Types].xml" in names:
        for start, mime in _OFFICE:
            if any(name.startswith(start) for name in names):
                return Medium(_DOCUMENT, mime)
        return Medium(_DOCUMENT, "application/vnd.openxmlformats-officedocument")
    if names and all(name.endswith(b".npy") for name in names):
        return Medium(_DATA, "application/x-npz")
    return Medium(_ARCHIVE, "application/zip")


def _names(data: bytes) -> list[bytes]:
    """Return the names in the local headers of a ZIP file, the first ones."""
    names = []
    for match in _NAMED.finditer(data):
        names.append(data[match.end() : match.end() + int.from_bytes(match[1], "little")])
        if len(names) >= _MOST_NAMES:
            break
    return names


def _pdf(data: bytes) -> Medium | None:
    if _HEADER.search(data[: _JUNK + 8]):
        return Medium(_DOCUMENT, "application/pdf")
    return None


FAMILIES = (_tagged, _png, _bmp, _ico, _container, _boxed, _ogg, _ebml, _asf, _zip, _pdf)
"""Each returns a medium or None."""
