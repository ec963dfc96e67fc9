import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import leaf_hash, parse_vkey, restored
from guardrail.evidence.proof import open_proof
from guardrail.shells.audit_log import Snapshot, copy_shard, proved, snapshot
from guardrail.testing.log_of_tiles import LogOfTiles

SHARD = "2026h2"


def taken(log: LogOfTiles) -> Snapshot:
    return snapshot(log.objects, SHARD, log.root)


def copied(log: LogOfTiles, at: Snapshot, span: tuple[int, int]) -> dict[str, bytes]:
    held: dict[str, bytes] = {}
    copy_shard(log.objects, at, span, lambda name, data: held.update({name: data}))
    return held


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 700), st.integers(0, 300))
def test_a_copy_is_of_the_moment_however_far_the_log_has_grown(size: int, more: int) -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(size)
    at = taken(log)
    if more:
        log.grow(more)
    held = copied(log, at, (0, size - 1))
    tree = restored(size, lambda name: held.get(f"{SHARD}/{name}"))
    assert tree.root() == at.checkpoint.root
    assert f"{SHARD}/checkpoint" in held


def test_only_the_bundles_of_the_span_and_the_first_are_copied() -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(1_100)
    held = copied(log, taken(log), (600, 700))
    bundles = sorted(name for name in held if "/entries/" in name)
    assert bundles == [f"{SHARD}/tile/entries/{name}" for name in ("000", "002")]
    assert f"{SHARD}/tile/0/004.p/76" in held


def test_anchors_that_came_later_arent_copied() -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(5)
    at = taken(log)
    log.grow(5)
    for size in (5, 10):
        log.objects.create(f"{SHARD}/anchors/{size}.note", b"note")
    held = copied(log, at, (0, 4))
    assert f"{SHARD}/anchors/5.note" in held
    assert f"{SHARD}/anchors/10.note" not in held


def test_an_entry_is_proved_under_the_checkpoint_that_was_taken() -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(300)
    at = taken(log)
    log.grow(300)
    entry, proof = proved(log.objects, at, 299)
    assert entry == log.bodies[299]
    assert open_proof(proof, leaf_hash(entry), log.shard_key).size == 300


def test_another_root_key_is_refused() -> None:
    log, other = LogOfTiles(shard=SHARD), LogOfTiles(shard=SHARD, seed=9)
    log.grow(1)
    with pytest.raises(EvidenceError):
        snapshot(log.objects, SHARD, other.root)


def test_a_shard_that_isnt_there_is_told() -> None:
    log = LogOfTiles(shard=SHARD)
    with pytest.raises(EvidenceError, match="no key or no checkpoint"):
        snapshot(log.objects, "2027h1", parse_vkey(str(log.root)))


def test_a_damaged_tile_is_told_not_copied() -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(300)
    at = taken(log)
    log.objects.delete([f"{SHARD}/tile/0/000"])
    with pytest.raises(EvidenceError, match="tile/0/000 is missing"):
        copied(log, at, (0, 10))


def test_an_entry_that_was_erased_has_no_proof() -> None:
    log = LogOfTiles(shard=SHARD)
    log.grow(3)
    with pytest.raises(EvidenceError, match="no entry 7"):
        proved(log.objects, taken(log), 7)
