"""The tree and its tiles, by the product's own rule and by the verifier's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail import evidence
from guardrail.verify.tree import (
    WIDTH,
    Edge,
    fold,
    joined,
    leaf_hash,
    place_of,
    split_bundle,
    tile_name,
    tree_root,
)


@settings(max_examples=50)
@given(st.integers(0, 1100))
def test_a_tree_that_grows_has_the_products_root_and_its_tiles(size: int) -> None:
    bodies = [b"%d" % number for number in range(size)]
    theirs, edge, tiles = evidence.TileTree(), Edge(), dict[str, bytes]()
    made = theirs.grow(bodies)
    for body in bodies:
        for level, number, hashes in edge.add(leaf_hash(body)):
            tiles[tile_name(level, number)] = b"".join(hashes)
    assert fold(edge.levels) == tree_root([leaf_hash(body) for body in bodies]) == theirs.root()
    whole = [name for name in made if ".p/" not in name and "entries" not in name]
    assert tiles == {name: made[name] for name in whole}


@given(st.sampled_from(["entries", *range(64)]), st.integers(0, 999**5), st.integers(1, WIDTH))
def test_every_tile_is_found_again_by_its_name(level: int | str, number: int, width: int) -> None:
    place = (-1 if level == "entries" else int(level), number, width)
    assert place_of(tile_name(level, number, width)) == place


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/0",
        "tile/0/x000/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000/",
        "tile/entries/000 ",
        "checkpoint",
    ],
)
def test_another_form_of_a_tiles_name_is_none(name: str) -> None:
    assert place_of(name) is None


@given(st.lists(st.binary(max_size=300), max_size=20), st.data())
def test_every_bundle_gives_its_entries_and_one_that_is_cut_gives_fewer(
    entries: list[bytes], data: st.DataObject
) -> None:
    bundle = joined(entries)
    assert split_bundle(bundle) == entries
    cut = bundle[: data.draw(st.integers(0, len(bundle)))]
    found = split_bundle(cut)
    assert found == entries[: len(found)]
    assert (joined(found) == cut) == (len(cut) in ends(entries))


def ends(entries: list[bytes]) -> set[int]:
    """Return the places in a bundle at which an entry ends."""
    return {len(joined(entries[:count])) for count in range(len(entries) + 1)}
