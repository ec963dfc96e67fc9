"""A witness cosigns one history of a log, remembers it, and keeps what contradicts it."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import Objects, sign_key_statement, verifier
from guardrail.evidence.cosignature import cosigned
from guardrail.evidence.note import NOTE_LIMIT, signature_line
from guardrail.evidence.proof import Hashes
from guardrail.evidence.witness import Submission, origin_hash
from guardrail.shells.witness import MOST_KEPT, Witness
from guardrail.stores.object_folder import ObjectFolder
from guardrail.testing.log_of_tiles import LogOfTiles
from guardrail.testing.objects import MemoryObjects

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WHEN = 1_790_000_000


def witness_of(log: LogOfTiles, objects: Objects | None = None) -> Witness:
    kept = objects or MemoryObjects()
    logs = [log.shard_key]
    return Witness(kept, name="witness.example/w1", key=KEY, logs=logs, clock=lambda: WHEN)


def submission(log: LogOfTiles, note: bytes, old: int, size: int) -> bytes:
    def read(name: str) -> bytes | None:
        return log.objects.read(f"2026h2/{name}")

    proof = Hashes(read, size).consistency(old) if 0 < old <= size else ()
    return bytes(Submission(old=old, proof=proof, note=note))


@pytest.fixture
def log() -> LogOfTiles:
    return LogOfTiles()


@pytest.fixture
def witness(log: LogOfTiles) -> Witness:
    return witness_of(log)


def test_a_first_checkpoint_is_cosigned_with_both_keys(log: LogOfTiles, witness: Witness) -> None:
    note = log.grow(5)
    said = witness.add_checkpoint(submission(log, note, 0, 5))
    assert said.status == 200
    times = cosigned(note + said.body, witness.cosigners)
    assert times == dict.fromkeys(witness.cosigners, WHEN)


def test_a_log_that_grew_is_cosigned_step_by_step(log: LogOfTiles, witness: Witness) -> None:
    sizes = [0, 5, 256, 257, 700]
    for old, size in pairwise(sizes):
        note = log.grow(size - old)
        assert witness.add_checkpoint(submission(log, note, old, size)).status == 200


def test_the_same_checkpoint_is_cosigned_again(log: LogOfTiles, witness: Witness) -> None:
    note = log.grow(5)
    witness.add_checkpoint(submission(log, note, 0, 5))
    assert witness.add_checkpoint(submission(log, note, 5, 5)).status == 200


def test_a_log_that_doesnt_know_what_was_seen_is_told_its_size(
    log: LogOfTiles, witness: Witness
) -> None:
    witness.add_checkpoint(submission(log, log.grow(5), 0, 5))
    said = witness.add_checkpoint(submission(log, log.grow(3), 0, 8))
    assert (said.status, said.kind, said.body) == (409, "text/x.tlog.size", b"5\n")


def test_another_history_is_refused_and_both_notes_are_kept(log: LogOfTiles) -> None:
    objects = MemoryObjects()
    witness = witness_of(log, objects)
    first = log.grow(5)
    witness.add_checkpoint(submission(log, first, 0, 5))
    log.forget()
    second = log.grow(9)
    said = witness.add_checkpoint(submission(log, second, 5, 9))
    assert said.status == 422
    kept = [name for name in objects.held if "/refused/" in name]
    assert sorted(name[-5:] for name in kept) == [".note", ".seen"]
    assert {objects.held[name].split(b"\n")[1] for name in kept} == {b"5", b"9"}
    seen = witness.checkpoint(origin_hash(log.shard_key.name)).body
    assert seen.startswith(first)


def test_another_root_at_the_size_that_was_seen_is_kept_whatever_old_size_it_comes_with(
    log: LogOfTiles,
) -> None:
    objects = MemoryObjects()
    witness = witness_of(log, objects)
    witness.add_checkpoint(submission(log, log.grow(5), 0, 5))
    log.forget()
    said = witness.add_checkpoint(submission(log, log.grow(5), 0, 5))
    assert said.status == 409
    assert [name for name in objects.held if name.endswith(".note")]


def test_a_liar_fills_no_disk(log: LogOfTiles) -> None:
    objects = MemoryObjects()
    witness = witness_of(log, objects)
    witness.add_checkpoint(submission(log, log.grow(300), 0, 300))
    log.forget()
    log.grow(300)
    for size in range(301, 501):
        witness.add_checkpoint(submission(log, log.grow(1), 300, size))
    assert len([name for name in objects.held if "/refused/" in name]) == 200


def test_who_sends_wrong_proofs_cant_use_up_the_room_of_what_proves_something(
    log: LogOfTiles,
) -> None:
    objects = MemoryObjects()
    witness = witness_of(log, objects)
    witness.add_checkpoint(submission(log, log.grow(5), 0, 5))
    wrong = [bytes(Submission(old=5, proof=(), note=log.grow(1))) for _ in range(MOST_KEPT + 1)]
    for body in [*wrong, *wrong]:
        assert witness.add_checkpoint(body).status == 422
    unproven = [name for name in objects.held if "/refused/" in name]
    assert len(unproven) == 2 * MOST_KEPT
    log.forget()
    witness.add_checkpoint(submission(log, log.grow(5), 5, 5))
    assert len([name for name in objects.held if "/refused/" in name]) == len(unproven) + 2


def test_the_same_is_kept_and_told_once(log: LogOfTiles, caplog: pytest.LogCaptureFixture) -> None:
    witness = witness_of(log)
    witness.add_checkpoint(submission(log, log.grow(5), 0, 5))
    wrong = bytes(Submission(old=5, proof=(), note=log.grow(1)))
    assert {witness.add_checkpoint(wrong).status for _ in range(3)} == {422}
    assert len(caplog.records) == 1


def test_signatures_of_strangers_arent_kept_however_they_call_themselves(
    log: LogOfTiles, witness: Witness
) -> None:
    note = log.grow(5)
    witness.add_checkpoint(submission(log, note, 0, 5))
    line = signature_line(log.shard_key.name, bytes(4_000)).encode()
    stuffed = note + line * ((NOTE_LIMIT - len(note)) // len(line))
    assert witness.add_checkpoint(submission(log, stuffed, 5, 5)).status == 200
    kept = witness.checkpoint(origin_hash(log.shard_key.name)).body
    assert len(kept) < 5_000
    assert witness.add_checkpoint(submission(log, log.grow(3), 5, 8)).status == 200


def test_a_log_that_isnt_witnessed_is_unknown(log: LogOfTiles, witness: Witness) -> None:
    other = LogOfTiles("other.example", seed=2)
    assert witness.add_checkpoint(submission(other, other.grow(3), 0, 3)).status == 404


def test_a_checkpoint_signed_by_nobody_known_is_forbidden(
    log: LogOfTiles, witness: Witness
) -> None:
    forger = LogOfTiles(seed=2)
    assert witness.add_checkpoint(submission(forger, forger.grow(3), 0, 3)).status == 403


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"old 0\n\nno note", b"old 1\n\n\n\n"])
def test_what_isnt_a_submission_is_a_bad_request(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_what_was_seen_outlasts_the_process(log: LogOfTiles, tmp_path: Path) -> None:
    first = witness_of(log, ObjectFolder(tmp_path))
    first.add_checkpoint(submission(log, log.grow(5), 0, 5))
    second = witness_of(log, ObjectFolder(tmp_path))
    log.forget()
    assert second.add_checkpoint(submission(log, log.grow(7), 0, 7)).status == 409
    assert second.add_checkpoint(submission(log, log.grow(1), 5, 8)).status == 422


def test_of_two_histories_at_once_one_is_cosigned(log: LogOfTiles, tmp_path: Path) -> None:
    liar = LogOfTiles()
    liar.forget()
    both = [submission(log, log.grow(9), 0, 9), submission(liar, liar.grow(9), 0, 9)]
    statuses: list[int] = []
    begin = threading.Barrier(8)

    def send(body: bytes) -> None:
        one = witness_of(log, ObjectFolder(tmp_path))
        begin.wait()
        statuses.append(one.add_checkpoint(body).status)

    threads = [threading.Thread(target=send, args=[both[n % 2]]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, *[409] * 7]


# ------------------------------------------------------------------ keys of shards


def rooted(log: LogOfTiles, objects: MemoryObjects | None = None) -> Witness:
    kept = objects or MemoryObjects()
    return Witness(kept, name="w", key=KEY, logs=[log.root], clock=lambda: WHEN)


def test_a_root_key_tells_of_its_shards_keys(log: LogOfTiles) -> None:
    witness = rooted(log)
    sent = submission(log, log.grow(5), 0, 5)
    assert witness.add_checkpoint(sent).status == 404
    assert witness.add_key(log.objects.held["2026h2/key"]).status == 200
    assert witness.add_key(log.objects.held["2026h2/key"]).status == 200
    assert witness.add_checkpoint(sent).status == 200


def test_a_shards_key_never_changes(log: LogOfTiles) -> None:
    objects = MemoryObjects()
    witness = rooted(log, objects)
    witness.add_key(log.objects.held["2026h2/key"])
    root = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    other = verifier(log.shard_key.name, KEY.public_key())
    statement = sign_key_statement(other, log=log.root.name, root=root)
    assert witness.add_key(statement).status == 409
    assert [name for name in objects.held if name.endswith(".note")]


@pytest.mark.parametrize("body", [b"", b"nonsense", "a\n\n— b AAAAAAAA\n".encode()])
def test_what_no_known_root_signed_teaches_nothing(log: LogOfTiles, body: bytes) -> None:
    assert rooted(log).add_key(body).status == 403


def test_a_root_key_tells_of_its_own_shards_alone(log: LogOfTiles) -> None:
    root = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    stranger = verifier("other.example/2026h2", KEY.public_key())
    statement = sign_key_statement(stranger, log=log.root.name, root=root)
    assert rooted(log).add_key(statement).status == 403


# ------------------------------------------------------------------ over HTTP
