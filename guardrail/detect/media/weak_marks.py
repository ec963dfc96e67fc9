"""Media that bear only weak marks, which other data could bear too."""

from __future__ import annotations

import re

from guardrail.detect.media.medium import Kind, Medium

_SOUND, _VIDEO, _DATA = Kind.SOUND, Kind.VIDEO, Kind.DATA
_HEAD = 4096

_RECORD = re.compile(rb"(?:FMR|FIR|FAC|IIR|FSP|FSK|VIR|HND|SDI|SPD|VDI|DNA)\0[ 0][0-9]{2}\0")


_ANSI_NIST = re.compile(rb"1\.0{0,2}1:[0-9]{1,10}\x1d")
_SIZE = rb"(?:[\0-\x7f]|\x81.|\x82..|\x83...)"
_IN_BER = re.compile(
    rb"(?:[\x63\x75\x76]" + _SIZE + rb")?\x7f[\x60\x61]" + _SIZE + rb"[\x02\xa1]"
    rb"|[\x60-\x7e]" + _SIZE + rb"\xa0\x07\x80\x01\x03\x81\x02\x07"
    rb"|[\x65\x67]" + _SIZE + rb"\x02\x01.\x5f[\x40\x43]",
    re.DOTALL,
)
"""Data groups of travel documents and ISO/IEC 39794."""


def _template(data: bytes) -> Medium | None:
    if _RECORD.match(data):
        return Medium(Kind.TEMPLATE, "application/x-iso-19794")
    if _ANSI_NIST.match(data):
        return Medium(Kind.TEMPLATE, "application/x-ansi-nist")
    if _IN_BER.match(data):
        return Medium(Kind.TEMPLATE, "application/x-biometric-ber")
    if b"\x6apositionsX" in data[:128]:
        return Medium(Kind.TEMPLATE, "application/x-sourceafis")
    return None


def mpeg_sound(data: bytes) -> Medium | None:
    """Return MPEG audio or AAC in ADTS, told by two frames, the second where the first ends."""
    if data[:1] != b"\xff" or len(data) < 8:
        return None
    if data[1] & 0xF6 == 0xF0:
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        follows = data[size : size + 2] == data[:2] or size == len(data)
        return Medium(_SOUND, "audio/aac") if size > 7 and follows else None
    size = _mpeg_frame(data)
    if data[1] & 0xE0 == 0xE0 and size and (data[size : size + 1] == b"\xff" or size == len(data)):
        return Medium(_SOUND, "audio/mpeg")
    return None


_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS = {
    (True, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Thousand bits a second, of MPEG-1 or later, by layer bits (ISO/IEC 11172-3, 2.4.2.3)."""


def _mpeg_frame(data: bytes) -> int:
    """Return the size of the MPEG audio frame at the start; 0 where there is none."""
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    bits, rate = data[2] >> 4, data[2] >> 2 & 3
    if version == 1 or layer == 0 or bits in {0, 15} or rate == 3:
        return 0
    speed = _BITS[version == 3, layer][bits - 1] * 1000
    padding = data[2] >> 1 & 1
    if layer == 3:
        return (12 * speed // _RATES[version][rate] + padding) * 4
    samples = 72 if layer == 1 and version != 3 else 144
    return samples * speed // _RATES[version][rate] + padding


def _transport(data: bytes) -> Medium | None:
    for first, step in ((0, 188), (4, 192)):
        marks = data[first : first + 5 * step : step]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return Medium(_VIDEO, "video/mp2t")
    return None


def _pickle(data: bytes) -> Medium | None:
    if data[:1] == b"\x80" and data[1:2] in {b"\2", b"\3", b"\4", b"\5"} and data.endswith(b"."):
        return Medium(_DATA, "application/x-pickle")
    return None


_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,64}:)?([A-Za-z_][\w.-]{0,64})")


def _markup(data: bytes) -> Medium | None:
    head = _plain(data[:_HEAD]).lstrip()
    if not head.startswith(b"<"):
        return None
    lower = head.lower()
    if lower.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return Medium(Kind.MARKUP, "text/html")
    tag = _TAG.search(head)
    name = tag[1].lower() if tag else b""
    if name == b"svg":
        return Medium(Kind.MARKUP, "image/svg+xml")
    if name in {b"nistbiometricinformationexchangepackage", b"bir"}:
        return Medium(Kind.TEMPLATE, "application/xml")
    if lower.startswith(b"<?xml") or (tag and b"xmlns" in lower):
        return Medium(Kind.MARKUP, "text/html" if name == b"html" else "application/xml")
    return None


def _plain(head: bytes) -> bytes:
    """Return the ASCII of the beginning of a text in UTF-8 or UTF-16."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[:4] in {b"<\0?\0", b"\0<\0?", b"<\0s\0"}:
        return head.replace(b"\0", b"").lstrip(b"\xff\xfe")
    return head.removeprefix(b"\xef\xbb\xbf")


WEAK_MARKS = (_template, mpeg_sound, _transport, _pickle, _markup)
"""Each returns a medium or None."""
