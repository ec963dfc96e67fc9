from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.sound.decode import Samples, raw, recording, samples
from guardrail.detect.media.sound.speech import CERTAIN, Speech
from guardrail.facts.finding import Category, Tier
from guardrail.testing.sounds import encoded, noise, tone, voice

BUDGET = Budget()
VOICE = voice(2)


def _beside(one: Samples, other: Samples) -> Samples:
    return np.stack([one, other], axis=1)


def _tiers(speech: Speech, block: Samples, **how: str | int) -> list[Tier]:
    data = encoded(block, **how)  # type: ignore[arg-type]
    return [seen.tier for seen in speech.find(samples(data, "", BUDGET))]


def test_a_voice_is_seen(speech: Speech) -> None:
    (seen,) = speech.find(samples(encoded(VOICE), "audio/wav", BUDGET))
    assert (seen.entity, seen.category, seen.tier) == ("VOICE", Category.BIOMETRIC, Tier.CERTAIN)
    assert CERTAIN <= seen.score <= 1


@pytest.mark.parametrize(
    ("form", "subtype"),
    [("WAV", "ULAW"), ("WAV", "IMA_ADPCM"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
     ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")],
)  # fmt: skip
def test_a_voice_is_seen_in_every_format(form: str, subtype: str, speech: Speech) -> None:
    assert _tiers(speech, VOICE, form=form, subtype=subtype) == [Tier.CERTAIN]


@pytest.mark.parametrize(
    "block",
    [
        VOICE * np.float32(0.003),
        np.clip(VOICE * 20, -1, 1),
        VOICE / 2 + np.float32(0.4),
        _beside(VOICE, -VOICE),
        _beside(np.zeros(len(VOICE), np.float32), VOICE),
        _beside(VOICE * np.float32(0.125), noise(2)),
        np.stack([noise(2, seed) for seed in range(5)] + [VOICE], axis=1),
        np.concatenate([np.zeros(20 * 16_000, np.float32), VOICE]),
        np.concatenate([tone(20), VOICE]),
        voice(0.5),
    ],
    ids=["quiet", "clipped", "offset", "opposite", "right", "beside_noise", "sixth",
         "after_silence", "after_a_tone", "a_word"],
)  # fmt: skip
def test_a_voice_is_seen_however_it_hides(block: Samples, speech: Speech) -> None:
    assert _tiers(speech, block)


@pytest.mark.parametrize(
    "block",
    [np.zeros(16_000, np.float32), tone(4), noise(4), noise(4) / 100, _beside(tone(4), noise(4)),
     np.zeros(0, np.float32), np.zeros(100, np.float32)],
    ids=["silence", "tone", "noise", "quiet_noise", "both", "nothing", "a_moment"],
)  # fmt: skip
def test_what_is_no_voice_isnt_seen(block: Samples, speech: Speech) -> None:
    assert _tiers(speech, block) == []


def test_after_seconds_of_sound_a_voice_must_last_longer(speech: Speech) -> None:
    word = voice(0.5)
    assert _tiers(speech, np.concatenate([tone(2), word]))
    assert _tiers(speech, np.concatenate([tone(6), word])) == []
    assert _tiers(speech, np.concatenate([tone(6), voice(1.2)]))
    assert _tiers(speech, np.concatenate([np.zeros(6 * 16_000, np.float32), word]))


def test_frames_of_a_call_are_listened_to(speech: Speech) -> None:
    pcm = (voice(1, 24_000) * 32767).astype("<i2").tobytes()
    assert speech.find(raw(pcm, "pcm16", 24_000, BUDGET))


def test_no_more_is_decoded_than_needed(speech: Speech) -> None:
    source = recording(encoded(np.concatenate([VOICE, tone(40)])), "", BUDGET)
    assert speech.find(source)
    assert not source.whole
    source = recording(encoded(np.concatenate([VOICE, tone(40)])), "", BUDGET)
    assert speech.find(source, early=False)
    assert source.whole


def test_one_recording_leaves_nothing_behind_for_the_next(speech: Speech) -> None:
    sound = samples(encoded(VOICE), "", BUDGET)
    first = speech.find(sound, early=False)
    speech.find(samples(encoded(_beside(noise(3), tone(3))), "", BUDGET))
    assert speech.find(sound, early=False) == first


def test_stretches_have_margins(speech: Speech) -> None:
    still = np.zeros(32_000, np.float32)
    sound = samples(encoded(np.concatenate([still, VOICE, still])), "", BUDGET)
    ((begin, end),) = speech.stretches(sound)
    assert 1.5 < begin < 2
    assert 4 < end < 4.6
    assert speech.stretches(samples(encoded(tone(3)), "", BUDGET)) == ()
