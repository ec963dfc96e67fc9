from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.crypto import CryptoRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]

_ADDRESSES = [
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
]


@pytest.mark.parametrize("address", _ADDRESSES)
def test_a_right_check_needs_no_context(asked: Asked, address: str) -> None:
    for text in (address, f"мой кошелёк: {address}, жду", f"bitcoin:{address}?amount=1"):
        assert asked(CryptoRecognizer)(text) == [("CRYPTO", address)]


def test_hex_digits_of_one_case_need_context(asked: Asked) -> None:
    address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
    assert asked(CryptoRecognizer)(f"кошелек {address}") == [("CRYPTO", address)]
    assert asked(CryptoRecognizer)(f"USDT адрес {address.upper()}".replace("0X", "0x")) != []
    assert asked(CryptoRecognizer)(f"const X = {address}") == []
    assert asked(CryptoRecognizer)("address 0x" + "0" * 40) == []


_OTHER = [
    "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
    "0xdeadbeef commit 5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    "wallet 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "x1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2-x",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q3",
    "ADFGHJKLMNPQRSTUVWXYZabcdefghijkmnop",
]


@pytest.mark.parametrize("text", _OTHER)
def test_hashes_and_mistakes_are_none(asked: Asked, text: str) -> None:
    assert asked(CryptoRecognizer)(text) == []


@pytest.mark.parametrize("text", [f"кошелёк {one}, жду" for one in _ADDRESSES] + _OTHER)
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([CryptoRecognizer], text)


def test_work_grows_with_the_text() -> None:
    recognizer = CryptoRecognizer()
    for unit in ("1", "T", "0x", "bc1", "EQ", "3J98t"):
        text = (unit * 8000)[:8000]
        assert list(recognizer.scan(text, 0)) == []
        assert recognizer._pattern.sub("", text, count=1).__len__() <= len(text)
