"""From any sample rate to 16 kHz, by leaving out what lies above 8 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Hertz, as the speech detector wants it."""


def resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return samples at 16 kHz.

    A whole number of seconds has a whole number of samples at every rate: so it is filled up to
    whole seconds with silence, and its spectrum cut off or filled up. That is exact between pure
    tones, and rings a little at both ends.

    Args:
        samples: shape (tracks, samples) at `rate`.
        rate: hertz.
    """
    count = samples.shape[-1]
    if rate == RATE or not count:
        return samples
    seconds = -(-count // rate)
    spectrum = np.fft.rfft(samples, n=seconds * rate, axis=-1)
    wanted = seconds * RATE // 2 + 1
    if spectrum.shape[-1] < wanted:
        spectrum = np.pad(spectrum, ((0, 0), (0, wanted - spectrum.shape[-1])))
    back = np.fft.irfft(spectrum[:, :wanted], n=seconds * RATE, axis=-1)
    back *= RATE / rate
    return back[:, : -(-count * RATE // rate)].astype(np.float32, copy=False)
