"""Opening what libsndfile reads, and nothing else that it would try."""

from __future__ import annotations

import io
from typing import Protocol

import soundfile

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sound.resample import RATE

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

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek, but not before the beginning, nor farther than there are numbers for."""
        base = {io.SEEK_CUR: self.tell(), io.SEEK_END: len(self.getbuffer())}.get(whence, 0)
        return super().seek(min(max(0, base + offset), len(self.getbuffer())))


class Decoder(Protocol):
    """An operator's decoder of what libsndfile can't read, as AAC or WebM."""

    def __call__(self, data: bytes, mime: str, seconds: float) -> bytes:
        """Return at most `seconds` of the recording as mono 16-bit 16 kHz little-endian PCM.

        Raises:
            Uninspectable: where it can't be decoded.
        """
        ...


def opened(
    data: bytes, mime: str, budget: Budget, decoder: Decoder | None = None
) -> soundfile.SoundFile:
    """Open an encoded recording.

    Args:
        data: the recording.
        mime: what it is by its content, as ``audio/wav``; a decoder of one's own wants it.
        budget: how large it may be, and how much of it a decoder is asked for.
        decoder: for what libsndfile can't read.

    Raises:
        Uninspectable: ``too_many_bytes``, ``format_not_decodable``, ``too_many_channels``,
            ``sample_rate_not_read``, or a decoder's own reason.
    """
    if len(data) > budget.encoded_bytes:
        raise Uninspectable("too_many_bytes")
    if not _is_known(data):
        if decoder is None:
            raise Uninspectable("format_not_decodable")
        return opened_raw(decoder(data, mime, budget.sound_seconds), "pcm16", RATE, budget)
    try:
        return _checked(soundfile.SoundFile(_Bytes(data)))
    except FAILURES as error:
        raise Uninspectable("format_not_decodable") from error


def opened_raw(data: bytes, encoding: str, rate: int, budget: Budget) -> soundfile.SoundFile:
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
        return soundfile.SoundFile(_Bytes(data), samplerate=rate, channels=1, **form)
    except FAILURES as error:
        raise Uninspectable("format_not_decodable") from error


def _is_known(data: bytes) -> bool:
    """Tell whether it begins as something libsndfile reads, or as an MPEG audio frame does."""
    frame = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 6
    return data.startswith(_MAGIC) or bool(frame)


def _checked(file: soundfile.SoundFile) -> soundfile.SoundFile:
    if not 1 <= file.channels <= _CHANNELS or file.channels * file.samplerate > _A_SECOND:
        raise Uninspectable("too_many_channels")
    if file.samplerate not in RATES:
        raise Uninspectable("sample_rate_not_read")
    return file
