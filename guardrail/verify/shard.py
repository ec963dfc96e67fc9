"""A shard: its checkpoint, its bundles of entries, and its tiles."""

from __future__ import annotations

import re
from collections.abc import Callable

from guardrail.verify.copies import Copy
from guardrail.verify.differing import differing
from guardrail.verify.entries import Entry, read_entry
from guardrail.verify.findings import Findings, read_object
from guardrail.verify.notes import Checkpoint, Key, open_checkpoint
from guardrail.verify.report import Asked, Files, Wrong
from guardrail.verify.tree import (
    UNREAD,
    WIDTH,
    Edge,
    Tiles,
    fold,
    joined,
    leaf_hash,
    place_of,
    split_bundle,
    tile_name,
)

Take = Callable[[str, int, bytes, Entry | None], None]
"""Gets where an entry stands, its index, leaf hash, and the entry if it can be read."""


class Shard:
    """Checks one shard; `take` gets all its entries in their order."""

    def __init__(self, files: Files, name: str, findings: Findings, asked: Asked) -> None:
        self.name = name
        self._files, self._findings, self._asked = files, findings, asked
        self.entries = self.erased = 0
        self.minimum = 0
        self.checkpoint: Checkpoint | None = None
        self.tree = Checkpoint(name, 0, b"")
        self.tiles = Tiles(self.read, self.tree)
        self.sure = True  # whether all leaf hashes are known
        self.damaged = False  # whether anything was told of
        self.told_of: set[tuple[int, int]] = set()  # levels and numbers of tiles

    def read(self, name: str) -> bytes | None:
        """Return an object of this shard, None where there is none."""
        return read_object(self._files, f"{self.name}/{name}", self._findings)

    def problem(self, name: str, what: str, entry: Entry | None = None) -> None:
        """Tell of something wrong with an object of this shard."""
        self.damaged = True
        if (place := place_of(name)) is not None:
            self.told_of.add(place[:2])
        self._findings.problem(f"{self.name}/{name}", what, entry)

    def open(self, key: Key | None) -> None:
        """Read the checkpoint, how many entries there are, and from which one on."""
        note = self.read("checkpoint")
        try:
            if key is not None:
                self.checkpoint = open_checkpoint(note, key)
        except Wrong as error:
            self.problem("checkpoint", str(error))
        size = self._observed()
        self.tree = self.checkpoint or Checkpoint(self.name, size, b"")
        if self.tree.size > size and self._asked.span is None:
            self.problem("checkpoint", f"it covers {self.tree.size} entries; {size} are here")
            self.tree = Checkpoint(self.name, size, b"")
        self.tiles = Tiles(self.read, self.tree)
        self._read_minimum()

    def _observed(self) -> int:
        """Return how many entries the names of bundles and lowest tiles speak of."""
        most = count = 0
        for folder in ("tile/entries/", "tile/0/"):
            for name in self._files.names(f"{self.name}/{folder}"):
                place = place_of(name.removeprefix(f"{self.name}/"))
                most = max(most, WIDTH * place[1] + place[2] if place else 0)
                count += 1
        return min(most, WIDTH * count)  # a name alone may speak of anything

    def _read_minimum(self) -> None:
        data = self.read("minimum-index")
        if data is None:
            return
        if not re.fullmatch(rb"(0|[1-9][0-9]{0,15})\n?", data) or int(data) > self.tree.size:
            self.problem("minimum-index", "it isn't the index of an entry")
        else:
            self.minimum = int(data)

    def walk(self, take: Take, copies: list[Copy]) -> None:
        """Give all entries to `take`; hold tiles and roots, the copies' too, against them."""
        edge = Edge()
        copies = sorted(copies, key=lambda copy: copy.size)
        size = self.tree.size
        for number in range(-(-size // WIDTH)):
            width = min(WIDTH, size - WIDTH * number)
            hashes = self._block(number, width, take, (0, size))
            for leaf in hashes:
                for level, at, whole in edge.add(leaf):
                    self._compare_tile(level, at, whole)
                while copies and copies[0].size <= edge.size:
                    self._compare_root(copies.pop(0), fold(edge.levels))
            if self._asked.progress:
                self._asked.progress(edge.size, size)
        for level, hashes in enumerate(edge.levels):
            if hashes:
                self._compare_tile(level, (size >> 8 * level) // WIDTH, hashes)
        if self.checkpoint is not None and self.tree is self.checkpoint:
            signed = Copy(f"{self.name}/checkpoint", size, self.tree.root)
            self._compare_root(signed, fold(edge.levels))
        for copy in copies:
            self._findings.problem(copy.where, f"it saw {copy.size} entries; {size} are here")

    def walk_span(self, take: Take, copies: list[Copy]) -> None:
        """The same for a part of the entries, by the tiles above them."""
        first, last = self._asked.span or (0, -1)
        last = min(last, self.tree.size - 1)
        if self.tiles.root(self.tree.size) != self.tree.root:
            self.problem("tile", "the tiles don't give the root that was signed")
        for number in range(first // WIDTH, last // WIDTH + 1):
            width = min(WIDTH, self.tree.size - WIDTH * number)
            if self.tiles.trusted(0, number) is None:
                self.problem(tile_name(0, number, width), "it isn't under the root that was signed")
            self._block(number, width, take, (first, last + 1))
            if self._asked.progress:
                self._asked.progress(min(last, WIDTH * number + width) - first, last + 1 - first)
        for copy in copies:
            if copy.size > self.tree.size:
                self._findings.problem(
                    copy.where, f"it saw {copy.size} entries; {self.tree.size} are here"
                )
            elif (root := self.tiles.root(copy.size)) is None:
                self._findings.problem(
                    copy.where, "the tiles that it takes to compare it aren't here"
                )
            else:
                self._compare_root(copy, root)

    def _block(self, number: int, width: int, take: Take, span: tuple[int, int]) -> list[bytes]:
        """Check a bundle and its tile; return the leaf hashes."""
        name, lowest = tile_name("entries", number, width), tile_name(0, number, width)
        data = self.read(name)
        if data is None and width < WIDTH:
            data = self.read(tile_name("entries", number))
        entries = split_bundle(data or b"")
        hashes = [leaf_hash(entry) for entry in entries]
        tile = self.tiles.stored(0, number)
        first = WIDTH * number
        if tile is None:
            self.problem(lowest, "it is missing or has the wrong size")
        if data is None and first + width <= self.minimum:
            self.erased += width
        elif data is None:
            self.problem(name, "it is missing")
        elif tile is not None and hashes[:width] != tile:
            tile = self._differing(number, name, lowest, hashes, tile)
        elif joined(entries) != data or len(entries) not in {width, WIDTH}:
            self.problem(name, "it holds more than its entries")
        leaves = tile or hashes[:width]
        self.sure = self.sure and len(leaves) == width
        leaves = leaves + [UNREAD] * (width - len(leaves))
        for at, leaf in enumerate(leaves):
            if span[0] <= first + at < span[1]:
                sound = at < len(hashes) and hashes[at] == leaf
                self._take(name, first + at, entries[at] if sound else None, leaf, take)
        return leaves

    def _take(self, name: str, index: int, body: bytes | None, leaf: bytes, take: Take) -> None:
        entry = None
        if body is not None:
            self.entries += 1
            try:
                entry = read_entry(body, leaf, index)
            except Wrong as error:
                self.problem(name, f"entry {index}: {error}")
        take(f"{self.name}/{name}", index, leaf, entry)

    def _differing(
        self, number: int, name: str, lowest: str, hashes: list[bytes], tile: list[bytes]
    ) -> list[bytes] | None:
        """Tell which of bundle and tile was changed; return the tile's hashes if it wasn't that."""
        if self.tiles.trusted(0, number) is None:
            self.problem(lowest, "it doesn't hold the hashes of the entries")
            return None
        self.problem(name, differing(tile, hashes, WIDTH * number))
        return tile

    def _compare_tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        name = tile_name(level, number, len(hashes))
        if level == 0 or not self.sure:
            return  # the lowest level is held against the entries, bundle by bundle
        stored = self.tiles.stored(level, number)
        if stored is None:
            self.problem(name, "it is missing or has the wrong size")
        elif stored != hashes:
            self.problem(name, "it doesn't hold the hashes of the level below")

    def _compare_root(self, copy: Copy, root: bytes) -> None:
        if root == copy.root or not self.sure:
            return
        if copy.where == f"{self.name}/checkpoint":
            self.problem("checkpoint", "the entries don't give the root that was signed")
        else:
            what = (
                f"history was rewritten after it: the first {copy.size} entries aren't those it saw"
            )
            self._findings.problem(copy.where, what)
