"""Whether AAC is HE-AAC: frames that end with data by which a decoder doubles the rate.

Nothing in a header says so. Plain frames before such ones would make players change their rate in
the midst of a sound, which not all of them can.
"""

from __future__ import annotations

from collections.abc import Sequence

_END, _FILL = "111", "110"
_REPLICATION = ("1101", "1110")
"""Kinds of extension (ISO/IEC 14496-3, 4.5.2.8.2): with a checksum, and without."""
_SHORT, _MOST = 15, 269
"""Bytes of a filling element: from the first number on its length has eight bits more."""
_TAIL = _MOST + 4


def is_extended(blocks: Sequence[bytes]) -> bool:
    """Tell whether raw data blocks, one after another from a sound's start, are HE-AAC's.

    Each of them must end as such do: by chance, one in some hundred does.
    """
    return bool(blocks) and all(map(_ends_so, blocks))


def _ends_so(block: bytes) -> bool:
    tail = block[-_TAIL:]
    bits = f"{int.from_bytes(tail, 'big'):0{8 * len(tail)}b}" if tail else ""
    last = len(bits.rstrip("0")) - len(_END)
    # Zeros fill up the last byte.
    return len(bits) - last - len(_END) < 8 and bits[last:].startswith(_END) and _fills(bits, last)


def _fills(bits: str, end: int) -> bool:
    """Tell whether the element that ends there is filled with such data."""
    return any(_is_fill(bits, end - 8 * count, count) for count in range(1, _MOST + 1))


def _is_fill(bits: str, body: int, count: int) -> bool:
    if count < _SHORT:
        head = _FILL + f"{count:04b}"
    else:
        head = _FILL + "1111" + f"{count - _SHORT + 1:08b}"
    start = body - len(head)
    return start >= 0 and bits.startswith(head, start) and bits.startswith(_REPLICATION, body)
