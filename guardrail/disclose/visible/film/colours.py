"""What a film says of its colours (ITU-T H.273), in its container or else in its H.264 itself.

Frames are decoded by what it says, and encoded by BT.601: that must be said in turn. Where it says
nothing, its numbers pass as they are, and what players guess of them is said.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.disclose.visible.unlabelled import Unlabelled

UNKNOWN = 2
"""Not said."""
BT709, BT601 = 1, 6
_HIGH = 720
"""Lines from which on players take BT.709 for what isn't said."""
_HDR = frozenset({16, 18})
"""Transfers of high dynamic range: PQ and HLG."""
_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""H.264's profiles that say how colours are sampled (7.3.2.1.1)."""
_MANY_COLOURS = frozenset({110, 122, 244})
"""H.264's profiles for more than eight bits, or colours that aren't halved."""
_MOST_ZEROS = 32
_EXTENDED = 255


@dataclass(frozen=True, slots=True)
class Colours:
    """What is said of them; `UNKNOWN` where nothing is."""

    primaries: int = UNKNOWN
    transfer: int = UNKNOWN
    matrix: int = UNKNOWN


def colours(inside: Mapping[bytes, bytes]) -> Colours:
    """Return what is known of the pictures once they are encoded anew.

    Args:
        inside: The boxes of a sample entry of pictures, by their kind.

    Raises:
        Unlabelled: ``unsupported_colours``: more than eight bits, high dynamic range, or colours
            that aren't halved; ``interlaced``.
    """
    own = _of_h264(inside[b"avcC"]) if b"avcC" in inside else None
    if inside.get(b"fiel", b"\1")[:1] != b"\1" or _fields(inside.get(b"hvcC", b"")):
        raise Unlabelled("interlaced")
    found = _told(inside, own)
    if found.transfer in _HDR or any(_is_rich(kind, body) for kind, body in inside.items()):
        raise Unlabelled("unsupported_colours")
    return found


def as_guessed(told: Colours, height: int) -> Colours:
    """Return colours with what players take for what isn't said of pictures of so many lines."""
    usual = BT709 if height >= _HIGH else BT601
    named = told.primaries, told.transfer, told.matrix
    return Colours(*(usual if one == UNKNOWN else one for one in named))


def _told(inside: Mapping[bytes, bytes], own: Colours | None) -> Colours:
    box = inside.get(b"colr", b"")
    if box[:3] == b"ncl" and len(box) >= 10:
        return _encoded(*struct.unpack(">3H", box[4:10]))
    if vp := inside.get(b"vpcC"):
        return _encoded(*vp[7:10]) if len(vp) >= 10 else Colours()
    # HEVC and AV1 may say it in the pictures themselves, by which they were decoded.
    return own or Colours(matrix=BT601)


def _fields(hevc: bytes) -> bool:
    """Tell whether HEVC's parameters say that some of its pictures are interlaced."""
    return len(hevc) > 6 and bool(hevc[6] & 0x40)


def _encoded(primaries: int, transfer: int, matrix: int) -> Colours:
    return Colours(primaries, transfer, UNKNOWN if matrix == UNKNOWN else BT601)


def _is_rich(kind: bytes, body: bytes) -> bool:
    """Tell whether there are more than eight bits of a colour, or more of it than of each second.

    Second pixel, that is: 4:2:0.
    """
    if kind in {b"mdcv", b"clli"}:
        return True
    if kind == b"avcC":
        return body[1:2] in {bytes((one,)) for one in _MANY_COLOURS}
    if kind == b"hvcC":
        return len(body) > 17 and (body[16] & 3 != 1 or bool(body[17] & 7))
    if kind == b"av1C":
        return len(body) > 2 and (body[2] & 0x4C) != 0x0C
    return kind == b"vpcC" and len(body) > 6 and (body[6] >> 4 != 8 or body[6] >> 1 & 7 > 1)


def _of_h264(configuration: bytes) -> Colours:
    """Read the first set of parameters of a sequence (ITU-T H.264, 7.3.2.1.1 and E.1.1).

    Raises:
        Unlabelled: ``unreadable``, ``interlaced``; ``unsupported_layout``: the parameters stand
            among the samples.
    """
    if len(configuration) > 5 and not configuration[5] & 31:
        raise Unlabelled("unsupported_layout")
    try:
        return _parameters(configuration)
    except IndexError:
        raise Unlabelled("unreadable") from None


def _parameters(configuration: bytes) -> Colours:
    size = int.from_bytes(configuration[6:8])
    unit = configuration[8 : 8 + size].replace(b"\0\0\3", b"\0\0")
    bits = _Bits(unit[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.exp()
    if profile in _WITH_CHROMA:
        _skip_chroma(bits)
    bits.exp()
    _skip_order(bits)
    bits.exp()
    bits.take(1)
    bits.exp()
    bits.exp()
    if not bits.take(1):
        raise Unlabelled("interlaced")
    bits.take(1)
    if bits.take(1):
        bits.exps(4)
    return _usability(bits) if bits.take(1) else Colours()


def _skip_chroma(bits: _Bits) -> None:
    form = bits.exp()
    if form == 3:
        bits.take(1)
    bits.exps(2)
    bits.take(1)
    if bits.take(1):
        for one in range(12 if form == 3 else 8):
            if bits.take(1):
                _skip_scaling(bits, 16 if one < 6 else 64)


def _skip_scaling(bits: _Bits, size: int) -> None:
    last = upcoming = 8
    for _ in range(size):
        if upcoming:
            code = bits.exp()
            upcoming = (last + ((code + 1) // 2 if code % 2 else -(code // 2))) % 256
        last = upcoming or last


def _skip_order(bits: _Bits) -> None:
    kind = bits.exp()
    if kind == 0:
        bits.exp()
    elif kind == 1:
        bits.take(1)
        bits.exps(2)
        bits.exps(min(bits.exp(), 255))


def _usability(bits: _Bits) -> Colours:
    if bits.take(1) and bits.take(8) == _EXTENDED:
        bits.take(32)
    if bits.take(1):
        bits.take(1)
    if not bits.take(1):
        return Colours()
    bits.take(4)
    if not bits.take(1):
        return Colours()
    return _encoded(bits.take(8), bits.take(8), bits.take(8))


class _Bits:
    """Bits, one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> int:
        """Return the number that so many bits are."""
        value = 0
        for at in range(self._at, self._at + count):
            value = value << 1 | self._data[at >> 3] >> (7 - at % 8) & 1
        self._at += count
        return value

    def exp(self) -> int:
        """Return a number in Exp-Golomb's code (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MOST_ZEROS:
                raise IndexError
        return (1 << zeros) - 1 + self.take(zeros)

    def exps(self, count: int) -> None:
        """Pass over some."""
        for _ in range(count):
            self.exp()
