import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Checkpoint,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    sign_checkpoint,
    tree_root,
    verifier,
    verify_consistency,
    verify_inclusion,
)
from guardrail.evidence.proof import Hashes, Proof, open_proof, parse_proof, prove
from guardrail.evidence.tiles import TileTree

ORIGIN = "guard.example/2026h2"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BY = verifier(ORIGIN, KEY.public_key())


def entries(size: int) -> list[bytes]:
    return [b"entry %d" % n for n in range(size)]


def tiles(*sizes: int) -> dict[str, bytes]:
    """Return the objects of a log that grew to each of some sizes in turn."""
    tree, all_of_them = TileTree(), entries(sizes[-1])
    held: dict[str, bytes] = {}
    for size in sizes:
        held |= tree.grow(all_of_them[tree.size : size])
    return held


@pytest.mark.parametrize("band", range(6))
def test_the_inclusion_proof_of_every_entry_of_every_small_log_is_the_lists(band: int) -> None:
    leaves = [leaf_hash(entry) for entry in entries(600)]
    for size in range(band * 100 + 1, band * 100 + 101):
        hashes = Hashes(tiles(size).get, size)
        assert hashes.root() == tree_root(leaves[:size])
        indexes = range(size) if size <= 40 else {0, size - 1, *range(size % 61, size, 61)}
        for index in indexes:
            assert hashes.inclusion(index) == inclusion_proof(leaves[:size], index)
            assert hashes.leaf(index) == leaves[index]


@pytest.mark.parametrize("band", range(6))
def test_the_consistency_proof_between_any_two_small_logs_is_the_lists(band: int) -> None:
    leaves = [leaf_hash(entry) for entry in entries(600)]
    for size in range(band * 100 + 1, band * 100 + 101):
        hashes = Hashes(tiles(size).get, size)
        olds = range(1, size + 1) if size <= 40 else {1, size, *range(1 + size % 61, size, 61)}
        for old in olds:
            assert hashes.consistency(old) == consistency_proof(leaves[:size], old)


@pytest.mark.parametrize("size", [65_536, 65_537, 66_000, 131_072 + 300])
def test_a_log_of_three_levels_is_proven_with_a_handful_of_tiles(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in entries(size)]
    held, root = tiles(size), tree_root(leaves)
    for index in {0, 255, 256, 65_535, size // 2, size - 1}:
        read: list[str] = []

        def get(name: str, read: list[str] = read) -> bytes | None:
            read.append(name)
            return held.get(name)

        path = Hashes(get, size).inclusion(index)
        assert verify_inclusion(leaves[index], index, size, path, root)
        assert len(read) <= 6
    for old in {1, 255, 65_535, size - 1}:
        path = Hashes(held.get, size).consistency(old)
        assert verify_consistency(old, size, path, tree_root(leaves[:old]), root)


@given(data=st.data())
def test_an_earlier_tree_is_proven_from_the_tiles_of_a_later_one(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 700))
    old = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, old - 1))
    leaves = [leaf_hash(entry) for entry in entries(old)]
    path = Hashes(tiles(size).get, old, stored=size).inclusion(index)
    assert path == inclusion_proof(leaves, index)


@pytest.mark.parametrize("index", [-1, 7, 8])
def test_an_entry_that_isnt_there_has_no_proof(index: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        Hashes(tiles(7).get, 7).inclusion(index)


@pytest.mark.parametrize("old", [0, 8])
def test_a_tree_that_never_was_has_no_proof(old: int) -> None:
    with pytest.raises(ValueError, match="no earlier"):
        Hashes(tiles(7).get, 7).consistency(old)


def test_the_empty_log_has_the_empty_root() -> None:
    nothing: dict[str, bytes] = {}
    assert Hashes(nothing.get, 0).root() == tree_root([])


@pytest.mark.parametrize("damage", [None, b"", b"short"])
def test_a_missing_or_damaged_tile_is_named(damage: bytes | None) -> None:
    with pytest.raises(EvidenceError, match=r"tile/0/000\.p/7"):
        Hashes(lambda _: damage, 7).inclusion(3)


def signed(size: int) -> tuple[bytes, Checkpoint]:
    root = tree_root([leaf_hash(entry) for entry in entries(size)])
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root)
    return sign_checkpoint(checkpoint, name=ORIGIN, signer=KEY), checkpoint


@given(size=st.integers(1, 600), data=st.data())
def test_every_proof_comes_back_from_its_file_and_opens(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    extra = data.draw(st.binary(max_size=40))
    note, checkpoint = signed(size)
    made = prove(tiles(size).get, index, note, checkpoint)
    proof = Proof(index=made.index, hashes=made.hashes, note=made.note, extra=extra)
    assert parse_proof(bytes(proof)) == proof
    assert open_proof(proof, leaf_hash(b"entry %d" % index), BY) == checkpoint


def test_the_file_has_the_form_of_c2sp() -> None:
    note, checkpoint = signed(2)
    proof = bytes(prove(tiles(2).get, 1, note, checkpoint))
    lines = proof.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 1"]
    assert len(lines[2]) == 44
    assert lines[3:6] == ["", ORIGIN, "2"]
    assert proof.endswith(note)


def test_another_entry_doesnt_open_with_the_proof() -> None:
    note, checkpoint = signed(9)
    proof = prove(tiles(9).get, 4, note, checkpoint)
    with pytest.raises(EvidenceError, match="doesn't lead"):
        open_proof(proof, leaf_hash(b"entry 5"), BY)


def test_the_proof_of_another_log_doesnt_open() -> None:
    note, checkpoint = signed(9)
    proof = prove(tiles(9).get, 4, note, checkpoint)
    other = verifier("other.example", KEY.public_key())
    with pytest.raises(EvidenceError, match="not signed by"):
        open_proof(proof, leaf_hash(b"entry 4"), other)


def test_an_entry_that_no_checkpoint_covers_waits() -> None:
    note, checkpoint = signed(9)
    with pytest.raises(EvidenceError, match="yet") as caught:
        prove(tiles(12).get, 9, note, checkpoint)
    assert caught.value.code == "evidence_waiting"


def test_tiles_that_dont_fit_the_checkpoint_prove_nothing() -> None:
    note, checkpoint = signed(9)
    other = {name: bytes(len(data)) for name, data in tiles(9).items()}
    with pytest.raises(EvidenceError, match="don't fit"):
        prove(other.get, 4, note, checkpoint)


PROOF = bytes(prove(tiles(5).get, 2, *signed(5)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\n\n",
        PROOF.partition(b"\n\n")[0],
        PROOF.replace(b"@v1", b"@v2", 1),
        PROOF.replace(b"index 2", b"index 02", 1),
        PROOF.replace(b"index 2\n", b"", 1),
        PROOF.replace(b"index 2\n", b"extra \nindex 2\n", 1),
        PROOF.replace(b"index 2\n", b"extra !\nindex 2\n", 1),
        PROOF.replace(b"index 2\n", b"index 2\nAAAA\n", 1),
        PROOF.replace(b"index 2\n", b"index 2\n" + (b"A" * 43 + b"=\n") * 65, 1),
        b"c2sp.org/tlog-proof@v1\n\n",
        PROOF + b"x" * 200_000,
    ],
)
def test_what_isnt_a_proof_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="proof"):
        parse_proof(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_our_error_alone(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        parse_proof(data)
