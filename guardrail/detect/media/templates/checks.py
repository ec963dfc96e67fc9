"""What must follow the marks of a record for it to be one: versions, lengths, counts, parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from guardrail.detect.media.templates.ansi_nist import ansi_nist, ansi_nist_xml, cbeff_xml
from guardrail.detect.media.templates.rows import NOTHING, Fit, Layout, Match, Row
from guardrail.detect.media.templates.tlv import (
    biometric_group,
    biometric_information,
    displayed,
    extensible,
)

_SURE = Match(Fit.SURE)
_LIKELY = Match(Fit.LIKELY)
_VERSION = re.compile(rb"[ 0][0-9]{2}\0")
_SMALLEST = 15
"""Bytes of the shortest header of a record."""


def record(data: bytes, at: int, row: Row) -> Match:
    """Check a record of ISO/IEC 19794 or ANSI INCITS: version, length of all, count of samples."""
    if not _VERSION.match(data, at + 4):
        return NOTHING
    version = data[at + 4 : at + 7].decode("ascii")
    layouts = [one for one in row.layouts if one["version"] == version]
    for one in layouts:
        if _is_whole(data, at, one):
            return Match(Fit.SURE, standard=one.get("standard", ""))
    return _LIKELY if layouts else NOTHING


def _is_whole(data: bytes, at: int, layout: Layout) -> bool:
    """Tell whether the data holds as much as the record says, and at least one sample."""
    length = _field(data, at, layout["length"])
    count = _field(data, at, layout["count"]) if "count" in layout else 1
    return _SMALLEST <= length <= len(data) - at and 0 < count <= length // 2


def _field(data: bytes, at: int, place: list[int]) -> int:
    start = at + place[0]
    return int.from_bytes(data[start : start + place[1]], "big")


def signature_series(data: bytes, at: int, _row: Row) -> Match:
    """Check ISO/IEC 19794-7:2007, which has no length: its channels must include X and Y."""
    channels = data[at + 8 : at + 10]
    if channels[:1] == b"\0":
        channels = data[at + 9 : at + 11]
    fits = len(channels) == 2 and channels[0] & 0xC0 == 0xC0 and len(data) - at > 24
    return _SURE if fits else _LIKELY


_WSQ_TABLES = frozenset({0xA4, 0xA5, 0xA6, 0xA7, 0xA8})
_WSQ_FRAME = 0xA2


def wsq(data: bytes, at: int, _row: Row) -> Match:
    """Walk the segments of a WSQ picture (IAFIS-IC-0110 part 2) up to its frame header."""
    place = at + 2
    for _ in range(64):
        marker, length = data[place : place + 2], int.from_bytes(data[place + 2 : place + 4], "big")
        if len(marker) < 2 or marker[0] != 0xFF or length < 2:
            return NOTHING
        if marker[1] == _WSQ_FRAME:
            # length 2, black, white, then rows and columns
            sides = data[place + 6 : place + 8], data[place + 8 : place + 10]
            return _SURE if length == 17 and all(any(side) for side in sides) else NOTHING
        if marker[1] not in _WSQ_TABLES:
            return NOTHING
        place += 2 + length
        if place >= len(data):
            return _LIKELY
    return NOTHING


_PIV_TYPES = {
    (0x001B, 0x0201): "finger minutiae",
    (0x001B, 0x0401): "finger image",
    (0x001B, 0x0501): "face image",
    (0x0101, 0x0009): "iris image",
    (0x001B, 0x0009): "iris image",
}
_PIV_HEADER = 88


def piv(data: bytes, at: int, _row: Row) -> Match:
    """Check the 88 bytes of a header of NIST SP 800-76-2, 9: its lengths are the data's."""
    if len(data) - at < _PIV_HEADER:
        return NOTHING
    block = int.from_bytes(data[at + 2 : at + 6], "big")
    signature = int.from_bytes(data[at + 6 : at + 8], "big")
    owner = int.from_bytes(data[at + 8 : at + 10], "big")
    modality = _PIV_TYPES.get((owner, int.from_bytes(data[at + 10 : at + 12], "big")))
    if modality is None or block == 0 or _PIV_HEADER + block + signature != len(data) - at:
        return NOTHING
    return Match(Fit.SURE, (modality,))


_REACH = 1 << 16
"""Bytes in which the fields of a template of minutiae stand."""


def sourceafis(data: bytes, at: int, _row: Row) -> Match:
    """Check a template that SourceAFIS wrote in CBOR: its fields follow each other."""
    place = at
    for field in (b"\x6apositionsY", b"\x6adirections", b"\x65types"):
        place = data.find(field, place, place + _REACH)
        if place < 0:
            return NOTHING
    return _SURE if b"width" in data[max(0, at - 64) : at] else NOTHING


_LIST = rb"\s*:\s*\[[-+0-9.eE,\s]*\]"
_FIELDS = re.compile(
    rb'"positionsX"' + _LIST + rb'\s*,\s*"positionsY"' + _LIST + rb'\s*,\s*"directions"' + _LIST
)


def sourceafis_json(data: bytes, at: int, _row: Row) -> Match:
    """Check a template that older versions of SourceAFIS wrote in JSON."""
    return _SURE if _FIELDS.match(data, at, at + 4 * _REACH) else NOTHING


_MINUTIA = re.compile(
    rb'"minutiae"\s*:\s*\[\s*\{\s*"x"\s*:\s*[0-9]+\s*,\s*"y"\s*:\s*[0-9]+\s*,'
    rb'\s*"(?:direction|angle|theta)"\s*:\s*[-0-9.eE]+'
)


def minutiae_json(data: bytes, at: int, _row: Row) -> Match:
    """Check a list of minutiae in JSON: places and directions."""
    return _SURE if _MINUTIA.match(data, at, at + 256) else NOTHING


CHECKS: Mapping[str, Callable[[bytes, int, Row], Match]] = {
    "record": record,
    "signature_series": signature_series,
    "extensible": extensible,
    "biometric_group": biometric_group,
    "biometric_information": biometric_information,
    "displayed": displayed,
    "wsq": wsq,
    "ansi_nist": ansi_nist,
    "ansi_nist_xml": ansi_nist_xml,
    "cbeff_xml": cbeff_xml,
    "piv": piv,
    "sourceafis": sourceafis,
    "sourceafis_json": sourceafis_json,
    "minutiae_json": minutiae_json,
}
"""Each takes the data, where the row's bytes stand, and the row; none raises."""
