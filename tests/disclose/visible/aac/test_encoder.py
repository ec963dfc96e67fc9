"""What is encoded is heard, by a decoder of the test's own, and by ffmpeg where that is there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.marks.adts import RATES
from guardrail.disclose.visible.aac.encoder import FRAME, LAYOUTS, encoded
from guardrail.disclose.visible.sound import earcon

Samples = np.ndarray


def quality(before: Samples, after: Samples) -> float:
    """Return by how many decibels sound is louder than what became wrong of it."""
    return float(10 * np.log10((before**2).mean() / ((before - after) ** 2).mean()))


@pytest.mark.parametrize("rate", [0, 3, 6, 8, 11])
def test_the_rhythm_is_heard_one_frame_late(
    rate: int,
    heard: Callable[[list[bytes], int], Samples],
    morse: Callable[[Samples, int], str],
) -> None:
    wave = earcon(RATES[rate])
    blocks = encoded(wave, rate, 1)
    assert len(blocks) == -(-len(wave) // FRAME) + 2
    said = heard(blocks, rate)
    assert quality(wave, said[FRAME : FRAME + len(wave)]) > 20
    assert morse(said[FRAME:], RATES[rate]) == ".- .."


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32), st.floats(0.01, 1.0), st.integers(500, 3_000))
def test_every_sound_comes_back_and_fits_a_frame(
    heard: Callable[[list[bytes], int], Samples], seed: int, level: float, count: int
) -> None:
    chance = np.random.default_rng(seed)
    wave = (level * chance.uniform(-1, 1, count)).astype(np.float32)
    blocks = encoded(wave, 8, 1)
    assert max(map(len, blocks)) * 8 <= 6_144
    said = heard(blocks, 8)
    assert quality(wave, said[FRAME : FRAME + count]) > 12


def test_the_last_frame_is_silence_and_leaves_nothing_behind(
    heard: Callable[[list[bytes], int], Samples],
) -> None:
    blocks = encoded(earcon(24_000), 6, 1)
    assert not heard(blocks[-1:], 6).any()
    assert encoded(np.zeros(10, np.float32), 6, 1) == [blocks[-1]] * 3


@pytest.mark.parametrize("layout", [2, 3, max(LAYOUTS)])
def test_layouts_are_played(
    layout: int, ffmpeg: Callable[[bytes], Samples], framed: Callable[..., bytes]
) -> None:
    wave = earcon(24_000)
    count = {7: 8}.get(layout, layout)
    data = b"".join(framed(block, 6, layout) for block in encoded(wave, 6, layout))
    said = ffmpeg(data).reshape(-1, count)[FRAME : FRAME + len(wave)]
    loud = [quality(wave, channel) for channel in said.T if channel.any()]  # not the low one
    assert len(loud) == count - (layout > 5)
    assert min(loud) > 20


@pytest.mark.parametrize("rate", [1, 2, 4, 5, 7, 10, 12])
def test_rates_are_played(
    rate: int, ffmpeg: Callable[[bytes], Samples], framed: Callable[..., bytes]
) -> None:
    wave = earcon(RATES[rate])
    data = b"".join(framed(block, rate, 1) for block in encoded(wave, rate, 1))
    assert quality(wave, ffmpeg(data)[FRAME : FRAME + len(wave)]) > 20
