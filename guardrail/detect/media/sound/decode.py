"""Recordings as 16 kHz samples: decoded piece by piece, never more than the budget asks for.

libsndfile reads WAV (PCM, float, µ-law, A-law, ADPCM), FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU and
CAF; FFmpeg reads AAC, AMR, and the sound of MP4, QuickTime, Matroska, WebM and AVI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.sound.opening import Source, opened, opened_all, opened_raw
from guardrail.detect.media.sound.plan import Slot, slots
from guardrail.detect.media.sound.resample import RATE, resampled

Samples = NDArray[np.float32]
_SILENT = 1e-4
"""Standard deviation of what counts as digital silence: A-law's smallest step is 2.4e-4."""
_AT_ONCE = 4 << 20
"""Samples of all channels that are decoded at once, about."""
_SAME = 1e-3
"""Share of the power by which two channels that say the same may differ."""
_LONGEST = 7 * 24 * 3600.0
"""Seconds. A longer recording has a header that lies, or says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A few seconds of a recording."""

    start: float
    """Seconds from the recording's beginning."""
    tracks: Samples
    """Channels that differ, at 16 kHz, each from -1 to 1: shape (tracks, samples)."""
    channels: tuple[int, ...]
    """Which channel of the recording each track is."""
    end: float
    """Seconds from the recording's beginning."""
    last: bool
    """Whether the recording ends with it."""

    @property
    def silent(self) -> bool:
        """Whether it holds no sound at all."""
        return self.tracks.size == 0 or float(self.tracks.std(axis=1).max()) < _SILENT

    @property
    def effort(self) -> float:
        """How much of the time to listen a second of it takes, as against mono or stereo."""
        return 0.25 if self.silent else max(1.0, len(self.tracks) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What was decoded of a recording."""

    pieces: tuple[Piece, ...]
    seconds: float
    """Of the whole recording, as far as that is known."""
    whole: bool
    """Whether `pieces` are all of it."""
    rate: int = RATE

    @property
    def mono(self) -> Samples:
        """The louder track of each piece, joined: channels in opposite phase would cancel out."""
        loud = [piece.tracks[int(piece.tracks.std(axis=1).argmax())] for piece in self.pieces]
        return np.concatenate(loud) if loud else np.zeros(0, np.float32)


class Recording:
    """A recording that is decoded as it is walked over."""

    def __init__(self, file: Source, budget: Budget) -> None:
        """Take an opened file, of `opening`, and how long to listen."""
        self._file = file
        self._budget = budget
        self.seconds = file.frames / file.samplerate
        """Of the whole recording, as far as that is known."""
        self.whole = False
        """Whether the walk over the pieces came to the end, having left nothing out."""

    def pieces(self) -> Iterator[Piece]:
        """Decode and yield pieces: all in order, or, of a long recording, spread evenly over it.

        Silence costs little to listen to, so it counts for a quarter; channels beyond two count as
        well.

        Raises:
            Uninspectable: ``broken``, where nothing can be read; ``uneven``.
        """
        heard, at = 0.0, 0.0
        known = self._file.seekable() and self.seconds < _LONGEST
        length = self.seconds if known else _LONGEST
        most = max(2, _AT_ONCE // (self._file.samplerate * self._file.channels))
        for slot in slots(length, self._budget.sound_seconds, known=known, most=most):
            if heard >= self._budget.sound_seconds:
                return
            block = self._read(slot, seek=slot.start != at)
            at = slot.start + slot.seconds
            if not len(block):
                break
            piece = self._piece(slot, block)
            heard += len(block) / self._file.samplerate * piece.effort
            yield piece
        self.whole = self._file.complete
        if not known:
            self.seconds = at

    def _piece(self, slot: Slot, block: Samples) -> Piece:
        rate = self._file.samplerate
        channels, kept = _apart(block)
        short = len(block) < int(slot.seconds * rate)
        return Piece(
            start=slot.start,
            tracks=resampled(channels[list(kept)], rate),
            channels=kept,
            end=slot.start + (len(block) / rate if short else slot.seconds),
            last=short or slot.start + slot.seconds >= self.seconds,
        )

    def _read(self, slot: Slot, *, seek: bool) -> Samples:
        rate = self._file.samplerate
        if seek:
            self._file.seek(int(slot.start * rate))
        return self._file.read(int(slot.seconds * rate))


def recording(data: bytes, mime: str, budget: Budget) -> Recording:
    """Open an encoded recording of one track, to be decoded no further than needed.

    Raises:
        Uninspectable: as `opened`; and ``broken`` on the way.
    """
    return Recording(opened(data, mime, budget), budget)


def recordings(data: bytes, mime: str, budget: Budget) -> list[Recording]:
    """Open every sound track of a recording or a film; they share the time to listen.

    Raises:
        Uninspectable: as `opened_all`; and ``broken`` or ``uneven`` on the way.
    """
    found = opened_all(data, mime, budget)
    each = replace(budget, sound_seconds=budget.sound_seconds / len(found))
    return [Recording(one, each) for one in found]


def samples(data: bytes, mime: str, budget: Budget) -> Sound:
    """Decode a recording of one track, as far as the budget reaches.

    Raises:
        Uninspectable: as `recording`.
    """
    return _sound(recording(data, mime, budget))


def raw(data: bytes, encoding: str, rate: int, budget: Budget) -> Sound:
    """Decode mono frames without a header: see `opened_raw`.

    Raises:
        Uninspectable: as `opened_raw`.
    """
    return _sound(Recording(opened_raw(data, encoding, rate, budget), budget))


def _sound(source: Recording) -> Sound:
    pieces = tuple(source.pieces())
    return Sound(pieces=pieces, seconds=source.seconds, whole=source.whole)


def _apart(block: Samples) -> tuple[Samples, tuple[int, ...]]:
    """Return the channels by rows, in place of the samples', and which of them differ.

    Float samples may be anything: what isn't a number is silence, what is too large is turned down.
    """
    channels = np.ascontiguousarray(block.T)
    if not np.isfinite(channels).all():
        channels = np.nan_to_num(channels, nan=0.0, posinf=0.0, neginf=0.0)
    peak = max(float(channels.max(initial=0.0)), -float(channels.min(initial=0.0)))
    if peak > 1:
        channels = channels / np.float32(peak)
    kept: list[int] = []
    for index, channel in enumerate(channels):
        power = float(np.dot(channel, channel))
        if power <= _SILENT**2 * len(channel):
            continue
        if not any(_same(channel, channels[other]) for other in kept):
            kept.append(index)
    return channels, tuple(kept) or (0,)


def _same(one: Samples, other: Samples) -> bool:
    """Tell whether two channels say the same at the same or the opposite phase."""
    both = float(np.dot(one, one)) * float(np.dot(other, other))
    return float(np.dot(one, other)) ** 2 >= (1 - _SAME) * both
