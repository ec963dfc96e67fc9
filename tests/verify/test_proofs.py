"""A single proof, and two checkpoints: what an auditor checks without all of a log."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.evidence import (
    TileTree,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.cosignature import cosign, cosigner
from guardrail.evidence.note import note_parts, to_base64
from guardrail.testing.objects import MemoryObjects
from guardrail.verify import (
    verify_consistency,
    verify_proof,
)
from guardrail.verify.proofs import _climbed

if TYPE_CHECKING:
    from tests.verify.conftest import Story

SHARD = "2026h2"


WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)


def proof(story: Story, index: int, *, extra: str = "") -> tuple[bytes, bytes]:
    """Return a `.tlog-proof` and the entry that it is of."""
    bodies = story.bodies(SHARD)
    path = inclusion_proof([leaf_hash(body) for body in bodies], index)
    lines = ["c2sp.org/tlog-proof@v1", *([f"extra {extra}"] if extra else []), f"index {index}"]
    head = "\n".join([*lines, *map(to_base64, path)])
    return f"{head}\n\n".encode() + story.note(SHARD), bodies[index]


@pytest.mark.parametrize("index", [0, 1, 100, 255, 256, 300, 338])
def test_a_proof_proves_its_entry_with_the_shards_key(finished: Story, index: int) -> None:
    file, entry = proof(finished, index)
    assert verify_proof(file, entry, finished.shard_vkey(SHARD)) == index


def test_a_proof_proves_its_entry_with_the_root_key_and_its_statement(finished: Story) -> None:
    file, entry = proof(finished, 70, extra="YQ==")
    statement = finished.objects.held[f"{SHARD}/key"]
    assert verify_proof(file, entry, finished.vkey, statement=statement) == 70
    with pytest.raises(ValueError, match="isn't signed by guardrail"):
        verify_proof(file, entry, finished.vkey)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_proof_with_a_flipped_bit_proves_nothing(finished: Story, data: st.DataObject) -> None:
    file, entry = proof(finished, data.draw(st.sampled_from([0, 99, 338])))
    at, bit = data.draw(st.integers(0, len(file) - 1)), data.draw(st.integers(0, 7))
    false = file[:at] + bytes([file[at] ^ 1 << bit]) + file[at + 1 :]
    with pytest.raises(ValueError, match=r"^(it|the|this)\b"):
        verify_proof(false, entry, finished.shard_vkey(SHARD))
    with pytest.raises(ValueError, match="this entry isn't in the tree"):
        verify_proof(file, entry + b" ", finished.shard_vkey(SHARD))


def test_a_proof_is_cosigned_by_whom_an_auditor_wants(finished: Story) -> None:
    file, entry = proof(finished, 5)
    vkey = str(cosigner("witness.example", WITNESS.public_key()))
    with pytest.raises(ValueError, match="isn't cosigned by witness"):
        verify_proof(file, entry, finished.shard_vkey(SHARD), witnesses=[vkey])
    checkpoint = parse_checkpoint(note_parts(finished.note(SHARD))[0])
    file += cosign(checkpoint, "witness.example", WITNESS, 9).encode()
    assert verify_proof(file, entry, finished.shard_vkey(SHARD), witnesses=[vkey]) == 5


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=80).map(str.encode))
def test_whatever_stands_for_a_proof_is_refused(finished: Story, junk: bytes) -> None:
    for file in (junk, b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + junk):
        with pytest.raises(ValueError, match=r"^(it|the|this)\b"):
            verify_proof(file, b"", finished.shard_vkey(SHARD))


@given(st.integers(1, 600), st.data())
def test_every_path_leads_to_the_root_and_none_that_is_longer_or_shorter(
    size: int, data: st.DataObject
) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = list(inclusion_proof(leaves, index)), tree_root(leaves)
    assert _climbed(leaves[index], index, size, path) == root
    assert _climbed(leaves[index], index, size, [*path, root]) != root
    assert _climbed(leaves[index], index + 1, size, path) != root or not path
    if path:
        assert _climbed(leaves[index], index, size, path[:-1]) != root


@settings(max_examples=60)
@given(st.lists(st.integers(1, 400), min_size=2, max_size=5))
def test_tiles_tell_that_a_tree_only_grew(steps: list[int]) -> None:
    from guardrail.evidence import Checkpoint, sign_checkpoint, verifier  # noqa: PLC0415

    objects, tree, notes = MemoryObjects(), TileTree(), []
    name = f"guardrail/{SHARD}"
    vkey = str(verifier(name, WITNESS.public_key()))
    for step in steps:
        for part, data in tree.grow([b"%d" % number for number in range(step)]).items():
            objects.create(f"{SHARD}/{part}", data)
        at = Checkpoint(origin=name, size=tree.size, root=tree.root())
        notes.append(sign_checkpoint(at, name=name, signer=WITNESS))
    for old, new in pairwise(notes):
        verify_consistency(objects, SHARD, old, new, vkey)
        with pytest.raises(ValueError, match="shrank"):
            verify_consistency(objects, SHARD, new, old, vkey)
    false = Checkpoint(origin=name, size=steps[0], root=bytes(32))
    with pytest.raises(ValueError, match="another root"):
        verify_consistency(
            objects, SHARD, sign_checkpoint(false, name=name, signer=WITNESS), notes[-1], vkey
        )
    with pytest.raises(ValueError, match="aren't here"):
        verify_consistency(MemoryObjects(), SHARD, notes[0], notes[-1], vkey)
