"""The tree (RFC 6962) and its tiles (C2SP tlog-tiles)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from guardrail.verify.notes import Checkpoint

WIDTH = 256  # hashes of a whole tile, entries of a whole bundle
UNREAD = bytes(32)  # stands for a leaf hash that nobody knows
_TILE = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x\d{3}/){0,4}\d{3})(?:\.p/(\d{1,3}))?"
)


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """Return the root over hashes of one level; the last one that has no pair goes up as it is."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        odd = hashes[len(hashes) & ~1 :]
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return hashes[0]


def fold(levels: Iterable[list[bytes]]) -> bytes:
    """Return a tree's root from what isn't a whole tile yet, of each level from the leaves up."""
    rest: list[bytes] = []
    for hashes in levels:
        rest = [tree_root(hashes + rest)] if hashes or rest else []
    return tree_root(rest)


def tile_name(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return the name of a tile, or (level `entries`) of a bundle."""
    digits = f"{number:0{-(-len(str(number)) // 3) * 3}d}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else "")


def place_of(name: str) -> tuple[int, int, int] | None:
    """Return level (-1: entries), number and width that a tile's name tells."""
    match = _TILE.fullmatch(name)
    if match is None:
        return None
    number, width = int(re.sub("[x/]", "", match[2])), int(match[3] or WIDTH)
    if not 1 <= width <= WIDTH or tile_name(match[1], number, width) != name:
        return None
    return -1 if match[1] == "entries" else int(match[1]), number, width


class Edge:
    """A tree that grows by leaf hashes; holds what isn't a whole tile yet, of each level."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]
        self.size = 0

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
        """Add a leaf hash; give level, number and hashes of the tiles that are whole with it."""
        self.size += 1
        for level in range(64):
            self.levels[level].append(leaf)
            if len(self.levels[level]) < WIDTH:
                return
            hashes, self.levels[level] = self.levels[level], []
            yield level, (self.size >> 8 * (level + 1)) - 1, hashes
            leaf = tree_root(hashes)
            self.levels += [[]] if level + 1 == len(self.levels) else []


class Tiles:
    """A shard's stored tiles, and whether the signed root vouches for one."""

    def __init__(self, read: Callable[[str], bytes | None], tree: Checkpoint) -> None:
        self._read, self._tree = read, tree
        self._last: dict[int, tuple[int, list[bytes] | None]] = {}

    def stored(self, level: int, number: int, width: int = 0) -> list[bytes] | None:
        """Return the first `width` hashes of a tile (0: all), unless it is missing or malformed."""
        have = min(WIDTH, (self._tree.size >> 8 * level) - WIDTH * number)
        data = self._read(tile_name(level, number, have)) if have > 0 else None
        if data is None and 0 < have < WIDTH:  # the log may have grown meanwhile
            data = self._read(tile_name(level, number))
        elif data is not None and len(data) != 32 * have:
            return None
        if data is None or len(data) < 32 * have:
            return None
        return [data[at : at + 32] for at in range(0, 32 * (width or have), 32)]

    def root(self, size: int) -> bytes | None:
        """Return the root that the tree had at `size` by its tiles, None if they aren't there."""
        counts = [size >> 8 * level for level in range(8) if size >> 8 * level]
        levels = [
            self.stored(level, count // WIDTH, count % WIDTH) if count % WIDTH else []
            for level, count in enumerate(counts)
        ]
        whole = [hashes for hashes in levels if hashes is not None]
        return fold(whole) if len(whole) == len(levels) else None

    def trusted(self, level: int, number: int) -> list[bytes] | None:
        """Return a tile's hashes if the signed root vouches for them."""
        if level in self._last and self._last[level][0] == number:
            return self._last[level][1]
        hashes = self.stored(level, number)
        if hashes is not None and len(hashes) == WIDTH:
            above = self.trusted(level + 1, number // WIDTH)
            if above is None or above[number % WIDTH] != tree_root(hashes):
                hashes = None
        elif hashes is not None and self.root(self._tree.size) != self._tree.root:
            hashes = None
        self._last[level] = number, hashes
        return hashes


def split_bundle(bundle: bytes) -> list[bytes]:
    """Return a bundle's entries, each of which stands behind its length as uint16."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries if at == len(bundle) else entries[:-1]


def joined(entries: Iterable[bytes]) -> bytes:
    """Return entries as the bundle of them."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
