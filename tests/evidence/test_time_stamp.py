import hashlib
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.time_stamp import TimeStamp, query, read_answer
from guardrail.testing.time_authority import TimeAuthority

DATA = b"guard.example/2026h2\n5\n"
NONCE = 0xFEDC_BA98_7654_3210

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def answer(authority: TimeAuthority) -> bytes:
    return authority.answer(query(DATA, NONCE))


def test_what_openssl_stamps_is_read(answer: bytes) -> None:
    stamp = read_answer(answer, DATA, NONCE)
    assert stamp.digest == hashlib.sha256(DATA).digest()
    assert stamp.nonce == NONCE
    assert abs(stamp.when - datetime.now(UTC)) < timedelta(minutes=5)  # noqa: TID251 - it just was
    assert stamp.token in answer


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 256, 2**63, 2**64 - 1])
def test_every_kind_of_nonce_comes_back(authority: TimeAuthority, nonce: int) -> None:
    assert read_answer(authority.answer(query(DATA, nonce)), DATA, nonce).nonce == nonce


def test_a_stamp_over_something_else_is_refused(answer: bytes) -> None:
    with pytest.raises(EvidenceError, match="something else"):
        read_answer(answer, DATA + b"x", NONCE)


def test_the_answer_to_another_question_is_refused(answer: bytes) -> None:
    with pytest.raises(EvidenceError, match="another question"):
        read_answer(answer, DATA, NONCE - 1)
    assert isinstance(read_answer(answer, DATA), TimeStamp)


def test_a_refusal_is_told_as_one() -> None:
    with pytest.raises(EvidenceError, match="refused"):
        read_answer(bytes.fromhex("3005 3003 020102"), DATA)


def test_an_answer_cut_anywhere_is_refused(answer: bytes) -> None:
    for end in range(len(answer)):
        with pytest.raises(EvidenceError):
            read_answer(answer[:end], DATA, NONCE)


@given(st.data())
def test_any_flipped_byte_is_read_or_refused_by_our_error_alone(
    answer: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(answer) - 1))
    flipped = answer[:at] + bytes([answer[at] ^ data.draw(st.integers(1, 255))]) + answer[at + 1 :]
    try:
        stamp = read_answer(flipped, DATA, NONCE)
    except EvidenceError:
        return
    assert stamp.digest == hashlib.sha256(DATA).digest()


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_by_our_error_alone(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        read_answer(data, DATA)
