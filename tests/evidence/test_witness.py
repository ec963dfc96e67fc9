import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import Checkpoint, consistency_proof, leaf_hash, tree_root
from guardrail.evidence.witness import (
    SUBMISSION_LIMIT,
    Submission,
    contradicts,
    judge,
    origin_hash,
    parse_size,
    parse_submission,
)

ORIGIN = "guard.example/2026h2"
LEAVES = [leaf_hash(b"%d" % n) for n in range(40)]
OTHER = [leaf_hash(b"other %d" % n) for n in range(40)]
NOTE = "guard.example/2026h2\n1\nAAAA\n\n— x AAAA\n".encode()


def checkpoint(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=size, root=tree_root(leaves[:size]))


def submission(old: int, size: int, leaves: list[bytes] = LEAVES) -> Submission:
    proof = consistency_proof(leaves[:size], old) if 0 < old <= size else ()
    return Submission(old=old, proof=proof, note=NOTE)


@given(
    old=st.integers(0, 2**62),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    note=st.binary(max_size=300),
)
def test_every_submission_comes_back_as_it_was_sent(
    old: int, proof: list[bytes], note: bytes
) -> None:
    sent = Submission(old=old, proof=tuple(proof), note=note)
    assert parse_submission(bytes(sent)) == sent


def test_a_submission_has_the_form_of_c2sp() -> None:
    sent = Submission(old=3, proof=(b"\x01" * 32,), note=NOTE)
    first = b"old 3\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\n"
    assert bytes(sent) == first + NOTE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 3\n" + NOTE.replace(b"\n\n", b"\n"),
        b"old 03\n\n" + NOTE,
        b"old -1\n\n" + NOTE,
        b"new 3\n\n" + NOTE,
        b"old 3\nAAAA\n\n" + NOTE,
        b"old 3\n!\n\n" + NOTE,
        b"old 3\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + NOTE,
        b"old 3\n\n" + bytes(SUBMISSION_LIMIT),
        "old 3ә\n\n".encode() + NOTE,
    ],
)
def test_what_isnt_a_submission_is_the_senders_fault(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="submission") as caught:
        parse_submission(data)
    assert caught.value.status == 400


@given(size=st.integers(1, 40), data=st.data())
def test_a_log_that_only_grew_is_cosigned(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    latest = checkpoint(old) if old else None
    assert judge(submission(old, size), checkpoint(size), latest) == 200


@given(size=st.integers(1, 40), data=st.data())
def test_another_history_is_never_cosigned(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    sent = submission(old, size, OTHER)
    assert judge(sent, checkpoint(size, OTHER), checkpoint(old)) == 422


@pytest.mark.parametrize(
    ("old", "size", "latest", "status"),
    [
        (9, 8, 9, 400),
        (0, 8, 3, 409),
        (2, 8, 3, 409),
        (4, 8, 3, 409),
        (1, 8, None, 409),
        (0, 0, None, 200),
        (8, 8, 8, 200),
    ],
)
def test_sizes_that_dont_fit_are_told_apart(
    old: int, size: int, latest: int | None, status: int
) -> None:
    seen = None if latest is None else checkpoint(latest)
    assert judge(submission(old, size), checkpoint(size), seen) == status


def test_a_first_checkpoint_has_no_proof() -> None:
    sent = Submission(old=0, proof=(LEAVES[0],), note=NOTE)
    assert judge(sent, checkpoint(4), None) == 422


def test_an_empty_log_with_a_root_is_refused() -> None:
    odd = Checkpoint(origin=ORIGIN, size=0, root=LEAVES[0])
    assert judge(Submission(old=0, proof=(), note=NOTE), odd, None) == 422


def test_two_empty_trees_after_each_other_are_one_history() -> None:
    assert judge(Submission(old=0, proof=(), note=NOTE), checkpoint(5), checkpoint(0)) == 200


def test_two_roots_of_one_size_are_two_histories() -> None:
    assert contradicts(checkpoint(5, OTHER), checkpoint(5))
    assert not contradicts(checkpoint(5), checkpoint(5))
    assert not contradicts(checkpoint(6), checkpoint(5))
    assert not contradicts(checkpoint(6), None)


def test_the_size_that_a_witness_tells_is_read() -> None:
    assert parse_size(b"20852014\n") == 20_852_014


@pytest.mark.parametrize("data", [b"", b"5", b"05\n", b"-5\n", b"five\n", b"5\n5\n"])
def test_what_isnt_a_size_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="size"):
        parse_size(data)


def test_a_log_is_known_by_the_hash_of_its_origin() -> None:
    # printf a | sha256sum
    assert origin_hash("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
