"""WAV files: sound put before their own, byte for byte, all else left as it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from guardrail.disclose.visible.unlabelled import Unlabelled

_MAX_CHUNKS = 1_000
_LONGEST = 0xFFFFFFFE


def samples(wav: bytes) -> bytes:
    """Return what the data chunk holds.

    Raises:
        Unlabelled: ``unreadable``.
    """
    start, size = _data(wav)
    return wav[start : start + size]


def prepended(wav: bytes, more: bytes) -> bytes:
    """Return a file that begins with `more`, of the same sample format.

    Chunks before and after stay: tags among them; but cue points now come earlier than their sound.

    Raises:
        Unlabelled: ``unreadable``; ``unsupported_format``: RF64, or too large for RIFF.
    """
    if wav[:4] != b"RIFF":
        raise Unlabelled("unsupported_format")
    start, size = _data(wav)
    after = wav[start + size :]
    if size % 2:
        after = after[1:]  # a byte that filled up
    longer = size + len(more)
    body = wav[8 : start - 4] + struct.pack("<I", longer) + more + wav[start : start + size]
    body += b"\0" * (longer % 2) + after
    if len(body) > _LONGEST:
        raise Unlabelled("unsupported_format")
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _data(wav: bytes) -> tuple[int, int]:
    for name, start, size in _chunks(wav):
        if name == b"data":
            return start, min(size, len(wav) - start)
    raise Unlabelled("unreadable")


def _chunks(wav: bytes) -> Iterator[tuple[bytes, int, int]]:
    if wav[8:12] != b"WAVE":
        return
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(wav):
            return
        (size,) = struct.unpack_from("<I", wav, at + 4)
        yield wav[at : at + 4], at + 8, size
        at += 8 + size + size % 2
