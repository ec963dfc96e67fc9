"""Recordings with their speech replaced by silence: same format, without metadata, and proven."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import soundfile

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sound.decode import Samples, recording, samples
from guardrail.detect.media.sound.opening import FAILURES, opened
from guardrail.detect.media.sound.silence_aac import silence_aac
from guardrail.detect.media.sound.speech import Speech, Stretch

_FORMATS = {"WAV": "WAV", "WAVEX": "WAV", "FLAC": "FLAC", "OGG": "OGG", "MP3": "MP3"}
_AS_THEY_ARE = {"PCM_16", "PCM_24", "PCM_32", "PCM_U8", "PCM_S8", "FLOAT", "DOUBLE", "ULAW", "ALAW"}
_AS_THEY_ARE |= {"VORBIS", "OPUS", "MPEG_LAYER_III"}
_STEP = 1 << 14
"""Samples written at once: libsndfile's encoder of Vorbis keeps them on its stack."""
_ROUNDS = 3
"""How often what is still taken for speech is silenced as well. Breath between words is louder than
everything else once the words are gone."""


def silence(data: bytes, mime: str, stretches: Sequence[Stretch], speech: Speech) -> bytes:
    """Return the recording in its own format, with silence where `stretches` are.

    Only samples are written: tags, pictures and whatever else was in the file are left behind.

    Args:
        data: an encoded recording, all of which could be listened to.
        mime: what it is by its content.
        stretches: start and end in seconds, as of `Speech.stretches`.
        speech: proves that nothing is left.

    Raises:
        Uninspectable: ``cannot_redact`` (a format that isn't written, or longer than what is
            listened to), ``redaction_unproven``, or as `recording`.
    """
    budget = Budget()
    if mime == "audio/aac":
        return silence_aac(data, mime, stretches, speech, budget)
    file = opened(data, mime, budget)
    if file.form[0] not in _FORMATS or file.frames > budget.sound_seconds * file.samplerate:
        raise Uninspectable("cannot_redact")
    rate, form = file.samplerate, (_FORMATS[file.form[0]], _subtype(file.form[1]))
    block = file.read()
    left: Sequence[Stretch] = stretches
    for _ in range(_ROUNDS):
        _cut(block, left, rate)
        redacted = _written(block, rate, form)
        if not speech.find(recording(redacted, mime, budget)):
            return redacted
        left = speech.stretches(samples(redacted, mime, budget))
    raise Uninspectable("redaction_unproven")


def _subtype(subtype: str) -> str:
    """Return how samples are written: ADPCM, whose encoders aren't all there, as 16 bits."""
    return subtype if subtype in _AS_THEY_ARE else "PCM_16"


def _cut(block: Samples, stretches: Sequence[Stretch], rate: int) -> None:
    """Silence stretches of a block of shape (samples, channels), in every channel."""
    np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    for begin, end in stretches:
        block[max(0, int(begin * rate)) : max(0, int(end * rate))] = 0


def _written(block: Samples, rate: int, form: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    try:
        with soundfile.SoundFile(
            out, "w", rate, block.shape[1], format=form[0], subtype=form[1]
        ) as file:
            for start in range(0, len(block), _STEP):
                file.write(block[start : start + _STEP])
    except FAILURES as error:
        raise Uninspectable("cannot_redact") from error
    return out.getvalue()
