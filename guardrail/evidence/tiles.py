"""The log as tiles, as C2SP tlog-tiles lays it out: names, bundles, and the tree's growing edge.

A tile holds up to 256 hashes of one level of the tree; a bundle holds up to 256 entries, each
behind its length as uint16. Whole ones never change; one that isn't full is named by its width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from struct import Struct
from typing import TypeAlias

from guardrail.errors import EvidenceError
from guardrail.evidence.tree import EMPTY_ROOT, leaf_hash, node_hash, tree_root

TILE_WIDTH = 256
HASH_BYTES = 32
_LENGTH = Struct(">H")
LENGTH_BYTES = _LENGTH.size
ENTRY_LIMIT = 0xFFFF
"""Bytes of an entry that a bundle has room for."""

Named: TypeAlias = dict[str, bytes]
"""Objects by their names within a shard."""


def tile_name(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return the name of a tile within its shard, as ``tile/0/x001/067`` or ``tile/1/000.p/5``."""
    return f"tile/{level}/{_path(number)}{_partial(width)}"


def bundle_name(number: int, width: int = TILE_WIDTH) -> str:
    """Return the name of a bundle of entries, as ``tile/entries/x001/067``."""
    return f"tile/entries/{_path(number)}{_partial(width)}"


def _path(number: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _partial(width: int) -> str:
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError("a tile has 1 to 256 hashes")
    return "" if width == TILE_WIDTH else f".p/{width}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries in the form of a bundle.

    Raises:
        EvidenceError: one has more than `ENTRY_LIMIT` bytes.
    """
    if max(map(len, entries), default=0) > ENTRY_LIMIT:
        raise _too_large()
    lengths = map(_LENGTH.pack, map(len, entries))
    return b"".join(chain.from_iterable(zip(lengths, entries, strict=True)))


def entries_in(data: bytes) -> tuple[bytes, ...]:
    """Return the entries of a bundle.

    Raises:
        EvidenceError: it ends within an entry.
    """
    return tuple(_entries(data))


def _entries(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise EvidenceError("a bundle ends within an entry", code="evidence_unreadable")
        yield data[start:at]


class TileTree:
    """The right edge of a log: takes entries, gives the objects that they make and the root.

    Holds what isn't a whole tile yet: at most 255 hashes a level and 255 entries.
    """

    __slots__ = ("_bundle", "_levels", "size")

    def __init__(
        self, size: int = 0, levels: Iterable[list[bytes]] = ([],), bundle: Iterable[bytes] = ()
    ) -> None:
        """Begin an empty log, or go on with one.

        Args:
            size: how many entries there are.
            levels: of each level of tiles the hashes that aren't a whole tile yet.
            bundle: the entries that aren't a whole bundle yet.
        """
        self.size = size
        self._levels = [list(hashes) for hashes in levels]
        self._bundle = list(bundle)

    def grow(self, entries: Sequence[bytes], leaves: Sequence[bytes] | None = None) -> Named:
        """Add entries; return the objects to be written: tiles and bundles that are new or larger.

        Args:
            entries: in their order.
            leaves: their leaf hashes, where they are known already.

        Raises:
            EvidenceError: an entry is too large; nothing was added.
        """
        if max(map(len, entries), default=0) > ENTRY_LIMIT:
            raise _too_large()
        made: Named = {}
        hashes = [leaf_hash(entry) for entry in entries] if leaves is None else leaves
        at = 0
        while at < len(entries):
            until = at + TILE_WIDTH - len(self._bundle)
            self._bundle += entries[at:until]
            self._levels[0] += hashes[at:until]
            self.size += len(entries[at:until])
            if len(self._bundle) == TILE_WIDTH:
                self._carry(made)
            at = until
        return made | self._partials(made) if entries else made

    def root(self) -> bytes:
        """Return the root of all entries so far (RFC 6962 section 2.1)."""
        peaks = [
            peak for hashes in reversed(self._levels) for peak in map(tree_root, _powers(hashes))
        ]
        if not peaks:
            return EMPTY_ROOT
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root

    def _carry(self, made: Named) -> None:
        """Make a bundle and a tile of what is whole now, and the tiles above that it fills."""
        made[bundle_name(self.size // TILE_WIDTH - 1)] = bundle(self._bundle)
        self._bundle = []
        level = 0
        while len(self._levels[level]) == TILE_WIDTH:
            hashes, self._levels[level] = self._levels[level], []
            number = (self.size >> 8 * level) // TILE_WIDTH - 1
            made[tile_name(level, number)] = b"".join(hashes)
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(tree_root(hashes))

    def _partials(self, whole: Named) -> Named:
        made: Named = {}
        for level, hashes in enumerate(self._levels):
            if level and not any(part.startswith(f"tile/{level - 1}/") for part in whole):
                break  # nothing came up to here
            if hashes:
                number = (self.size >> 8 * level) // TILE_WIDTH
                made[tile_name(level, number, len(hashes))] = b"".join(hashes)
        if self._bundle:
            name = bundle_name(self.size // TILE_WIDTH, len(self._bundle))
            made[name] = bundle(self._bundle)
        return made


def restored(size: int, read: Callable[[str], bytes | None]) -> TileTree:
    """Return the edge of a log of `size` entries, read from its objects.

    Args:
        size: how many entries.
        read: returns an object by its name within the shard, None for none.

    Raises:
        EvidenceError: an object is missing or has another size.
    """
    width, entries = size % TILE_WIDTH, tuple[bytes, ...]()
    if width:
        name = bundle_name(size // TILE_WIDTH, width)
        entries = entries_in(_whole(name, read))
        if len(entries) != width:
            raise _damaged(name)
    return TileTree(size, _edge(size, read), entries)


def _edge(size: int, read: Callable[[str], bytes | None]) -> Iterator[list[bytes]]:
    level = 0
    while level == 0 or size >> 8 * level:
        count = size >> 8 * level
        hashes: list[bytes] = []
        if width := count % TILE_WIDTH:
            name = tile_name(level, count // TILE_WIDTH, width)
            data = _whole(name, read)
            if len(data) != width * HASH_BYTES:
                raise _damaged(name)
            hashes = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        yield hashes
        level += 1


def _whole(name: str, read: Callable[[str], bytes | None]) -> bytes:
    data = read(name)
    if data is None:
        raise _damaged(name)
    return data


def _powers(hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut into runs of powers of two, the largest first: the peaks of an unfinished tile."""
    at = 0
    for bit in range(TILE_WIDTH.bit_length() - 1, -1, -1):
        if len(hashes) & 1 << bit:
            yield hashes[at : at + (1 << bit)]
            at += 1 << bit


def _too_large() -> EvidenceError:
    return EvidenceError("an entry is too large for a log of tiles")


def _damaged(name: str) -> EvidenceError:
    return EvidenceError(f"{name} is missing or damaged", code="evidence_unreadable")
