from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.watermark.code import (
    FALSE_ALARM,
    LENGTH,
    LETTERS,
    message,
    read,
    signs,
    word,
)

KEY = b"a key of 16 byte"
MESSAGES = st.binary(min_size=5, max_size=5)


@given(MESSAGES)
def test_every_message_is_read_as_it_was_written(sent: bytes) -> None:
    assert message(read(signs(word(sent, KEY))), KEY) == sent


@given(MESSAGES, st.integers(0, 2**32))
def test_every_message_is_read_through_much_noise(sent: bytes, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 2.0, (LETTERS, LENGTH)).astype(np.float32)
    assert message(read(signs(word(sent, KEY)) + noise), KEY) == sent


@given(MESSAGES, st.integers(0, 63))
def test_every_changed_bit_fails_the_check(sent: bytes, bit: int) -> None:
    letters = bytearray(word(sent, KEY))
    letters[bit // 8] ^= 1 << bit % 8
    assert message(bytes(letters), KEY) is None


def test_another_key_reads_nothing() -> None:
    assert message(word(b"12345", KEY), b"another of 16 by") is None


def test_noise_passes_as_often_as_is_claimed() -> None:
    assert FALSE_ALARM == 2.0**-24
    passed = sum(message(number.to_bytes(8, "big"), KEY) is not None for number in range(5_000))
    assert passed == 0


def test_a_message_has_five_bytes() -> None:
    with pytest.raises(ValueError, match="5 bytes"):
        word(b"1234", KEY)
