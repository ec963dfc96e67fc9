"""ID3 tags, which stand before MPEG audio and raw AAC (ID3v2.4 structure, 3.1)."""

from __future__ import annotations

_MARK = b"ID3"
_HEAD = 10
_HAS_FOOT = 0x10
_MOST = 8


def end_of(data: bytes) -> int:
    """Return where the tags at the beginning end; 0 where there is none."""
    at = 0
    for _ in range(_MOST):
        head = data[at : at + _HEAD]
        if not head.startswith(_MARK) or len(head) < _HEAD:
            break
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += _HEAD + size + (_HEAD if head[5] & _HAS_FOOT else 0)
    return min(at, len(data))
