"""Chance, and the half of all templates and names that it may draw from."""

from __future__ import annotations

import zlib
from functools import cache
from importlib.resources import files
from random import Random

PARTS = ("development", "held-back")
"""Look at the first as you like and choose by it; figures to be told are of the second."""


class Drawing(Random):
    """A seeded source of chance that draws lines from its own half of each file of data."""

    def __init__(self, seed: str, part: str) -> None:
        super().__init__(seed)
        self.part = part

    def lines(self, name: str) -> tuple[str, ...]:
        return half(name, "\n", self.part)

    def line(self, name: str) -> str:
        return self.choice(self.lines(name))

    def blocks(self, name: str) -> tuple[str, ...]:
        """Return what stands between lines of ``%%%``."""
        return half(name, "\n%%%\n", self.part)


@cache
def half(name: str, between: str, part: str) -> tuple[str, ...]:
    """Return those pieces of a file of data that belong to `part`, without remarks."""
    text = files(__package__).joinpath("data", name).read_text("utf-8")
    pieces = [
        piece.strip("\n")
        for piece in text.split(between)
        if piece.strip() and not (between == "\n" and piece.startswith("#"))
    ]
    # By what it says, not by where it stands: a new line moves no other to the other half.
    ordered = sorted(pieces, key=lambda piece: zlib.crc32(piece.encode()))
    first = PARTS.index(part)
    return tuple(piece for piece in ordered if zlib.crc32(piece.encode()) % 2 == first) or tuple(
        ordered
    )
