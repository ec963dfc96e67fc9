"""Numbers and slices out of hostile bytes: whatever isn't there is `Uninspectable`."""

from __future__ import annotations

from typing import Literal

from guardrail.detect.media.budget import Uninspectable

Order = Literal["big", "little"]


def take(data: bytes, at: int, size: int) -> bytes:
    """Return `size` bytes of `data` from `at` on.

    Raises:
        Uninspectable: ``truncated``: they aren't all there.
    """
    if at < 0 or size < 0 or at + size > len(data):
        raise Uninspectable("truncated")
    return data[at : at + size]


def number(data: bytes, at: int, size: int, order: Order = "big") -> int:
    """Return the unsigned number of `size` bytes at `at`.

    Raises:
        Uninspectable: ``truncated``: it isn't all there.
    """
    return int.from_bytes(take(data, at, size), order)
