"""Sound in raw frames, as voice interfaces stream it: what of it is listened to, and when.

Frames have no header, and come in pieces of any size. They are listened to by the second, each with
the seconds before it: so a verdict doesn't hang on how the sound was cut.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.medium import Kind
from guardrail.detect.media.payload import from_base64
from guardrail.detect.media.sniff import sniff
from guardrail.facts import Inspected

BEFORE = 5
"""Seconds that are heard again with each new one: a detector gets used to a sound in them, and they
tell music from a first word."""
AT_ONCE = 8
"""Seconds listened to in one go."""
_WEAK = frozenset({
    "image/jxl", "image/vnd.microsoft.icon", "image/x-win-bitmap", "audio/mpeg", "audio/aac",
})  # fmt: skip
"""What so few bytes tell that samples have them by chance, some once in a minute."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a sample is written: ``pcm16`` (little-endian), ``g711_ulaw``, ``g711_alaw``; mono."""

    encoding: str
    rate: int
    """Hertz."""

    @property
    def width(self) -> int:
        """Bytes of a sample."""
        return 2 if self.encoding == "pcm16" else 1

    @property
    def second(self) -> int:
        """Bytes of a second."""
        return self.rate * self.width


PCM, ULAW, ALAW = Coding("pcm16", 24_000), Coding("g711_ulaw", 8_000), Coding("g711_alaw", 8_000)
_CODINGS = {
    "pcm16": PCM,
    "audio/pcm": PCM,
    "g711_ulaw": ULAW,
    "audio/pcmu": ULAW,
    "g711_alaw": ALAW,
    "audio/pcma": ALAW,
}
_RATES = range(4_000, 192_001)
"""Hertz, as in recordings."""


class RawSound(bytes):
    """Some seconds of sound, as something that can be looked into."""

    coding: Coding
    fresh: int
    """How many of its bytes, the last ones, weren't listened to before."""
    whole: bool
    """Whether it is a recording by itself, and nothing came before it."""
    known: Inspected | None
    """What it is known to be, where nobody needs to listen."""

    def __new__(  # noqa: D102 - as the class says
        cls,
        data: bytes,
        coding: Coding = PCM,
        *,
        fresh: int = 0,
        whole: bool = False,
        known: Inspected | None = None,
    ) -> Self:
        made = super().__new__(cls, data)
        made.coding, made.fresh, made.whole, made.known = coding, fresh, whole, known
        return made


class Hearing:
    """One reading of frames as they come, and how far it was listened to."""

    def __init__(self, coding: Coding, *, joins: bool = True) -> None:
        """Begin with silence before.

        Args:
            coding: how samples are written.
            joins: whether half a sample at a frame's end goes on in the next one. Some readers
                drop it, and hear something else.
        """
        self.coding = coding
        self.joins = joins
        self._data = b""
        self._came = 0
        self._heard = 0
        self._passed = 0
        self._ends: deque[int] = deque()

    def take(self, frame: bytes) -> None:
        """Take the next frame."""
        if not self.joins:
            frame = frame[: len(frame) - len(frame) % self.coding.width]
        self._data += frame
        self._came += len(frame)
        self._ends.append(self._came)

    def due(self, *, last: bool = False) -> RawSound | None:
        """Return what is to be listened to now, in whole seconds; None for nothing.

        Args:
            last: take what is no whole second, too: nobody waits for the rest.
        """
        second = self.coding.second
        fresh = min((self._came - self._heard) // second, AT_ONCE) * second
        if not fresh and last:
            left = self._came - self._heard
            fresh = left - left % self.coding.width
        if not fresh:
            self._passed = self._came if last else self._passed
            return None
        begin = len(self._data) - (self._came - self._heard)
        start = max(0, begin - BEFORE * second)
        return RawSound(self._data[start : begin + fresh], self.coding, fresh=fresh)

    def heard(self, sound: RawSound) -> None:
        """Take note that what was due was listened to, and nothing was against it."""
        self._heard = self._passed = self._heard + sound.fresh
        kept = self._came - self._heard + BEFORE * self.coding.second
        self._data = self._data[-kept:]

    @property
    def waiting(self) -> int:
        """Frames of which something wasn't listened to yet."""
        while self._ends and self._ends[0] <= self._passed:
            self._ends.popleft()
        return len(self._ends)


def windows(sound: RawSound) -> Iterator[tuple[bytes, float]]:
    """Yield each new second with what was before it, and how many seconds that is."""
    second = sound.coding.second
    first = len(sound) - sound.fresh
    for begin in range(first, len(sound), second):
        start = max(0, begin - BEFORE * second)
        yield bytes(sound[start : begin + second]), (begin - start) / second


def frame_of(held: str) -> bytes | None:
    """Return the bytes of a frame in base64; None where it is none, or something else by its look.

    Whatever is no other medium is a frame: there is nothing to tell samples by.
    """
    try:
        data = from_base64(held)
    except Uninspectable:
        return None
    medium = sniff(data)
    return data if medium.kind is Kind.UNKNOWN or medium.mime in _WEAK else None


def coding_of(name: object, rate: object = None) -> Coding | None:
    """Return the coding that voice interfaces call so; None for others, as compressed ones.

    Args:
        name: as ``pcm16``, ``g711_ulaw`` or ``audio/pcm``, ``audio/pcmu``, ``audio/pcma``.
        rate: hertz, where it is told and the coding leaves a choice.
    """
    coding = _CODINGS.get(name) if isinstance(name, str) else None
    if coding != PCM or rate is None:
        return coding
    if not isinstance(rate, int) or isinstance(rate, bool) or rate not in _RATES:
        return None
    return Coding(PCM.encoding, rate)
