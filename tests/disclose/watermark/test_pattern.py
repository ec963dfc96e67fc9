from __future__ import annotations

import hashlib

import numpy as np

from guardrail.disclose.watermark.code import LENGTH, LETTERS
from guardrail.disclose.watermark.pattern import TILE, layout, spectrum, tile

KEY = b"a key of 16 byte"
LETTERS_OF = bytes(range(8))


def test_a_tile_is_the_same_on_every_machine() -> None:
    # A changed tile would make all marks unreadable that are out there.
    own = layout(KEY)
    told = np.concatenate([own.rows, own.columns, own.places, own.scramble.astype(int)])
    digest = hashlib.sha256(told.astype("<i8").tobytes()).hexdigest()
    assert digest == "54ec1acd162b218de2a3f3c4914edc5cde96abfb8675731659f11d448e6fa0d1"


def test_a_tile_has_variance_one_and_joins_itself_without_a_seam() -> None:
    made = tile(LETTERS_OF, KEY)
    assert made.shape == (TILE, TILE)
    assert abs(float(made.mean())) < 1e-6
    assert abs(float(made.std()) - 1) < 1e-5
    steps = np.abs(np.diff(made, axis=0))
    seam = np.abs(made[0] - made[-1])
    assert seam.mean() < 1.3 * steps.mean()


def test_a_tile_has_only_middle_frequencies() -> None:
    power = np.abs(np.fft.fft2(tile(LETTERS_OF, KEY))) ** 2
    distance = np.hypot(np.fft.fftfreq(TILE, 1 / TILE)[:, None], np.fft.fftfreq(TILE, 1 / TILE))
    outside = (distance < 6) | (distance > 36)
    assert power[outside].sum() < 1e-6 * power.sum()


def test_message_and_anchor_share_no_frequency_part() -> None:
    own = layout(KEY)
    assert len(set(own.places.tolist())) == LETTERS * LENGTH
    values = np.zeros(2 * len(own.rows), np.float32)
    values[own.places] = 1
    message = spectrum(values, own.rows, own.columns)
    assert not (message.real * own.anchor.real).any()
    assert not (message.imag * own.anchor.imag).any()
    assert np.count_nonzero(own.anchor) > 1_000


def test_keys_have_nothing_in_common() -> None:
    one, other = tile(LETTERS_OF, KEY), tile(LETTERS_OF, b"another of 16 by")
    assert abs(float((one * other).mean())) < 0.1
