"""C2PA manifests in texts, found but not read: C2PA 2.4, A.8 (invisible) and A.9 (armoured)."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks.found import Found, Layer

_LOW, _HIGH = 0xFE00, 0xE0100
# A zero-width no-break space, then eight bytes "C2PATXT" and zero, each a variation selector.
_START = "\N{ZERO WIDTH NO-BREAK SPACE}" + "".join(
    chr(_LOW + one if one < 16 else _HIGH + one - 16) for one in b"C2PATXT\0"
)
_REST = 5
"""Bytes of version and length."""
_START_OCTETS = _START.encode()
_ARMOURED = b"-----BEGIN C2PA MANIFEST-----"


def may_be_in(data: bytes) -> bool:
    """Tell whether a text is worth reading for manifests."""
    return data.find(_START_OCTETS[0]) >= 0 or _ARMOURED in data


def read(data: bytes) -> Iterator[Found]:
    """Yield the manifests that a text in UTF-8 holds; `valid` tells whether a wrapper is whole."""
    # Few texts hold the first octet of it, which is found sooner than the whole.
    first = data.find(_START_OCTETS[0])
    start = data.find(_START_OCTETS, first) if first >= 0 else -1
    if start >= 0:
        text = data[start:].decode()
        at = len(_START)
        head = _octets(text, at, _REST)
        whole = len(head) == _REST and int.from_bytes(head[1:], "big") <= len(text) - at - _REST
        yield Found(layer=Layer.SIGNED, technique="c2pa:text", valid=None if whole else False)
        return
    if _ARMOURED in data:
        yield Found(layer=Layer.SIGNED, technique="c2pa:armoured")


def _octets(text: str, at: int, size: int) -> bytes:
    """Return the bytes that variation selectors spell: 16 of one block, the rest of another."""
    octets = bytearray()
    for character in text[at : at + size]:
        code = ord(character)
        if _LOW <= code < _LOW + 16:
            octets.append(code - _LOW)
        elif _HIGH <= code < _HIGH + 240:
            octets.append(code - _HIGH + 16)
        else:
            break
    return bytes(octets)
