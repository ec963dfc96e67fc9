"""What else stands in a shard's folder: older partial tiles, and what doesn't belong there."""

from __future__ import annotations

import re

from guardrail.verify.report import Files
from guardrail.verify.shard import Shard
from guardrail.verify.state import STAGED, check_staged
from guardrail.verify.tree import WIDTH, joined, leaf_hash, place_of, split_bundle

_KNOWN = {"checkpoint", "key", "state", "minimum-index"}
_BESIDE = re.compile(r"anchors/\d{1,16}\.(?:note|tsr)")


def look_around(shard: Shard, files: Files) -> list[str]:
    """Look for what doesn't belong here, and hold older partial tiles against whole ones.

    Returns:
        The names of tiles and bundles past what the checkpoint covers.
    """
    beyond: list[str] = []
    for full in files.names(f"{shard.name}/"):
        name = full.removeprefix(f"{shard.name}/")
        place = place_of(name)
        if place is not None:
            level, number, width = place
            have = (shard.tree.size >> 8 * max(level, 0)) - WIDTH * number
            if width > have:
                beyond.append(name)
            elif width < min(have, WIDTH):
                _partial(shard, name, level, number, width)
        elif STAGED.fullmatch(name):
            check_staged(shard, name)
        elif name not in _KNOWN and not _BESIDE.fullmatch(name):
            shard.problem(name, "it isn't part of the log")
    return beyond


def _partial(shard: Shard, name: str, level: int, number: int, width: int) -> None:
    """Hold an older state of a tile or bundle against what replaced it."""
    data, tile = shard.read(name), shard.tiles.stored(max(level, 0), number)
    if data is None or tile is None or shard.told_of & {(level, number), (0, number)}:
        return
    entries = split_bundle(data) if level < 0 else []
    if level < 0:
        sound = joined(entries) == data and [leaf_hash(entry) for entry in entries] == tile[:width]
    else:
        sound = data == b"".join(tile[:width])
    if not sound:
        shard.problem(name, "it isn't the beginning of what replaced it")
