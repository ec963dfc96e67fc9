from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.sound.resample import RATE, resampled
from guardrail.testing.sounds import tone


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
def test_a_tone_stays_what_it_is(rate: int) -> None:
    there = resampled(tone(2.5, 440, rate)[None], rate)[0]
    assert len(there) == 2.5 * RATE
    assert np.abs(there[400:-400] - tone(2.5, 440)[400:-400]).max() < 0.01


def test_what_lies_above_8_khz_is_gone_rather_than_folded_down() -> None:
    there = resampled(tone(2, 11_000, 48_000)[None], 48_000)[0]
    assert np.abs(there[400:-400]).max() < 0.005


@given(st.integers(4_000, 192_000), st.integers(0, 3_000), st.integers(1, 3))
def test_every_rate_and_length_has_its_samples(rate: int, count: int, tracks: int) -> None:
    there = resampled(np.zeros((tracks, count), np.float32), rate)
    assert there.shape == (tracks, -(-count * RATE // rate))
    assert there.dtype == np.float32
