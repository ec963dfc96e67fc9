"""What an MP4 says of its AAC: a sample entry, and in it a decoder's configuration.

ISO/IEC 14496-14, 5.6; 14496-1, 7.2.6; 14496-3, 1.6.2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.disclose.marks.boxes import Box, boxes
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, take
from guardrail.disclose.visible.aac.encoder import LAYOUTS
from guardrail.disclose.visible.unlabelled import Unlabelled

_ENTRY = 28
"""Bytes of a sample entry of sound before its boxes (14496-12, 12.2.3)."""
_MP4_AUDIO = 0x40
_STREAM, _DECODER, _SPECIFIC = 3, 4, 5
"""Tags of descriptors."""
_BEFORE = {_STREAM: 3, _DECODER: 13}
"""Bytes before what is nested in them."""
_LOW_COMPLEXITY = "00010"
_SYNC, _REPLICATION = "01010110111", "00101"
"""What follows in a configuration where HE-AAC is announced, or denied."""
_LONGEST = 16
_TOLD_RATES = 12
"""Rates that are written as an index; so is one more, which MP4 doesn't have."""


@dataclass(frozen=True, slots=True)
class Sound:
    """AAC-LC, as it can be put before."""

    rate: int
    """Index of the sampling rate."""
    channels: int
    """Their layout."""


def sound_of(data: bytes, listed: Box) -> Sound:
    """Read the one entry of ``stsd``.

    Raises:
        Unlabelled: ``unsupported_format``: it isn't AAC-LC of 1,024 samples in a usual layout, or
            is QuickTime's; ``encrypted``, ``unreadable``.
        Unmarkable: a box is broken.
    """
    entries = list(boxes(data, listed.body + 8, listed.end))
    if len(entries) != 1:
        raise Unlabelled("unsupported_format" if entries else "unreadable")
    entry = entries[0]
    if entry.kind == b"enca":
        raise Unlabelled("encrypted")
    if entry.kind != b"mp4a" or number(data, entry.body + 8, 2):
        raise Unlabelled("unsupported_format")
    inside = {one.kind: one for one in boxes(data, entry.body + _ENTRY, entry.end)}
    if b"esds" not in inside:
        raise Unlabelled("unsupported_format")
    return _sound(_specific(data[inside[b"esds"].body + 4 : inside[b"esds"].end]))


def _specific(told: bytes) -> bytes:
    """Return the decoder's configuration out of nested descriptors."""
    for wanted in (_STREAM, _DECODER, _SPECIFIC):
        if number(told, 0, 1) != wanted:
            raise Unmarkable("broken_box")
        size, at = 0, 1
        for _ in range(4):
            octet = number(told, at, 1)
            size, at = size << 7 | octet & 0x7F, at + 1
            if not octet & 0x80:
                break
        told = take(told, at, size)
        if wanted == _STREAM and number(told, 2, 1) >> 5:
            raise Unlabelled("unsupported_format")  # it depends on another, or is elsewhere
        if wanted == _DECODER and number(told, 0, 1) != _MP4_AUDIO:
            raise Unlabelled("unsupported_format")
        told = told[_BEFORE.get(wanted, 0) :]
    return told


def _sound(configuration: bytes) -> Sound:
    bits = "".join(f"{octet:08b}" for octet in configuration[:_LONGEST])
    if len(bits) < 16:
        raise Unlabelled("unreadable")
    rate, channels = int(bits[5:9], 2), int(bits[9:13], 2)
    # Then: windows of 1,024 samples, no core coder, no extension.
    is_plain = bits.startswith(_LOW_COMPLEXITY) and bits[13:16] == "000"
    if not is_plain or rate > _TOLD_RATES or channels not in LAYOUTS:
        raise Unlabelled("unsupported_format")
    if bits.startswith(_SYNC + _REPLICATION + "1", 16):
        raise Unlabelled("unsupported_format")
    return Sound(rate, channels)
