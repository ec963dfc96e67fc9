from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.riff import prepended, samples
from guardrail.disclose.visible.unlabelled import Unlabelled


def wav(values: list[int], subtype: str = "PCM_16") -> bytes:
    target = io.BytesIO()
    soundfile.write(target, np.array(values, np.int16), 8_000, subtype, format="WAV")
    return target.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


@given(st.lists(st.integers(-9, 9), min_size=1), st.lists(st.integers(-9, 9), min_size=1))
def test_every_sound_comes_before_the_other(one: list[int], other: list[int]) -> None:
    done = prepended(wav(other), samples(wav(one)))
    values, _ = soundfile.read(io.BytesIO(done), dtype="int16")
    assert values.tolist() == one + other
    assert struct.unpack_from("<I", done, 4)[0] == len(done) - 8


def test_other_chunks_stay() -> None:
    tag = chunk(b"AIGC", b'{"Label":"1"}')
    head = b"RIFF0000WAVE" + chunk(b"fmt ", bytes(16))
    odd = prepended(head + chunk(b"data", b"abc") + tag, b"XY")
    assert odd.endswith(chunk(b"data", b"XYabc") + tag)
    even = prepended(head + chunk(b"data", b"ab") + tag, b"X")
    assert even.endswith(chunk(b"data", b"Xab") + tag)
    assert struct.unpack_from("<I", even, 4)[0] == len(even) - 8


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unsupported_format"),
        (b"RF64" + wav([1])[4:], "unsupported_format"),
        (b"RIFF0000WAVE", "unreadable"),
        (b"RIFF0000AVI " + wav([1])[12:], "unreadable"),
        (b"RIFF0000WAVE" + chunk(b"junk", b"") * 2_000 + chunk(b"data", b""), "unreadable"),
    ],
)
def test_what_is_no_wav_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unlabelled, match=reason):
        prepended(data, b"X")


@given(st.binary(max_size=100))
def test_every_nonsense_is_a_verdict_or_a_file(rest: bytes) -> None:
    try:
        done = prepended(b"RIFF0000WAVE" + rest, b"XY")
    except Unlabelled:
        return
    assert b"XY" in done
