from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.consent import ConsentRecord, Query, Signer, issue, pseudonym, query

KEY = b"k" * 32


@pytest.fixture(scope="module")
def token(make_record: Callable[..., ConsentRecord], signer: Signer, now: datetime) -> str:
    return issue(make_record(), signer=signer, audience="svc:chat", now=now, token_id="1")


def test_a_pseudonym_is_keyed_and_fits_a_record() -> None:
    assert pseudonym(KEY, "alice") != pseudonym(b"other", "alice")
    assert len(pseudonym(KEY, "alice")) == 66


def test_a_subject_header_counts_where_it_is_trusted() -> None:
    headers = ((b"guardrail-subject", "Айгүл ".encode()),)
    read = query(headers, key=KEY, trust_subject_header=True)
    assert read == Query(subject=pseudonym(KEY, "Айгүл"), token=None)


def test_a_subject_header_is_passed_over_where_it_is_not() -> None:
    headers = ((b"guardrail-subject", b"alice"),)
    assert query(headers, key=KEY, trust_subject_header=False) == Query()


def test_the_token_names_the_subject_where_no_trusted_header_does(token: str) -> None:
    headers = ((b"guardrail-subject", b"mallory"), (b"guardrail-consent", token.encode()))
    read = query(headers, key=KEY, trust_subject_header=False)
    assert read == Query(subject="p:" + "a" * 64, token=token)


def test_the_trusted_header_goes_before_the_token(token: str) -> None:
    headers = ((b"guardrail-subject", b"alice"), (b"guardrail-consent", token.encode()))
    read = query(headers, key=KEY, trust_subject_header=True)
    assert read == Query(subject=pseudonym(KEY, "alice"), token=token)


@pytest.mark.parametrize("value", [b"\xff", b"a" * 257])
def test_a_subject_that_cannot_be_read_is_no_subject(value: bytes) -> None:
    headers = ((b"guardrail-subject", value),)
    assert query(headers, key=KEY, trust_subject_header=True).subject is None


def test_empty_headers_are_absent_ones() -> None:
    headers = ((b"guardrail-subject", b" "), (b"guardrail-consent", b""))
    assert query(headers, key=KEY, trust_subject_header=True) == Query()


def test_two_subjects_are_neither_of_them() -> None:
    headers = ((b"guardrail-subject", b"alice"), (b"guardrail-subject", b"bob"))
    read = query(headers, key=KEY, trust_subject_header=True)
    assert read.subject not in {pseudonym(KEY, "alice"), pseudonym(KEY, "bob")}


def test_two_tokens_are_one_that_cannot_be_read(token: str) -> None:
    headers = ((b"guardrail-consent", token.encode()), (b"guardrail-consent", token.encode()))
    read = query(headers, key=KEY, trust_subject_header=False)
    assert read.subject is None
    assert read.token == f"{token}, {token}"


def test_the_token_is_in_no_repr(token: str) -> None:
    assert token not in repr(Query(token=token))


@given(st.lists(st.tuples(st.sampled_from([b"guardrail-consent", b"x"]), st.binary())))
def test_every_header_can_be_asked(headers: list[tuple[bytes, bytes]]) -> None:
    assert query(tuple(headers), key=KEY, trust_subject_header=False).subject is None
