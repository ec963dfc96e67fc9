from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.sound import RHYTHM, UNIT, earcon, preface, resampled
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled
from guardrail.errors import ConfigError

WORDS = "Бұл дыбысты жасанды интеллект жасаған.\nЭтот звук создан искусственным интеллектом."
RATE = 16_000


def tone(seconds: float = 0.5, rate: int = RATE, channels: int = 1) -> np.ndarray:
    wave = 0.3 * np.sin(np.arange(int(seconds * rate)) / 9)
    return np.repeat(wave[:, None], channels, axis=1)


def encoded(
    samples: np.ndarray, container: str, subtype: str | None = None, rate: int = RATE
) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, rate, subtype, format=container)
    return target.getvalue()


def morse(samples: np.ndarray, rate: int) -> str:
    """Read short and long tones by their loudness, as a listener would."""
    step = int(rate * UNIT / 4)
    loud = np.abs(samples[: len(samples) // step * step]).reshape(-1, step).max(axis=1) > 0.05
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    starts, ends = edges[::2], edges[1::2]
    written = ""
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if number and (start - ends[number - 1]) * UNIT / 4 > 2 * UNIT:
            written += " "
        written += "-" if (end - start) * UNIT / 4 > 2 * UNIT else "."
    return written


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_the_rhythm_says_ai(rate: int) -> None:
    sound = earcon(rate)
    assert morse(sound, rate) == ".- .."
    assert RHYTHM == (1, 3, 0, 1, 1)
    assert np.abs(sound).max() <= 0.25
    assert len(sound) == pytest.approx(1.4 * rate, abs=6)


@pytest.mark.parametrize(
    ("container", "subtype", "mime"),
    [
        ("WAV", "PCM_16", "audio/wav"),
        ("WAV", "PCM_24", "audio/wav"),
        ("WAV", "PCM_U8", "audio/wav"),
        ("WAV", "FLOAT", "audio/wav"),
        ("WAV", "ULAW", "audio/wav"),
        ("WAVEX", "PCM_16", "audio/wav"),
        ("FLAC", "PCM_16", "audio/flac"),
        ("FLAC", "PCM_24", "audio/flac"),
        ("OGG", "VORBIS", "audio/ogg"),
        ("OGG", "OPUS", "audio/ogg"),
        ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_the_rhythm_is_heard_before_every_sound(
    container: str, subtype: str, mime: str, channels: int
) -> None:
    before = encoded(tone(channels=channels), container, subtype)
    done = preface(before, WORDS)
    assert (done.mime, done.words) == (mime, WORDS)
    samples, rate = soundfile.read(io.BytesIO(done.data), always_2d=True)
    assert (rate, samples.shape[1]) == (RATE, channels)
    assert soundfile.info(io.BytesIO(done.data)).subtype == subtype
    cut = int(done.seconds * rate)
    for channel in samples[: cut - 500].T:
        assert morse(channel, rate) == ".- .."
    old, _ = soundfile.read(io.BytesIO(before), always_2d=True)
    assert len(samples) == pytest.approx(len(old) + cut, abs=3_000)
    if container in {"WAV", "WAVEX", "FLAC"}:
        assert (samples[-len(old) :] == old).all()


def test_spoken_words_follow_the_rhythm_at_any_rate() -> None:
    spoken = encoded(tone(1.0, 44_100, 2), "FLAC", rate=44_100)
    done = preface(encoded(tone(0.2), "WAV"), WORDS, spoken=spoken)
    assert done.seconds == pytest.approx(1.4 + 1.0 + 0.3, abs=0.01)
    samples, _ = soundfile.read(io.BytesIO(done.data))
    assert np.abs(samples[int(1.5 * RATE) : int(2.3 * RATE)]).max() == pytest.approx(0.3, abs=0.05)


def test_chunks_of_a_wav_and_tags_of_a_flac_stay() -> None:
    tag = b"AIGC" + struct.pack("<I", 4) + b"mark"
    assert preface(encoded(tone(), "WAV") + tag, WORDS).data.endswith(tag)
    flac = encoded(tone(), "FLAC")
    comment = struct.pack("<I", 1) + b"x" + struct.pack("<II", 1, 9) + b"AIGC=mark"
    head = 4 + 4 + 34
    assert flac[4] & 0x7F == 0
    block = bytes((4,)) + len(comment).to_bytes(3, "big") + comment
    tagged = flac[:head] + block + flac[head:]
    assert b"AIGC=mark" in preface(tagged, WORDS).data


def test_the_tag_of_an_mp3_stays_first() -> None:
    mp3 = encoded(tone(), "MP3")
    tag = b"ID3\x04\0\0\0\0\0\x0aTXXX" + bytes(6)
    done = preface(tag + mp3, WORDS).data
    assert done.startswith(tag)
    assert soundfile.info(io.BytesIO(done)).format in {"MP3", "MPEG"}


@pytest.mark.parametrize(
    "spoken", [b"nonsense", encoded(tone(31), "FLAC"), encoded(tone(0), "WAV")]
)
def test_spoken_words_that_cannot_be_used_are_the_operators_fault(spoken: bytes) -> None:
    with pytest.raises(ConfigError, match="spoken label"):
        preface(encoded(tone(), "WAV"), WORDS, spoken=spoken)


@pytest.mark.parametrize(
    ("data", "bounds", "reason"),
    [
        (b"", Bounds(), "unreadable"),
        (b"ID3", Bounds(), "unreadable"),
        (encoded(tone(), "AIFF"), Bounds(), "unsupported_format"),
        (encoded(tone(), "WAV"), Bounds(samples=100), "too_many_samples"),
        (encoded(tone(0), "WAV"), Bounds(), "unreadable"),
        (encoded(tone(), "WAV"), Bounds(encoded_bytes=100), "too_large"),
        (encoded(tone(), "WAV", rate=2_000), Bounds(), "unsupported_format"),
    ],
)
def test_what_is_not_labelled_is_told(data: bytes, bounds: Bounds, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        preface(data, WORDS, bounds=bounds)
    assert caught.value.reason == reason


@pytest.mark.no_cover
@pytest.mark.parametrize("container", ["WAV", "FLAC", "OGG", "MP3"])
def test_every_broken_sound_is_a_verdict(container: str) -> None:
    data = encoded(tone(0.1), container)
    for at in range(0, len(data), 1 + len(data) // 30):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]):
            try:
                preface(broken, WORDS)
            except Unlabelled as error:
                assert error.reason  # noqa: PT017


@given(st.integers(4_000, 48_000), st.integers(4_000, 48_000))
def test_every_change_of_rate_keeps_length_and_loudness(theirs: int, rate: int) -> None:
    wave = np.sin(np.arange(theirs // 10) * 2 * np.pi * 300 / theirs).astype(np.float32)
    done = resampled(wave, theirs, rate)
    assert len(done) == pytest.approx(rate / 10, abs=6)
    assert float(done.std()) == pytest.approx(float(wave.std()), rel=0.05)
