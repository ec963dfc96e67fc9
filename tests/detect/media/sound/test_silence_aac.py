from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.layouts.adts import frames
from guardrail.detect.media.sound.decode import samples
from guardrail.detect.media.sound.silence import silence
from guardrail.detect.media.sound.silence_aac import silence_aac
from guardrail.detect.media.sound.speech import Speech

BUDGET = Budget()
AAC = "audio/aac"
Sample = Callable[[str], bytes]


@pytest.mark.parametrize("name", ["spoken.aac", "spoken_stereo.aac"])
def test_speech_is_silenced_and_what_is_around_it_stays(
    sample: Sample, name: str, speech: Speech
) -> None:
    data = sample(name)
    tags = b"ID3\x04\0\0\0\0\0\x05" + b"Aigul"
    redacted = silence(tags + data, AAC, speech.stretches(samples(data, AAC, BUDGET)), speech)
    assert b"Aigul" not in redacted
    heard = samples(redacted, AAC, BUDGET)
    assert speech.find(heard) == ()
    assert np.abs(heard.mono[20_000:28_000]).max() < 1e-4
    assert heard.mono[:8_000].std() > 0.1
    old, new = frames(data), frames(redacted)
    assert len(old) == len(new)
    assert old[:8] == new[:8]


def test_all_of_he_aac_that_speaks_is_silenced(sample: Sample, speech: Speech) -> None:
    redacted = silence(sample("voice_he1.aac"), AAC, [(0.0, 9.0)], speech)
    assert not samples(redacted, AAC, BUDGET).mono.any()


def test_what_was_missed_at_first_is_silenced_as_well(sample: Sample, speech: Speech) -> None:
    redacted = silence_aac(sample("spoken.aac"), AAC, [(1.0, 1.2)], speech, BUDGET)
    assert speech.find(samples(redacted, AAC, BUDGET)) == ()


def test_what_isnt_proven_is_a_verdict(sample: Sample) -> None:
    class Sure(Speech):
        def find(self, *_: object, **__: object) -> tuple[object, ...]:  # type: ignore[override]
            return (1,)

    with pytest.raises(Uninspectable, match="redaction_unproven"):
        silence_aac(sample("spoken.aac"), AAC, [], Sure(), BUDGET)


def test_what_is_longer_or_other_than_can_be_written_is_a_verdict(
    sample: Sample, speech: Speech
) -> None:
    data = sample("spoken.aac")
    with pytest.raises(Uninspectable, match="cannot_redact"):
        silence_aac(data, AAC, [], speech, Budget(sound_seconds=1.0))
    many = bytes(data[3] & 0x3F | 3 << 6 if at == 3 else one for at, one in enumerate(data))
    with pytest.raises(Uninspectable, match="cannot_redact"):
        silence_aac(many, AAC, [], speech, BUDGET)
