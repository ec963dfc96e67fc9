"""The track of pictures of a WebM or Matroska film, and the same one for pictures in VP9."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import Element, element, elements, unsigned
from guardrail.disclose.visible.film.colours import (
    BT601,
    BT709,
    UNKNOWN,
    Colours,
    as_guessed,
    colours,
)
from guardrail.disclose.visible.unlabelled import Unlabelled

NUMBER = 0xD7
_CODEC, _PRIVATE, _VIDEO, _COLOUR = 0x86, 0x63A2, 0xE0, 0x55B0
_ENCODINGS, _ENCRYPTION = 0x6D80, 0x5035
_TIMES = 0x23314F
_KEPT = frozenset(
    {NUMBER, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x55AB, 0x55AC, 0x55AD, 0x55AE, 0x55AF, 0x9C,
     0x6DE7, 0x6DF8, 0x23E383, 0x536E, 0x22B59C, 0x22B59D, _TIMES}
)  # fmt: skip
"""Of a track, what is as true of other pictures: numbers, flags, durations, names, languages."""
_GONE = frozenset({_CODEC, _PRIVATE, 0x258688, _VIDEO, ebml.VOID, ebml.CRC})
_ZERO = frozenset({0x55EE, 0x56AA, 0x56BB})
"""Of a track, what must say nothing: additions to blocks, delays of a coding."""
_INTERLACED, _WIDTH, _HEIGHT = 0x9A, 0xB0, 0xBA
_VIDEO_KEPT = frozenset({_INTERLACED, 0x9D, _WIDTH, _HEIGHT, 0x54B0, 0x54BA, 0x54B2, 0x54B3})
_VIDEO_GONE = frozenset({_COLOUR, ebml.VOID, ebml.CRC})
_VIDEO_ZERO = frozenset({0x53B8, 0x53C0, 0x53B9, 0x54AA, 0x54BB, 0x54CC, 0x54DD})
"""Two eyes' pictures, transparency, and margins that are cut away."""
_MATRIX, _TRANSFER, _PRIMARIES, _BITS, _RANGE = 0x55B1, 0x55BA, 0x55BB, 0x55B2, 0x55B9
_HDR = frozenset({0x55D0, 0x55BC, 0x55BD})
_HALVED = (0x55B3, 0x55B4)
_CODECS: Mapping[str, bytes] = {
    "V_VP8": b"",
    "V_VP9": b"",
    "V_AV1": b"av1C",
    "V_MPEG4/ISO/AVC": b"avcC",
    "V_MPEGH/ISO/HEVC": b"hvcC",
}
"""Codec → the box of MP4 whose content it has as its own."""
_SHORT_MATRICES = {5: BT601, BT601: BT601, BT709: BT709, UNKNOWN: UNKNOWN}
"""Matrices that VP9 can say, or that are the same as one."""
_VP9_SYNC = b"\x49\x83\x42"
_ONE = (struct.pack(">f", 1), struct.pack(">d", 1))


@dataclass(frozen=True, slots=True)
class Pictures:
    """The track of pictures."""

    entry: Element
    number: int
    codec: str
    width: int
    height: int
    colours: Colours
    """What the new pictures are to say."""

    def shows(self, frame: bytes) -> bool:
        """Tell whether a frame is to be seen: some of VP8's aren't (RFC 6386, 9.1)."""
        return self.codec != "V_VP8" or bool(frame[:1] and frame[0] & 0x10)


def pictures(data: bytes, entry: Element, number: int, frame: bytes) -> Pictures:
    """Read a track of pictures.

    Args:
        data: the whole file.
        entry: the track's.
        number: by which blocks name it.
        frame: its first one.

    Raises:
        Unlabelled: ``unsupported_codec``, ``unsupported_colours``, ``interlaced``, ``encrypted``,
            ``unsupported_layout``, ``unreadable``.
        Unmarkable: an element is broken.
    """
    parts = _parts(data, entry)
    if any(True for one in ebml.within(data, entry, _ENCODINGS, 0x6240, _ENCRYPTION)):
        raise Unlabelled("encrypted")
    _check(data, parts, _KEPT | _GONE, _ZERO)
    if _CODEC not in parts or _VIDEO not in parts:
        raise Unlabelled("unreadable")
    codec = ebml.text(data, parts[_CODEC])
    if codec not in _CODECS:
        raise Unlabelled("unsupported_codec")
    if _TIMES in parts and data[parts[_TIMES].body : parts[_TIMES].end] not in _ONE:
        raise Unlabelled("unsupported_layout")
    video = parts[_VIDEO]
    shape = _parts(data, video)
    _check(data, shape, _VIDEO_KEPT | _VIDEO_GONE, _VIDEO_ZERO)
    if number_of(data, video, _INTERLACED) == 1:
        raise Unlabelled("interlaced")
    width, height = number_of(data, video, _WIDTH), number_of(data, video, _HEIGHT)
    private = data[parts[_PRIVATE].body : parts[_PRIVATE].end] if _PRIVATE in parts else b""
    told = _colours(_colour(data, shape), codec, private, frame)
    return Pictures(entry, number, codec, width, height, as_guessed(told, height))


def anew(data: bytes, track: Pictures) -> bytes:
    """Return the track's entry for pictures in VP9."""
    parts = _parts(data, track.entry)
    kept = b"".join(data[one.start : one.end] for kind, one in parts.items() if kind in _KEPT)
    shape = b"".join(
        data[one.start : one.end]
        for kind, one in _parts(data, parts[_VIDEO]).items()
        if kind in _VIDEO_KEPT
    )
    told = track.colours
    shade = element(
        _COLOUR,
        unsigned(_MATRIX, told.matrix),
        unsigned(_RANGE, 1),
        unsigned(_TRANSFER, told.transfer),
        unsigned(_PRIMARIES, told.primaries),
    )
    return element(0xAE, kept, element(_CODEC, b"V_VP9"), element(_VIDEO, shape, shade))


def number_of(data: bytes, around: Element, kind: int, usual: int = 0) -> int:
    """Return the unsigned number of an element within another; `usual` where it isn't there."""
    found = next(ebml.within(data, around, kind), None)
    return usual if found is None else ebml.value(data, found)


def _parts(data: bytes, around: Element) -> dict[int, Element]:
    found = list(elements(data, around.body, around.end))
    parts = {one.kind: one for one in found}
    padding = sum(one.kind in {ebml.VOID, ebml.CRC} for one in found)
    if len(parts) < len(found) - max(0, padding - 1):
        raise Unlabelled("unsupported_layout")  # of two of a kind one would be lost
    return parts


def _check(
    data: bytes, parts: Mapping[int, Element], known: frozenset[int], zero: frozenset[int]
) -> None:
    """Make sure that nothing is lost of what is told."""
    for kind, one in parts.items():
        if kind not in known and not (kind in zero and ebml.value(data, one) == 0):
            raise Unlabelled("unsupported_layout")


def _colour(data: bytes, shape: Mapping[int, Element]) -> Colours:
    """Return what the container says."""
    one = shape.get(_COLOUR)
    if one is None:
        return Colours()
    told = {inner.kind: inner for inner in elements(data, one.body, one.end)}
    is_whole = any(kind in told and not ebml.value(data, told[kind]) for kind in _HALVED)
    if told.keys() & _HDR or number_of(data, one, _BITS) > 8 or is_whole:
        raise Unlabelled("unsupported_colours")
    return Colours(*(number_of(data, one, kind, UNKNOWN)
                     for kind in (_PRIMARIES, _TRANSFER, _MATRIX)))  # fmt: skip


def _colours(container: Colours, codec: str, private: bytes, frame: bytes) -> Colours:
    """Return what is known of the pictures once they are encoded anew.

    They are decoded by the container's matrix or their own: VP9's by its own alone.
    """
    own = _of_vp9(frame) if codec == "V_VP9" else container.matrix
    said = struct.pack(">4sHHHB", b"nclx", container.primaries, container.transfer, own, 0)
    inside = {b"colr": said} if codec == "V_VP9" or container != Colours() else {}
    if private and _CODECS[codec]:
        inside[_CODECS[codec]] = private
    told = colours(inside) if inside else Colours()
    if codec != "V_VP9" or own != UNKNOWN:
        return told
    if container.matrix not in _SHORT_MATRICES:
        raise Unlabelled("unsupported_colours")
    return replace(told, matrix=_SHORT_MATRICES[container.matrix])


def _of_vp9(frame: bytes) -> int:
    """Return BT.601 where VP9's first frame tells any matrix: it is decoded by that.

    Raises:
        Unlabelled: ``unsupported_colours``: more than eight bits, or colours that aren't halved.
    """
    bits = f"{int.from_bytes(frame[:5], 'big'):040b}"
    # Marker, profile 0, not one shown again, a key frame; shown, resilient; and a code.
    if not (bits.startswith("100000") and frame[1:4] == _VP9_SYNC and len(frame) > 4):
        raise Unlabelled("unsupported_colours")
    return BT601 if int(bits[32:35], 2) else UNKNOWN
