from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.identifiers.crypto import (
    is_base58check,
    is_eip55,
    is_segwit,
    is_ton,
    keccak256,
)

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _base58(raw: bytes) -> str:
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, text = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


@given(version=st.sampled_from([0x00, 0x05, 0x30, 0x41]), body=st.binary(min_size=20, max_size=20))
def test_every_address_with_its_check_is_one_and_no_other_is(version: int, body: bytes) -> None:
    address = _base58(bytes([version]) + body)
    assert is_base58check(address)
    swapped = address[:-1] + ("2" if address[-1] != "2" else "3")
    assert not is_base58check(swapped)


@pytest.mark.parametrize("address", ["0OIl", "z" * 35, "1" * 30, _base58(b"\x77" + b"a" * 20)])
def test_other_base58_text_is_no_address(address: str) -> None:
    assert not is_base58check(address)


@pytest.mark.parametrize(
    "address",
    [
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "bc1sw50qgdz25j",
    ],
)
def test_the_examples_of_bip_173_and_350_pass(address: str) -> None:
    assert is_segwit(address)


@pytest.mark.parametrize(
    "address",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1rw5uspcuh",
        "bc1qbbbbbbbb",
        "bc1qqqq",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    ],
)
def test_wrong_checks_cases_and_characters_fail(address: str) -> None:
    assert not is_segwit(address)


def test_keccak_is_the_submission_and_not_the_standard() -> None:
    assert keccak256(b"").hex().startswith("c5d2460186f7233c927e7db2dcc703c0")
    assert keccak256(b"abc").hex().startswith("4e03657aea45a94fc7d47ba826c8d667")


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
        ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", True),
        ("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", True),
        ("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", False),
    ],
)
def test_the_case_of_hex_digits_is_a_check(address: str, right: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_eip55(address) is right


def test_a_ton_address_has_a_tag_a_chain_and_a_check() -> None:
    address = "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2"
    assert is_ton(address)
    assert not is_ton(address[:-1] + "3")
    assert not is_ton("EQ" + "!" * 46)
    assert not is_ton(base64.urlsafe_b64encode(bytes(36)).decode())
