"""Frames of raw AAC (ADTS: ISO/IEC 14496-3, 1.A.3)."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import id3
from guardrail.detect.media.octets import take

HEAD = 7
"""Bytes of a header without a checksum."""
_RATES = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip
_LOW_COMPLEXITY = 1
_MOST_TAIL = 256
"""Bytes behind the last frame: an ID3v1 tag."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of AAC-LC, one block of 1024 samples a channel, without a checksum."""

    head: bytes
    block: bytes

    @property
    def rate(self) -> int:
        """Hertz."""
        return _RATES[self.head[2] >> 2 & 15]

    @property
    def channels(self) -> int:
        """Channels, 1 to 6; 8 are told by 7, a layout of its own by 0."""
        return (self.head[2] & 1) << 2 | self.head[3] >> 6

    def with_block(self, block: bytes) -> bytes:
        """Return the frame's bytes with another block in its place."""
        size = HEAD + len(block)
        head = bytearray(self.head)
        head[3] = head[3] & 0xFC | size >> 11
        head[4] = size >> 3 & 0xFF
        head[5] = head[5] & 0x1F | (size & 7) << 5
        return bytes(head) + block


def frames(data: bytes) -> list[Frame]:
    """Return the frames of raw AAC; tags before and behind them are left out.

    Raises:
        Uninspectable: ``cannot_redact``: it isn't all frames of AAC-LC as `Frame` says;
            ``truncated``.
    """
    found: list[Frame] = []
    at = id3.end_of(data)
    while at + HEAD <= len(data) and _is_frame(data, at):
        size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if size <= HEAD:
            break
        found.append(Frame(data[at : at + HEAD], take(data, at + HEAD, size - HEAD)))
        at += size
    if not found or len(data) - at > _MOST_TAIL:
        raise Uninspectable("cannot_redact")
    return found


def _is_frame(data: bytes, at: int) -> bool:
    has_sync = data[at] == 0xFF and data[at + 1] & 0xF7 == 0xF1  # no layer, no checksum
    is_plain = data[at + 2] >> 6 == _LOW_COMPLEXITY and not data[at + 6] & 3  # one block
    return has_sync and is_plain and data[at + 2] >> 2 & 15 < len(_RATES)
