"""Opening recordings: what libsndfile reads, and nothing else that it would try, or FFmpeg does."""

from __future__ import annotations

import io
from typing import Protocol

import soundfile

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sound.packets import FORMATS, packets
from guardrail.detect.media.sound.track import Samples, Track

RATES = range(4_000, 192_001)
"""Hertz. Below, speech can't be told; above is no recording of a voice."""
FAILURES = (RuntimeError, ValueError, TypeError, OverflowError, AssertionError)
"""What soundfile raises on what libsndfile can't read; `LibsndfileError` is a `RuntimeError`."""

_CHANNELS = 8
_A_SECOND = 800_000
"""Samples of all channels: eight at 96 kHz, or four at 192 kHz."""
_MAGIC = (b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b"FORM", b".snd", b"caff", b"ID3")
_RAW = {"pcm16": "PCM_16", "g711_ulaw": "ULAW", "g711_alaw": "ALAW"}


class _Bytes(io.BytesIO):
    """Bytes that libsndfile may seek in wherever a broken header sends it."""

    def __init__(self, data: bytes) -> None:
        """Share `data`; to ask `getbuffer` for its length would copy it."""
        super().__init__(data)
        self._size = len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek, but not before the beginning, nor farther than there are numbers for."""
        base = {io.SEEK_CUR: self.tell(), io.SEEK_END: self._size}.get(whence, 0)
        return super().seek(min(max(0, base + offset), self._size))


class Source(Protocol):
    """Sound that is read piece by piece."""

    samplerate: int
    """Hertz."""
    channels: int
    frames: int
    """Samples of a channel, as far as that is known."""
    form: tuple[str, str]
    """libsndfile's names of the format and of how samples are written; empty where it isn't
    libsndfile that reads it."""

    @property
    def complete(self) -> bool:
        """Whether all was read, as far as parts weren't left out on purpose."""
        ...

    def seekable(self) -> bool:
        """Tell whether it can be read from any place, and `frames` is true."""
        ...

    def seek(self, sample: int) -> None:
        """Go on from that sample."""
        ...

    def read(self, samples: int = -1) -> Samples:
        """Return so many samples, or all, shape (samples, channels); fewer where it ends.

        Raises:
            Uninspectable: ``broken``, ``uneven``.
        """
        ...


class File:
    """What libsndfile opened."""

    def __init__(self, file: soundfile.SoundFile) -> None:
        """Take it over."""
        self._file = file
        self.samplerate, self.channels, self.frames = file.samplerate, file.channels, file.frames
        self.form = (str(file.format), str(file.subtype))

    @property
    def complete(self) -> bool:
        """Whether all was read: libsndfile leaves nothing out."""
        return True

    def seekable(self) -> bool:
        """Tell whether libsndfile finds any place in it."""
        return bool(self._file.seekable())

    def seek(self, sample: int) -> None:
        """Go on from that sample.

        Raises:
            Uninspectable: ``broken``.
        """
        try:
            self._file.seek(sample)
        except FAILURES as error:
            raise Uninspectable("broken") from error

    def read(self, samples: int = -1) -> Samples:
        """Return so many samples, or all, shape (samples, channels); fewer where it ends.

        Raises:
            Uninspectable: ``broken``.
        """
        try:
            block: Samples = self._file.read(samples, dtype="float32", always_2d=True)
        except FAILURES as error:
            raise Uninspectable("broken") from error
        return block


def opened(data: bytes, mime: str, budget: Budget) -> Source:
    """Open a recording that has one sound track.

    Args:
        data: the recording.
        mime: what it is by its content, as ``audio/wav``; it says who reads it.
        budget: how large it may be, and how much of it will be listened to.

    Raises:
        Uninspectable: as `opened_all`; and ``too_many_parts``.
    """
    found = opened_all(data, mime, budget)
    if len(found) > 1:
        raise Uninspectable("too_many_parts")
    return found[0]


def opened_all(data: bytes, mime: str, budget: Budget) -> list[Source]:
    """Open every sound track of a recording or a film; there is one at least.

    Args:
        data: as `opened`.
        mime: as `opened`.
        budget: as `opened`.

    Raises:
        Uninspectable: ``too_many_bytes``, ``format_not_decodable``, ``broken``, ``uneven``,
            ``no_sound``, ``too_many_channels``, ``too_many_parts``, ``sample_rate_not_read``.
    """
    if len(data) > budget.encoded_bytes:
        raise Uninspectable("too_many_bytes")
    if mime in FORMATS:
        tracks = packets(data, mime)
        return [_checked(Track(one, budget.sound_seconds / len(tracks))) for one in tracks]
    if not _is_known(data):
        raise Uninspectable("format_not_decodable")
    try:
        return [_checked(File(soundfile.SoundFile(_Bytes(data))))]
    except FAILURES as error:
        raise Uninspectable("format_not_decodable") from error


def opened_raw(data: bytes, encoding: str, rate: int, budget: Budget) -> Source:
    """Open mono frames without a header, as real-time interfaces send them.

    Args:
        data: the frames; half a sample at the end is left out.
        encoding: ``pcm16`` (little-endian), ``g711_ulaw``, ``g711_alaw``.
        rate: hertz, as 24000, or 8000 for G.711.
        budget: how large it may be.

    Raises:
        Uninspectable: as `opened`.
    """
    if len(data) > budget.encoded_bytes:
        raise Uninspectable("too_many_bytes")
    if encoding not in _RAW:
        raise Uninspectable("format_not_decodable")
    if rate not in RATES:
        raise Uninspectable("sample_rate_not_read")
    form = {"format": "RAW", "subtype": _RAW[encoding], "endian": "LITTLE"}
    try:
        return File(soundfile.SoundFile(_Bytes(data), samplerate=rate, channels=1, **form))
    except FAILURES as error:
        raise Uninspectable("format_not_decodable") from error


def _is_known(data: bytes) -> bool:
    """Tell whether it begins as something libsndfile reads, or as an MPEG audio frame does."""
    frame = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 6
    return data.startswith(_MAGIC) or bool(frame)


def _checked(file: Source) -> Source:
    if not 1 <= file.channels <= _CHANNELS or file.channels * file.samplerate > _A_SECOND:
        raise Uninspectable("too_many_channels")
    if file.samplerate not in RATES:
        raise Uninspectable("sample_rate_not_read")
    return file
