from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import Room


def test_what_is_unpacked_adds_up() -> None:
    room = Room(b"", Budget(unpacked_bytes=100))
    room.unpack(60, 60)
    assert room.left == 40
    with pytest.raises(Uninspectable, match="too_many_unpacked_bytes"):
        room.unpack(41, 41)


def test_growth_is_bounded_once_it_is_large() -> None:
    room = Room(b"", Budget(ratio=10))
    room.unpack(1 << 20, 1)
    with pytest.raises(Uninspectable, match="compressed_too_much"):
        room.unpack((1 << 20) + 1, 100_000)
