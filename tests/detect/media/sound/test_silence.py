from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sound.decode import samples
from guardrail.detect.media.sound.silence import silence
from guardrail.detect.media.sound.speech import Speech
from guardrail.testing.sounds import encoded, tone, voice

BUDGET = Budget()
SPOKEN = np.concatenate([tone(2), voice(2), tone(2)])


@pytest.mark.parametrize(
    ("form", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "ULAW"), ("WAV", "IMA_ADPCM"), ("FLAC", "PCM_16"),
     ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")],
)  # fmt: skip
def test_speech_is_silenced_in_the_recordings_own_format(
    form: str, subtype: str, speech: Speech
) -> None:
    data = encoded(SPOKEN, form=form, subtype=subtype)
    redacted = silence(data, "", speech.stretches(samples(data, "", BUDGET)), speech)
    with soundfile.SoundFile(io.BytesIO(redacted)) as file:
        assert (file.format, file.samplerate, file.channels) == (form, 16_000, 1)
        block = file.read()
    assert abs(len(block) - len(SPOKEN)) < 3_000
    assert np.abs(block[40_000:60_000]).max() < 0.01
    assert np.abs(block[:20_000]).max() > 0.2
    assert speech.find(samples(redacted, "", BUDGET)) == ()


def test_tags_are_left_behind(speech: Speech) -> None:
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", 16_000, 1, format="WAV") as file:
        file.title = "Айгүл Серікова"
        file.write(SPOKEN)
    data = out.getvalue()
    assert "Айгүл".encode() in data
    redacted = silence(data, "audio/wav", speech.stretches(samples(data, "", BUDGET)), speech)
    assert "Айгүл".encode() not in redacted


def test_what_was_missed_at_first_is_silenced_as_well(speech: Speech) -> None:
    redacted = silence(encoded(SPOKEN), "audio/wav", [(2.0, 2.2)], speech)
    assert speech.find(samples(redacted, "", BUDGET)) == ()


def test_what_isnt_proven_is_a_verdict() -> None:
    class Sure(Speech):
        def find(self, *_: object, **__: object) -> tuple[object, ...]:  # type: ignore[override]
            return (1,)

    with pytest.raises(Uninspectable, match="redaction_unproven"):
        silence(encoded(SPOKEN), "audio/wav", [], Sure())


def test_what_cant_be_written_or_heard_whole_is_a_verdict(speech: Speech) -> None:
    for data in (encoded(SPOKEN, form="AIFF"), encoded(tone(61))):
        with pytest.raises(Uninspectable, match="cannot_redact"):
            silence(data, "", [(0.0, 1.0)], speech)
