"""A label that is heard: a rhythm, and spoken words if the operator has them, before the rest.

The rhythm is short, long, pause, short, short: what GB 45438-2025 (5.3) has for sound, "AI" in
Morse code. WAV keeps each of its bytes and chunks; FLAC each of its samples and its tags. MP3 keeps
its ID3v2 tag and is encoded anew, Ogg Vorbis and Opus are encoded anew and lose their tags: write
those afterwards. AAC has a way of its own: `guardrail.disclose.visible.aac`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.visible import riff
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled
from guardrail.errors import ConfigError

Samples = NDArray[np.float32]
"""Frames x channels, from -1 to 1."""

UNIT = 0.1
"""Seconds of a short tone."""
RHYTHM = (1, 3, 0, 1, 1)
"""Units of each tone; 0 is the pause between letters."""
_TONE, _LEVEL = 880.0, 0.25
_EDGE = 0.01
_AFTER = 0.3
_HALT = 0.3
"""Seconds between the rhythm and spoken words."""
_BLOCK = 1 << 16
_MIMES = {"WAV": "audio/wav", "WAVEX": "audio/wav", "FLAC": "audio/flac", "OGG": "audio/ogg"}
_RATES = range(4_000, 384_001)
_CHANNELS = 32


@dataclass(frozen=True, slots=True)
class _Format:
    form: str
    subtype: str
    rate: int
    channels: int


def earcon(rate: int) -> NDArray[np.float32]:
    """Return the rhythm, one channel: 1.1 s of tones and 0.3 s of silence."""
    time = np.arange(int(3 * UNIT * rate), dtype=np.float32) / np.float32(rate)
    wave = np.sin(2 * np.pi * _TONE * time, dtype=np.float32) * np.float32(_LEVEL)
    rest = np.zeros(int(UNIT * rate), np.float32)
    parts: list[NDArray[np.float32]] = []
    for units in RHYTHM:
        if units:
            tone = wave[: int(units * UNIT * rate)].copy()
            edge = np.linspace(0, 1, max(1, int(_EDGE * rate)), dtype=np.float32)
            tone[: len(edge)] *= edge
            tone[-len(edge) :] *= edge[::-1]
            parts += [tone, rest]
        else:
            parts += [rest, rest]  # with the one before, three units: a new letter
    parts[-1] = np.zeros(int(_AFTER * rate), np.float32)
    return np.concatenate(parts)


def raw_earcon(rate: int) -> bytes:
    """Return the rhythm as raw samples: signed, 16 bits, little-endian, one channel."""
    return (earcon(rate) * np.float32(32_767)).astype("<i2").tobytes()


def preface(
    data: bytes,
    words: str,
    *,
    spoken: bytes = b"",
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Put the rhythm, and spoken words, before a WAV, FLAC, MP3, Ogg Vorbis or Opus file.

    Args:
        data: The whole file.
        words: What the label says, as text: handed back for those who can't hear.
        spoken: The operator's recording of these words, in any of the formats; without it the
            rhythm stands alone.
        bounds: Of size.

    Raises:
        Unlabelled: ``unsupported_format``, ``too_large``, ``too_many_samples``, ``unreadable``,
            ``unwritable``.
        ConfigError: `spoken` can't be read or is too long.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    own = _format(data, bounds)
    mono = beginning(own.rate, spoken, bounds)
    start = np.repeat(mono[:, None], own.channels, axis=1)
    file = (_wav if own.form in {"WAV", "WAVEX"} else _anew)(data, own, start)
    return Labelled(
        data=file,
        mime=_MIMES.get(own.form, "audio/mpeg"),
        words=words,
        seconds=len(start) / own.rate,
    )


def _format(data: bytes, bounds: Bounds) -> _Format:
    lib = library()
    try:
        with lib.SoundFile(BytesIO(data)) as file:
            found = _Format(file.format, file.subtype, file.samplerate, file.channels)
            frames = file.frames
    except lib.LibsndfileError:
        raise Unlabelled("unreadable") from None
    if found.form not in {*_MIMES, "MP3", "MPEG"}:
        raise Unlabelled("unsupported_format")
    if found.rate not in _RATES or not 1 <= found.channels <= _CHANNELS:
        raise Unlabelled("unsupported_format")
    if not 0 < frames * found.channels <= bounds.samples:
        raise Unlabelled("too_many_samples" if frames > 0 else "unreadable")
    return found


def beginning(rate: int, spoken: bytes, bounds: Bounds) -> NDArray[np.float32]:
    """Return what is put before a sound, one channel: the rhythm, and spoken words where there are.

    Args:
        rate: Of the samples, in hertz.
        spoken: The operator's recording; nothing for none.
        bounds: Of its length.

    Raises:
        ConfigError: `spoken` can't be read or is too long.
    """
    found = earcon(rate)
    if not spoken:
        return found
    halt = np.zeros(int(_HALT * rate), np.float32)
    return np.concatenate([found, _spoken(spoken, rate, bounds), halt])


def _spoken(data: bytes, rate: int, bounds: Bounds) -> NDArray[np.float32]:
    lib = library()
    fix = f"Give a WAV or FLAC file of at most {bounds.preface_seconds:g} seconds."
    try:
        with lib.SoundFile(BytesIO(data)) as file:
            if file.frames > bounds.preface_seconds * file.samplerate:
                raise ConfigError("The spoken label is too long.", fix=fix)
            mono = file.read(dtype="float32", always_2d=True).mean(axis=1)
            theirs = file.samplerate
    except lib.LibsndfileError as error:
        raise ConfigError("The spoken label can't be read.", fix=fix) from error
    if len(mono) == 0:
        raise ConfigError("The spoken label is empty.", fix=fix)
    return resampled(mono, theirs, rate)


def resampled(mono: NDArray[np.float32], theirs: int, rate: int) -> NDArray[np.float32]:
    """Return sound at another rate, without what the new one can't hold."""
    if theirs == rate:
        return mono
    count = max(1, round(len(mono) * rate / theirs))
    tones = np.fft.rfft(mono)[: count // 2 + 1]
    return np.asarray(np.fft.irfft(tones, count) * (count / len(mono)), np.float32)


def _wav(data: bytes, own: _Format, start: Samples) -> bytes:
    lib = library()
    target = BytesIO()
    try:
        lib.write(target, start, own.rate, own.subtype, format=own.form)
    except (lib.LibsndfileError, ValueError):
        raise Unlabelled("unwritable") from None
    return riff.prepended(data, riff.samples(target.getvalue()))


def _anew(data: bytes, own: _Format, start: Samples) -> bytes:
    lib = library()
    target = BytesIO()
    exact = own.form == "FLAC"
    try:
        with (
            lib.SoundFile(BytesIO(data)) as source,
            lib.SoundFile(
                target, "w", own.rate, own.channels, own.subtype, format=own.form
            ) as sink,
        ):
            for block in _blocks(start):
                sink.write(block)
            kind = "int32" if exact else "float32"
            while len(block := source.read(_BLOCK, dtype=kind, always_2d=True)):
                sink.write(block)
    except (lib.LibsndfileError, ValueError):
        raise Unlabelled("unwritable") from None
    made = target.getvalue()
    if exact:
        return _with_blocks(made, data)
    return _tag(data) + made if own.form in {"MP3", "MPEG"} else made


def _blocks(samples: Samples) -> Iterator[Samples]:
    for at in range(0, len(samples), _BLOCK):
        yield samples[at : at + _BLOCK]


def _tag(mp3: bytes) -> bytes:
    """Return an MP3's ID3v2 tag, to be kept."""
    if not mp3.startswith(b"ID3") or len(mp3) < 10:
        return b""
    size = 0
    for one in mp3[6:10]:
        size = size << 7 | one & 0x7F
    return mp3[: 10 + size] if 10 + size < len(mp3) else b""


_KEPT = frozenset({2, 4, 6})
"""FLAC's metadata that stay true: applications', comments, pictures."""


def _with_blocks(made: bytes, old: bytes) -> bytes:
    """Return a new FLAC file with the old one's comments and pictures."""
    kept = [(kind, data) for kind, data in _metadata(old)[0] if kind in _KEPT]
    own, sound = _metadata(made)
    if not own or own[0][0] != 0:
        raise Unlabelled("unwritable")
    blocks = [own[0], *kept]
    head = b"".join(
        bytes((kind | (0x80 if number == len(blocks) - 1 else 0),))
        + len(data).to_bytes(3, "big")
        + data
        for number, (kind, data) in enumerate(blocks)
    )
    return b"fLaC" + head + made[sound:]


def _metadata(flac: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """Return a FLAC file's metadata blocks, and where its sound begins."""
    at = flac.find(b"fLaC", 0, 1 << 20)  # an ID3 tag may stand before it
    if at < 0:
        return [], 0
    at += 4
    found: list[tuple[int, bytes]] = []
    last = False
    while not last and at + 4 <= len(flac):
        kind, size = flac[at], int.from_bytes(flac[at + 1 : at + 4], "big")
        found.append((kind & 0x7F, flac[at + 4 : at + 4 + size]))
        last = bool(kind & 0x80)
        at += 4 + size
    return found, at


def library() -> ModuleType:
    """Import soundfile.

    Raises:
        ConfigError: it isn't installed.
    """
    try:
        import soundfile  # noqa: PLC0415 - libsndfile, which only labels of sound need
    except ImportError as error:
        raise ConfigError(
            "Labelling sound needs soundfile, which isn't installed.",
            code="labels_not_installed",
            fix="pip install 'guardrail-gateway[labels]'",
        ) from error
    found: ModuleType = soundfile
    return found
