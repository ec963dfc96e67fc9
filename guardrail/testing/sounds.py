"""Sounds made by code for tests: tones, noise, and something that a detector takes for a voice.

Nobody's voice is in them. Needs the extra ``media``.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 16_000
_STEP = 1 << 14
"""Samples written at once: libsndfile's encoder of Vorbis breaks its stack over more."""
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))
"""Formants in hertz of a, i, u and e of an average speaker (Peterson and Barney 1952)."""


def voice(seconds: float = 2.0, rate: int = RATE) -> Samples:
    """Return syllables as a synthesiser of the 1960s made them: pulses through resonators."""
    count = int(seconds * rate)
    time = np.arange(count) / rate
    pitch = 125 + 18 * np.sin(2 * np.pi * 2.1 * time) + 4 * np.sin(2 * np.pi * 5 * time)
    pulses = np.diff(np.floor(np.cumsum(pitch) / rate), prepend=0.0)
    out = np.zeros(count)
    syllable = int(0.22 * rate)
    for start in range(0, count, syllable):
        stop = min(count, start + syllable)
        piece = pulses[start:stop]
        for formant in _VOWELS[start // syllable % len(_VOWELS)]:
            piece = _resonated(piece, formant, rate)
        envelope = np.sin(np.linspace(0, np.pi, stop - start)) ** 0.5
        out[start:stop] = piece / (np.abs(piece).max() + 1e-9) * envelope
    return (0.5 * out).astype(np.float32)


def _resonated(samples: NDArray[np.float64], formant: float, rate: int) -> NDArray[np.float64]:
    """Return samples through a resonator of 90 Hz width, in the frequency domain."""
    size = 2 * len(samples)
    circle = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    radius = np.exp(-np.pi * 90 / rate)
    turn = 2 * np.pi * formant / rate
    response = 1 / (1 - 2 * radius * np.cos(turn) * circle + radius**2 * circle**2)
    spectrum = np.fft.rfft(samples, n=size) * response
    return np.fft.irfft(spectrum, n=size)[: len(samples)]


def tone(seconds: float = 2.0, hertz: float = 440.0, rate: int = RATE) -> Samples:
    """Return a pure tone."""
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(
        np.float32
    )


def noise(seconds: float = 2.0, seed: int = 1, rate: int = RATE) -> Samples:
    """Return white noise."""
    chance = np.random.default_rng(seed)
    return chance.normal(0, 0.1, int(seconds * rate)).astype(np.float32)


def encoded(
    samples: NDArray[np.float32] | NDArray[np.float64],
    *,
    rate: int = RATE,
    form: str = "WAV",
    subtype: str | None = None,
) -> bytes:
    """Return samples, shape (samples,) or (samples, channels), as libsndfile writes them."""
    out = io.BytesIO()
    channels = samples.shape[1] if samples.ndim > 1 else 1
    with soundfile.SoundFile(out, "w", rate, channels, format=form, subtype=subtype) as file:
        for start in range(0, len(samples), _STEP):
            file.write(samples[start : start + _STEP])
    return out.getvalue()
