"""Raw AAC: frames that each begin with a header, ADTS (ISO/IEC 13818-7, 6.2). Marks are ID3's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
         8_000, 7_350)  # fmt: skip
"""Hertz, by their index."""
HEAD = 7
"""Bytes of a header."""
LOW_COMPLEXITY = 1
"""The profile that nearly all sound has."""
_CHECKED = 2
"""More bytes of a header with a checksum."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a frame."""

    start: int
    end: int
    """Behind the frame."""
    body: int
    """Where the frame's own bytes start."""
    profile: int
    rate: int
    """Index in `RATES`."""
    channels: int
    """As ISO/IEC 14496-3 (1.6.3.5) numbers their layouts; 0: the frames tell."""
    blocks: int
    """Of 1,024 samples each."""
    fixed: bytes
    """What all frames of a stream have in common, in its place, all else zero."""

    @property
    def is_checked(self) -> bool:
        """Whether frames have checksums."""
        return not self.fixed[1] & 1


def header(data: bytes, at: int) -> Header | None:
    """Return the header of the frame at `at`, which may end beyond `data`; None for none."""
    head = data[at : at + HEAD]
    if len(head) < HEAD or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate, size = head[2] >> 2 & 15, (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    body = HEAD + (0 if head[1] & 1 else _CHECKED)
    if rate >= len(RATES) or size < body:
        return None
    return Header(
        start=at,
        end=at + size,
        body=at + body,
        profile=head[2] >> 6,
        rate=rate,
        channels=(head[2] & 1) << 2 | head[3] >> 6,
        blocks=(head[6] & 3) + 1,
        fixed=head[:3] + bytes((head[3] & 0xF0,)),
    )


def frames(data: bytes, at: int = 0) -> Iterator[Header]:
    """Yield the frames that follow one another from `at` on, as far as they are whole."""
    while (found := header(data, at)) is not None and found.end <= len(data):
        yield found
        at = found.end


def begins(data: bytes, at: int = 0) -> bool:
    """Tell whether a stream begins at `at`: two frames of one kind, or one and nothing else."""
    first = header(data, at)
    if first is None or first.end > len(data):
        return False
    after = data[first.end : first.end + HEAD]
    if len(after) < HEAD:
        return first.fixed.startswith(after[:2])
    second = header(data, first.end)
    return second is not None and second.fixed == first.fixed
