from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.ole import MAGIC, CompoundFile

Compound = Callable[..., bytes]


def _streams(data: bytes) -> list[tuple[str, bytes]]:
    return list(CompoundFile(data, Budget()).streams())


def test_streams_are_read_in_any_order_of_their_sectors(compound: Compound) -> None:
    large, small = bytes(range(256)) * 20, b"short"
    data = compound({"WordDocument": large, "Data": small})
    assert _streams(data) == [("WordDocument", large), ("Data", small)]
    assert _streams(compound({"Data": large}, scattered=True)) == [("Data", large)]


def test_a_chain_that_comes_back_is_a_verdict(compound: Compound) -> None:
    data = bytearray(compound({"Data": bytes(5000)}))
    table = 512
    for at in range(0, 512, 4):
        data[table + at : table + at + 4] = (2).to_bytes(4, "little")
    with pytest.raises(Uninspectable, match="broken_ole"):
        _streams(bytes(data))


def test_what_isnt_a_compound_file_is_a_verdict() -> None:
    for data in (b"", MAGIC, MAGIC + bytes(600)):
        with pytest.raises(Uninspectable):
            _streams(data)


def test_more_tables_than_sectors_are_a_verdict(compound: Compound) -> None:
    data = bytearray(compound({"Data": bytes(5000)}))
    data[76 : 76 + 436] = bytes(436)
    with pytest.raises(Uninspectable, match="broken_ole"):
        _streams(bytes(data))
