"""Whether a video has a sound track, by its container: MP4, QuickTime, Matroska, WebM, AVI."""

from __future__ import annotations

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import boxes

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT, _TRACKS, _TRACK, _TYPE = 0x18538067, 0x1654AE6B, 0xAE, 0x83
"""Elements of Matroska (RFC 9559, 5.1)."""
_SOUND = 2
_INSIDE = {_SEGMENT, _TRACKS, _TRACK}
_MOST = 20_000


def has_sound(data: bytes) -> bool:
    """Tell whether there is a sound track. What can't be walked counts as one: nobody heard it."""
    try:
        if data.startswith(_EBML):
            return _matroska(data)
        if data[:4] == b"RIFF":
            return b"auds" in data[: 1 << 16]  # in a stream's header, ahead of the film
        if data[4:8] == b"ftyp" or data[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"}:
            return _iso(data)
    except Uninspectable:
        return True
    return True


def _iso(data: bytes) -> bool:
    """Look for a handler ``soun`` (ISO/IEC 14496-12, 8.4.3)."""
    return any(
        part.kind == b"hdlr" and data[part.body + 8 : part.body + 12] == b"soun"
        for part in boxes.walk(data)
    )


def _matroska(data: bytes) -> bool:
    """Walk the segment and its tracks; clusters are stepped over."""
    at, seen_tracks = 0, False
    for _ in range(_MOST):
        if at >= len(data):
            break
        name, body = _vint(data, at, keep=True)
        length, body = _vint(data, body, keep=False)
        if name == _TYPE and length == 1 and data[body : body + 1] == bytes((_SOUND,)):
            return True
        seen_tracks |= name == _TRACKS
        unknown = length < 0
        if unknown and name not in _INSIDE:
            break  # a live stream's cluster: the tracks come before the first
        at = body if name in _INSIDE else body + length
    return not seen_tracks


def _vint(data: bytes, at: int, *, keep: bool) -> tuple[int, int]:
    """Return a number of 1 to 8 bytes (RFC 8794, 4) and where it ends; -1 for an unknown size."""
    first = data[at : at + 1]
    if not first or not first[0]:
        raise Uninspectable("truncated")
    width = 9 - first[0].bit_length()
    raw = data[at : at + width]
    if len(raw) < width:
        raise Uninspectable("truncated")
    value = int.from_bytes(raw)
    if keep:
        return value, at + width
    value &= (1 << 7 * width) - 1
    return (-1 if value == (1 << 7 * width) - 1 else value), at + width
