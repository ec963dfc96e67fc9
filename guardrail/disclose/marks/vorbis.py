"""Vorbis comments, as FLAC, Ogg Vorbis and Opus hold them: a list of ``NAME=value``.

https://xiph.org/vorbis/doc/v-comment.html. ``AIGC`` in one isn't of the TC260 guide, which doesn't
know these formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Unmarkable
from guardrail.disclose.marks.octets import number, patched, sized

_NAME = b"AIGC="
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Comments:
    counted: int
    """Where their number stands."""
    places: tuple[tuple[int, int], ...]
    """Where each length field stands, and where the comment ends."""


def empty(vendor: bytes = b"") -> bytes:
    """Return a list without comments."""
    return len(vendor).to_bytes(4, "little") + vendor + bytes(4)


def read(data: bytes, at: int = 0) -> Iterator[Found]:
    """Yield the marks in the list that starts at `at`.

    Raises:
        Unmarkable: ``truncated`` or ``too_many_parts``.
    """
    for start, end in _comments(data, at).places:
        if _is_own(data, start):
            yield aigc.read(_value(data, start, end))


def written(data: bytes, claim: Claim, at: int = 0) -> bytes:
    """Return `data` with the label in the list that starts at `at`.

    Raises:
        Unmarkable: as `read`; ``too_large``.
    """
    held = _comments(data, at)
    for start, end in held.places:
        if not _is_own(data, start):
            continue
        before = _value(data, start, end)
        after = aigc.merged(before, claim.aigc)
        if after == before:
            return data
        return patched(data, [(start, end, _comment(after))])
    count = sized(len(held.places) + 1, 4, "little")
    last = held.places[-1][1] if held.places else held.counted + 4
    return patched(
        data, [(held.counted, held.counted + 4, count), (last, last, _comment(claim.aigc))]
    )


def _comments(data: bytes, at: int) -> _Comments:
    counted = at + 4 + number(data, at, 4, "little")
    count = number(data, counted, 4, "little")
    if count > _MOST:
        raise Unmarkable("too_many_parts")
    places = []
    start = counted + 4
    for _ in range(count):
        end = start + 4 + number(data, start, 4, "little")
        if end > len(data):
            raise Unmarkable("truncated")
        places.append((start, end))
        start = end
    return _Comments(counted, tuple(places))


def _comment(value: str) -> bytes:
    body = _NAME + value.encode()
    return len(body).to_bytes(4, "little") + body


def _is_own(data: bytes, start: int) -> bool:
    # Names don't tell case.
    return data[start + 4 : start + 4 + len(_NAME)].upper() == _NAME


def _value(data: bytes, start: int, end: int) -> str:
    return data[start + 4 + len(_NAME) : end].decode("utf-8", "replace")
