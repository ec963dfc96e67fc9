"""Blocks of WebM and Matroska (RFC 9559, 10): read out of clusters, and written."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import Element, element, elements
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import take
from guardrail.disclose.visible.unlabelled import Unlabelled

TIME = 0xE7
"""Of a cluster."""
KEY = 0x80
"""The flag of a block that nothing before it is needed for."""
_SCALE = 0x2AD7B1
_SIMPLE, _GROUP, _BLOCK, _ENCRYPTED, _DURATION = 0xA3, 0xA0, 0xA1, 0xAF, 0x9B
_ASIDE = frozenset({0xA7, 0xAB, ebml.VOID, ebml.CRC})
"""Of a cluster: where it stands, how long the last one was, nothing, and a checksum."""
_INVISIBLE = 0x08
_CLUSTER_NS = 5_000_000_000
_FARTHEST = 32_000
"""Ticks from a cluster's start to its last block."""
_USUAL_SCALE = 1_000_000
_MOST_BLOCKS = 2_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a track."""

    track: int
    time: int
    """In ticks, from the segment's start."""
    flags: int
    data: bytes
    """Behind the flags."""
    beside: bytes | None = None
    """What a group has beside its block, as it stands; None for one without a group."""
    duration: bytes = b""
    """The element of it, in a group."""

    @property
    def is_shown(self) -> bool:
        """Whether a player shows it."""
        return not self.flags & _INVISIBLE


def longest(scale: int) -> int:
    """Return how many ticks of so many nanoseconds a cluster may last."""
    return min(_FARTHEST, max(1, _CLUSTER_NS // scale))


def scale_of(data: bytes, inside: Sequence[Element]) -> int:
    """Return how many nanoseconds a tick has.

    Args:
        data: the whole file.
        inside: the parts of its segment.

    Raises:
        Unlabelled: ``unreadable``: nothing says it.
    """
    for info in inside:
        if info.kind == ebml.INFO:
            return _number(data, info, _SCALE) or _USUAL_SCALE
    raise Unlabelled("unreadable")


def blocks(data: bytes, inside: Sequence[Element]) -> Iterator[Block]:
    """Yield the blocks of all clusters.

    Args:
        data: the whole file.
        inside: the parts of its segment.

    Raises:
        Unlabelled: ``encrypted``, ``unsupported_layout``, ``too_many_frames``.
        Unmarkable: an element is broken.
    """
    count = 0
    for cluster in inside:
        if cluster.kind != ebml.CLUSTER:
            continue
        start = _number(data, cluster, TIME)
        for one in elements(data, cluster.body, cluster.end):
            if one.kind == _SIMPLE:
                yield _block(data, one, start)
            elif one.kind == _GROUP:
                yield _grouped(data, one, start)
            elif one.kind == _ENCRYPTED:
                raise Unlabelled("encrypted")
            elif one.kind != TIME and one.kind not in _ASIDE:
                raise Unlabelled("unsupported_layout")
            count += 1
            if count > _MOST_BLOCKS:
                raise Unlabelled("too_many_frames")


def _block(
    data: bytes, one: Element, start: int, beside: bytes | None = None, duration: bytes = b""
) -> Block:
    wide = 9 - take(data, one.body, 1)[0].bit_length()
    track = int.from_bytes(take(data, one.body, wide), "big") & ((1 << 7 * wide) - 1)
    head = one.body + wide + 3
    if head > one.end:
        raise Unmarkable("broken_ebml")
    time, flags = struct.unpack(">hB", data[head - 3 : head])
    if start + time < 0:
        raise Unlabelled("unsupported_layout")
    return Block(track, start + time, flags, data[head : one.end], beside, duration)


def _grouped(data: bytes, group: Element, start: int) -> Block:
    parts = [one for one in elements(data, group.body, group.end) if one.kind != ebml.CRC]
    held = [one for one in parts if one.kind == _BLOCK]
    if len(held) != 1:
        raise Unmarkable("broken_ebml")
    beside = b"".join(data[one.start : one.end] for one in parts if one.kind != _BLOCK)
    lasts = b"".join(data[one.start : one.end] for one in parts if one.kind == _DURATION)
    return _block(data, held[0], start, beside, lasts)


def _number(data: bytes, around: Element, kind: int) -> int:
    found = next(ebml.within(data, around, kind), None)
    return ebml.value(data, found) if found is not None else 0


def written(one: Block, time: int) -> bytes:
    """Return a block as it stands in a cluster, `time` ticks behind that one's start."""
    body = ebml.size(one.track) + struct.pack(">hB", time, one.flags) + one.data
    if one.beside is None:
        return element(_SIMPLE, body)
    return element(_GROUP, element(_BLOCK, body), one.beside)
