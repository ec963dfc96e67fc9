from __future__ import annotations

import hashlib
import hmac
import unicodedata
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.rights.authorship import (
    FORM,
    RECEIPT_LIMIT,
    Receipt,
    Record,
    commitment,
    commits,
    is_prompt_of,
    is_signed,
    parse_receipt,
    prompt_bytes,
    receipt,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
SALT = bytes(range(32))
PROMPT = "Қар туралы өлең жаз, ё"
HEX = "0123456789abcdef"

digests = st.text(HEX, min_size=64, max_size=64)
names = st.text(HEX, min_size=32, max_size=32)
ids = names.map("aut_".__add__)
records = st.builds(
    Record,
    id=ids,
    created=st.integers(0, 10**12),
    prompt=digests,
    request=digests,
    output=st.just("") | digests,
    author=st.just("") | names.map("p:2026h2:".__add__) | names.map("k:2027h1:".__add__),
    parent=st.just("") | ids,
)


def issued(prompt: str = PROMPT) -> Receipt:
    record = Record(
        id=f"aut_{'0' * 32}",
        created=1_763_787_600,
        prompt=commitment(SALT, prompt_bytes(prompt)),
        request=commitment(SALT, b"{}"),
    )
    return receipt(record, SALT, KEY)


def test_a_receipt_proves_the_prompt_it_was_issued_for_and_no_other() -> None:
    assert is_prompt_of(issued(), PROMPT)
    assert not is_prompt_of(issued(), PROMPT + "!")
    assert not is_prompt_of(issued(), "")


def test_the_last_lines_end_of_a_file_doesnt_matter() -> None:
    for end in ("\n", "\r\n"):
        assert is_prompt_of(issued(), PROMPT + end)
        assert is_prompt_of(issued(PROMPT + end), PROMPT + end)
    assert not is_prompt_of(issued(), PROMPT + "\n\n")


@given(st.text())
def test_every_spelling_of_a_prompt_in_unicode_is_the_same_prompt(prompt: str) -> None:
    decomposed = unicodedata.normalize("NFD", prompt)
    assert is_prompt_of(issued(prompt), decomposed)


def test_a_commitment_is_what_any_tool_computes() -> None:
    wanted = hmac.new(SALT, unicodedata.normalize("NFC", PROMPT).encode(), hashlib.sha256)
    assert issued().record.prompt == wanted.hexdigest()


def test_another_salt_commits_to_the_same_prompt_otherwise() -> None:
    assert commitment(bytes(32), b"poem") != commitment(SALT, b"poem")
    assert not is_prompt_of(replace(issued(), salt=bytes(32)), PROMPT)


def test_request_and_output_are_committed_to_byte_for_byte() -> None:
    assert commits(issued(), issued().record.request, b"{}")
    assert not commits(issued(), issued().record.request, b"{ }")


@given(records)
def test_every_receipt_reads_back_as_it_was_written(record: Record) -> None:
    made = receipt(record, SALT, KEY)
    assert parse_receipt(str(made)) == made
    assert parse_receipt(f"guardrail-authorship: {made}\r\n") == made
    assert str(made).isascii()
    assert is_signed(parse_receipt(str(made)), PUBLIC)


@given(records, records)
def test_a_signature_over_one_record_is_none_over_another(one: Record, other: Record) -> None:
    moved = replace(receipt(one, SALT, KEY), record=other)
    assert is_signed(moved, PUBLIC) is (one == other)


@given(records, st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_changed_character_is_no_receipt_or_one_that_isnt_signed(
    record: Record, at: int, letter: str
) -> None:
    text = str(receipt(record, SALT, KEY))
    place = at % text.index("salt=")  # the salt isn't signed: it is held against the prompt
    changed = text[:place] + letter + text[place + 1 :]
    with suppress(BadInput):
        read = parse_receipt(changed)
        assert changed.strip() == text or not is_signed(read, PUBLIC)


def test_another_guards_key_didnt_sign_it() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not is_signed(issued(), other)
    assert not is_signed(issued(), b"short")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "register",
        "id=aut_1",
        str(issued()).replace("salt", "salz"),
        str(issued()) + ", more=1",
        str(issued()).replace("aut_0", "aut_x"),
        ", ".join(reversed(str(issued()).split(", "))),
        str(issued()).replace(FORM, "guardrail-authorship-2"),
        str(issued()).replace(", ", ","),
        str(issued()).replace("prompt=:", "prompt=:A"),
        str(issued()).replace("created=1", "created=:AAAA:"),
        "x" * (RECEIPT_LIMIT + 1),
    ],
)
def test_what_isnt_a_receipt_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no receipt"):
        parse_receipt(text)


def test_a_receipt_doesnt_show_its_salt_where_it_is_logged() -> None:
    assert "salt" not in repr(issued())


def test_what_is_signed_names_its_form_and_isnt_a_note() -> None:
    signed = issued().record.canonical()
    assert signed.startswith(f"{FORM}\n{{".encode())
    assert not signed.endswith(b"\n")
