"""Sound as frames of AAC-LC, as simple as they may be: long windows, one codebook, no tricks.

Enough for a rhythm and for spoken words: noise lies some twenty decibels below what is heard in
each band. What follows is decoded as if nothing had been before it: the last frame is silence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.visible.aac.tables import FARTHEST, LARGEST, PAIRS, STEPS, bands

FRAME = 1_024
"""Samples of each channel in a frame. A decoder gives them one frame late."""
LAYOUTS = {1: "s", 2: "p", 3: "sp", 4: "sps", 5: "spp", 6: "sppl", 7: "spppl"}
"""Layout of channels (1.6.3.5) → its elements: single, pair, and the one for low frequencies."""
_ELEMENTS = {"s": "000", "p": "001", "l": "011"}
_END = "111"
_MOST_BITS = 6_144
"""Of a frame, for each channel."""
_FULL = 32_767
_QUIET = 2_000.0
"""Of a coefficient, below which a band isn't written: 80 dB below the loudest."""
_ROUND = 0.4054
_UNIT = 100
"""The scale factor of 1."""
_CODED, _ESCAPE = "1000", 31
"""The codebook's number; what a section's length is written in."""

_PLAIN = "000"
"""No pulses, no shaping of noise, no control of gain."""

Floats = NDArray[np.float64]


def encoded(mono: NDArray[np.float32], rate: int, channels: int) -> list[bytes]:
    """Return raw data blocks, a frame each: the sound in all channels, and silence in the last.

    Args:
        mono: from -1 to 1.
        rate: the index of the sampling rate.
        channels: their layout, one of `LAYOUTS`.
    """
    edges = bands(rate)
    spectra = _spectra(mono)
    return [_block(one, edges, channels) for one in spectra] + [_block(_SILENCE, edges, channels)]


_SILENCE = np.zeros(FRAME)


def _spectra(mono: NDArray[np.float32]) -> Floats:
    """Return the modified cosine transform of windows that overlap by half (4.6.11)."""
    count = -(-len(mono) // FRAME) + 1
    padded = np.zeros((count + 1) * FRAME)
    padded[FRAME : FRAME + len(mono)] = mono * _FULL
    whole = 2 * FRAME
    windows = np.lib.stride_tricks.sliding_window_view(padded, whole)[::FRAME]
    place, line = np.arange(whole), np.arange(FRAME) + 0.5
    slope = np.sin(np.pi / whole * (place + 0.5))
    turned = np.fft.fft(windows * slope * np.exp(-1j * np.pi / whole * place), axis=1)[:, :FRAME]
    return np.asarray(2 * (turned * np.exp(-1j * np.pi / FRAME * (FRAME + 1) / 2 * line)).real)


def _block(spectrum: Floats, edges: Sequence[int], channels: int) -> bytes:
    sound = _fitting(spectrum, edges)
    tags = dict.fromkeys(_ELEMENTS, 0)
    written: list[str] = []
    for kind in LAYOUTS[channels]:
        written += [_ELEMENTS[kind], f"{tags[kind]:04b}", _element(kind, *sound)]
        tags[kind] += 1
    bits = "".join([*written, _END])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _element(kind: str, head: str, stream: tuple[str, str], nothing: tuple[str, str]) -> str:
    """Return what an element holds behind its number: where windows stand first in each channel."""
    gain, rest = stream
    if kind == "s":
        return gain + head + rest
    if kind == "l":
        return nothing[0] + "0" * len(head) + _PLAIN
    # Both channels have the same windows, and are middle and side: there is nothing at the side.
    return "1" + head + "10" + gain + rest + "".join(nothing)


def _fitting(
    spectrum: Floats, edges: Sequence[int]
) -> tuple[str, tuple[str, str], tuple[str, str]]:
    """Return the head of the windows, and channels with sound and without, that fit a frame."""
    made = _channel(spectrum, edges, LARGEST)
    for largest in range(LARGEST - 1, 0, -1):
        if len(made[1][1]) < _MOST_BITS - 256:
            break
        made = _channel(spectrum, edges, largest)
    return made


def _channel(
    spectrum: Floats, edges: Sequence[int], largest: int
) -> tuple[str, tuple[str, str], tuple[str, str]]:
    factors = _factors(spectrum, edges, largest)
    used = max((band for band, one in enumerate(factors) if one), default=-1) + 1
    factors = factors[:used]
    gain = next((one for one in factors if one), _UNIT)
    steps, lines = [], []
    last = gain
    for band, factor in enumerate(factors):
        if factor:
            steps.append(STEPS[factor - last + FARTHEST])
            lines.append(_lines(spectrum[edges[band] : edges[band + 1]], factor))
            last = factor
    sound = _sections(factors) + "".join(steps) + _PLAIN + "".join(lines)
    nothing = _sections([0] * used) + _PLAIN
    return f"0000{used:06b}0", (f"{gain:08b}", sound), (f"{_UNIT:08b}", nothing)


def _factors(spectrum: Floats, edges: Sequence[int], largest: int) -> list[int]:
    """Return the scale factor of each band; 0 for one that isn't written."""
    peaks = np.maximum.reduceat(np.abs(spectrum), edges[:-1])
    ceiling = (largest + 1 - _ROUND - 0.01) ** (4 / 3)
    found = _UNIT + np.ceil(4 * np.log2(np.maximum(peaks, 1) / ceiling)).astype(int)
    least = int(found.max()) - FARTHEST
    return [
        int(factor) if peak > _QUIET and factor > least else 0
        for factor, peak in zip(found, peaks, strict=True)
    ]


def _lines(spectrum: Floats, factor: int) -> str:
    """Return the coefficients of a band, quantized (4.6.1), in words for pairs."""
    scaled = np.abs(spectrum) * 2.0 ** (-(factor - _UNIT) / 4)
    sizes = np.floor(scaled**0.75 + _ROUND).astype(int).tolist()
    signs = ["" if not size else "1" if one < 0 else "0"
             for size, one in zip(sizes, spectrum.tolist(), strict=True)]  # fmt: skip
    return "".join(
        PAIRS[sizes[at] * (LARGEST + 1) + sizes[at + 1]] + signs[at] + signs[at + 1]
        for at in range(0, len(sizes), 2)
    )


def _sections(factors: Sequence[int]) -> str:
    """Return which bands are written, in runs."""
    out: list[str] = []
    at = 0
    while at < len(factors):
        is_coded = bool(factors[at])
        end = next((n for n in range(at, len(factors)) if bool(factors[n]) != is_coded),
                   len(factors))  # fmt: skip
        fully, rest = divmod(end - at, _ESCAPE)
        out.append((_CODED if is_coded else "0000") + "11111" * fully + f"{rest:05b}")
        at = end
    return "".join(out)
