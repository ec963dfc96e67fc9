import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Named,
    TileTree,
    Tree,
    bundle,
    bundle_name,
    entries_in,
    inclusion_proof,
    leaf_hash,
    restored,
    tile_name,
    tree_root,
    verify_inclusion,
)

SIZES = [*range(1, 20), 255, 256, 257, 511, 512, 513, 600, 1023, 1025]
LARGE = 256 * 256 + 3


def entry(n: int) -> bytes:
    return b"entry %d" % n


LEAVES = [leaf_hash(entry(n)) for n in range(max(SIZES))]


def hashes_in(tile: bytes) -> list[bytes]:
    return [tile[at : at + 32] for at in range(0, len(tile), 32)]


def grown(*sizes: int) -> tuple[TileTree, Named]:
    """A tree that had each of these sizes, and all that it ever made."""
    tree, objects = TileTree(), Named()
    for size in sizes:
        objects |= tree.grow([entry(n) for n in range(tree.size, size)])
    return tree, objects


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "000"), (5, "005"), (255, "255"), (999, "999"), (1000, "x001/000"),
        (1234067, "x001/x234/067"), (999_999, "x999/999"), (1_000_000, "x001/x000/000"),
    ],
)  # fmt: skip
def test_names_are_those_of_c2sp_tlog_tiles(number: int, path: str) -> None:
    assert tile_name(0, number) == f"tile/0/{path}"
    assert tile_name(63, number, 7) == f"tile/63/{path}.p/7"
    assert bundle_name(number) == f"tile/entries/{path}"
    assert bundle_name(number, 255) == f"tile/entries/{path}.p/255"


@pytest.mark.parametrize("width", [-1, 0, 257])
def test_no_tile_has_another_width_than_1_to_256(width: int) -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        tile_name(0, 0, width)
    with pytest.raises(ValueError, match="1 to 256"):
        bundle_name(0, width)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_every_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert entries_in(bundle(entries)) == tuple(entries)


def test_a_bundle_is_lengths_in_two_bytes_and_entries() -> None:
    assert bundle([b"", b"abc"]) == b"\0\0\0\3abc"
    assert entries_in(bundle([b"x" * 0xFFFF])) == (b"x" * 0xFFFF,)


def test_an_entry_that_a_length_cant_tell_is_refused_and_nothing_is_added() -> None:
    with pytest.raises(EvidenceError, match="too large"):
        bundle([b"x" * 0x10000])
    tree, _ = grown(3)
    with pytest.raises(EvidenceError, match="too large"):
        tree.grow([b"fine", b"x" * 0x10000])
    assert (tree.size, tree.root()) == (3, tree_root(LEAVES[:3]))


@given(st.data(), st.lists(st.binary(max_size=20), min_size=1, max_size=9))
def test_a_bundle_that_is_cut_short_is_refused_or_has_fewer_entries(
    data: st.DataObject, entries: list[bytes]
) -> None:
    whole = bundle(entries)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        assert entries_in(cut) == tuple(entries)[: len(entries_in(cut))] != tuple(entries)
    except EvidenceError as error:
        assert error.code == "evidence_unreadable"  # noqa: PT017 - one of two outcomes


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_of_any_size_has_the_root_of_the_definition(size: int) -> None:
    tree, _ = grown(size)
    assert (tree.size, tree.root()) == (size, tree_root(LEAVES[:size]))


def test_a_tree_without_entries_has_the_empty_root_and_makes_nothing() -> None:
    tree = TileTree()
    assert tree.root() == tree_root([])
    assert tree.grow([]) == {}
    assert restored(0, lambda _: None).root() == tree_root([])


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_however_a_tree_grows_what_it_made_last_is_what_one_step_makes(steps: list[int]) -> None:
    sizes = [sum(steps[: at + 1]) for at in range(len(steps))]
    (tree, pieces), (_, once) = grown(*sizes), grown(sizes[-1])
    assert tree.root() == root_of(sizes[-1])
    assert once.items() <= pieces.items()


def root_of(size: int) -> bytes:
    """By the other implementation."""
    tree = Tree()
    for n in range(size):
        tree.append(leaf_hash(entry(n)))
    return tree.root()


@pytest.mark.parametrize("size", SIZES)
def test_tiles_hold_the_hashes_of_the_tree_and_bundles_the_entries(size: int) -> None:
    _, objects = grown(size)
    for level in range(2):
        expected = [
            tree_root(LEAVES[at : at + 256**level])
            for at in range(0, size - size % 256**level, 256**level)
        ]
        for first in range(0, len(expected), 256):
            hashes = expected[first : first + 256]
            assert hashes_in(objects.pop(tile_name(level, first // 256, len(hashes)))) == hashes
    for first in range(0, size, 256):
        entries = tuple(entry(n) for n in range(first, min(size, first + 256)))
        assert entries_in(objects.pop(bundle_name(first // 256, len(entries)))) == entries
    assert objects == {}


@given(st.data())
def test_proofs_made_from_tiles_alone_verify(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES))
    index = data.draw(st.integers(0, size - 1))
    tree, objects = grown(size)
    leaves = [
        leaf
        for first in range(0, size, 256)
        for leaf in hashes_in(objects[tile_name(0, first // 256, min(256, size - first))])
    ]
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaf_hash(entry(index)), index, size, proof, tree.root())


def test_a_third_level_begins_where_256_tiles_of_the_second_are_whole() -> None:
    tree, objects = grown(256 * 256 - 1, LARGE)
    assert tree.root() == root_of(LARGE)
    assert len(objects["tile/1/000"]) == 256 * 32
    assert hashes_in(objects["tile/2/000.p/1"]) == [tree_root(hashes_in(objects["tile/1/000"]))]
    assert "tile/1/001.p/0" not in objects
    again = restored(LARGE, objects.get)
    assert (again.root(), again.grow([b"x"])) == (tree.root(), tree.grow([b"x"]))


def test_a_step_writes_no_tile_again_that_it_didnt_change() -> None:
    tree, _ = grown(600)
    assert tree.grow([entry(600)]).keys() == {"tile/0/002.p/89", "tile/entries/002.p/89"}


@given(st.integers(0, 1100), st.integers(1, 300))
def test_a_tree_goes_on_from_its_objects_at_every_size(size: int, more: int) -> None:
    tree, objects = grown(size)
    again = restored(size, objects.get)
    assert (again.size, again.root()) == (size, tree.root())
    new = [entry(n) for n in range(size, size + more)]
    assert again.grow(new) == tree.grow(new)
    assert again.root() == tree.root()


@pytest.mark.parametrize("size", [1, 255, 257, 600])
def test_a_tree_doesnt_go_on_from_objects_that_are_missing_or_short(size: int) -> None:
    _, objects = grown(size)
    needed = [name for name in objects if ".p/" in name]
    assert needed
    for name in needed:
        for changed in (objects | {name: objects[name][:-1]}, {**objects, name: b""}):
            with pytest.raises(EvidenceError):
                restored(size, changed.get)
        with pytest.raises(EvidenceError, match=f"{name} is missing"):
            restored(size, {key: objects[key] for key in objects.keys() - {name}}.get)
    short = bundle([entry(0)] * (size % 256 - 1))
    with pytest.raises(EvidenceError, match="missing or damaged"):
        restored(size, {**objects, bundle_name(size // 256, size % 256): short}.get)
