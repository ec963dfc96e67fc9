import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.evidence.details import Detail, commitment, is_detail


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_a_commitment_is_what_anybody_can_compute_who_has_salt_and_ciphertext(
    salt: bytes, ciphertext: bytes
) -> None:
    assert commitment(salt, ciphertext) == hashlib.sha256(salt + ciphertext).hexdigest()
    assert commitment(bytes(32), ciphertext) != commitment(b"\x01" * 32, ciphertext)


def test_a_record_says_id_and_commitment_and_nothing_else() -> None:
    kept = Detail(id="d" * 32, commit="c" * 64, request="req_1", made=1, owner=b"whose")
    assert kept.blob == {"id": "d" * 32, "commit": "c" * 64}
    assert "whose" not in repr(kept)


@pytest.mark.parametrize(
    ("name", "told"), [("0af" * 10 + "12", True), ("0" * 31, False), ("G" * 32, False), ("", False)]
)
def test_ids_are_told_from_other_texts(name: str, told: bool) -> None:  # noqa: FBT001 - a table
    assert is_detail(name) is told
