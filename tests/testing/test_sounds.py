from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.sniff import Kind, sniff
from guardrail.detect.media.sound.decode import samples
from guardrail.detect.media.sound.speech import Speech
from guardrail.testing import sounds


def test_a_made_voice_is_heard_as_one_and_a_tone_isnt() -> None:
    speech = Speech()
    for made, heard in ((sounds.voice(3.0), True), (sounds.tone(3.0), False)):
        data = sounds.encoded(made)
        sound = samples(data, sniff(data).mime, Budget())
        assert bool(speech.find(sound)) is heard


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_sounds_last_as_long_as_they_are_said_to(seconds: float) -> None:
    for made in (sounds.voice(seconds), sounds.tone(seconds), sounds.noise(seconds)):
        assert len(made) == int(seconds * sounds.RATE)
        assert np.abs(made).max() <= 1


def test_noise_is_the_same_for_the_same_seed() -> None:
    assert np.array_equal(sounds.noise(seed=3), sounds.noise(seed=3))
    assert not np.array_equal(sounds.noise(seed=3), sounds.noise(seed=4))


def test_what_is_encoded_is_sound() -> None:
    assert sniff(sounds.encoded(sounds.tone())).kind is Kind.SOUND
