from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.embedded import embedded
from guardrail.detect.media.containers.part import Part
from guardrail.detect.media.layouts.png import chunk


def png(side: int = 4, seed: int = 0) -> bytes:
    """Return a square grey PNG with a gradient."""
    rows = b"".join(
        b"\0" + bytes((seed + x * 7 + y * 13) % 256 for x in range(side)) for y in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class Look:
    """Opens a container and says what came of it."""

    def __init__(self) -> None:
        self.budget = Budget()

    def parts(self, data: bytes, mime: str) -> list[Part]:
        return list(embedded(data, mime, self.budget))

    def names(self, data: bytes, mime: str) -> list[str]:
        return [part.name for part in self.parts(data, mime)]

    def reason(self, data: bytes, mime: str, budget: Budget | None = None) -> str:
        """Return why it is uninspectable, or nothing where it isn't."""
        try:
            list(embedded(data, mime, budget or self.budget))
        except Uninspectable as error:
            return error.reason
        return ""


def broken(data: bytes, step: int) -> Iterator[bytes]:
    """Yield every truncation, and every byte flipped in three ways, `step` bytes apart."""
    for at in range(0, len(data), step):
        yield data[:at]
        for mask in (0xFF, 0x01, 0x80):
            yield data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


@pytest.fixture
def look() -> Look:
    return Look()


@pytest.fixture
def picture() -> bytes:
    return png()


@pytest.fixture
def survives(look: Look) -> Callable[..., None]:
    """Return what opens every broken version of a container: each yields parts or a verdict."""

    def check(data: bytes, mime: str, step: int = 1) -> None:
        for version in broken(data, step):
            look.reason(version, mime)

    return check


_FREE, _LAST, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _numbers(numbers: list[int], size: int = 512) -> bytes:
    return b"".join(one.to_bytes(4, "little") for one in numbers).ljust(size, b"\xff")


def _directory_entry(name: str, kind: int, first: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + bytes([kind, 1])
    return (
        head + b"\xff" * 12 + bytes(36) + first.to_bytes(4, "little") + size.to_bytes(8, "little")
    )


def _compound(streams: dict[str, bytes], *, scattered: bool = False) -> bytes:
    """Return a compound file of 512-byte sectors ([MS-CFB]): tables, directory, streams."""
    small = b"".join(
        one.ljust(-(-len(one) // 64) * 64, b"\0") for one in streams.values() if len(one) < 4096
    )
    tables = -(-(sum(map(len, streams.values())) // 512 + 12 + len(streams)) // 120)
    table: list[int] = [_TABLE] * tables
    sectors: list[bytes] = []

    def add(content: bytes) -> int:
        count = -(-len(content) // 512) or 1
        first = len(table)
        order = [first + index for index in range(count)]
        if scattered and count > 2:
            order[1:] = reversed(order[1:])
        table.extend([_FREE] * count)
        sectors.extend([b""] * count)
        for index, (sector, after) in enumerate(zip(order, [*order[1:], _LAST], strict=True)):
            table[sector] = after
            sectors[sector - tables] = content[index * 512 : index * 512 + 512].ljust(512, b"\0")
        return first

    entries, mini, at = [], [], 0
    for name, content in streams.items():
        if len(content) >= 4096:
            entries.append(_directory_entry(name, 2, add(content), len(content)))
            continue
        entries.append(_directory_entry(name, 2, at, len(content)))
        count = -(-len(content) // 64)
        mini += [*range(at + 1, at + count), _LAST]
        at += count
    root = add(small) if small else _LAST
    mini_table = add(_numbers(mini, -(-len(mini) // 128) * 512)) if small else _LAST
    directory = add(b"".join([_directory_entry("Root Entry", 5, root, len(small)), *entries]))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\x06\0"
    header += bytes(10) + _numbers([tables, directory, 0, 4096, mini_table, 1, _LAST, 0], 32)
    return (
        header
        + _numbers(list(range(tables)), 436)
        + _numbers(table, tables * 512)
        + b"".join(sectors)
    )


@pytest.fixture
def compound() -> Callable[..., bytes]:
    return _compound
