from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.sound.packets import packets
from guardrail.detect.media.sound.resample import resampled
from guardrail.detect.media.sound.track import Samples, Track
from guardrail.testing.sounds import tone, voice

Sample = Callable[[str], bytes]
LONG = 60.0
FRAME = 1_024


def track(data: bytes, mime: str = "audio/aac", most: float = LONG) -> Track:
    (one,) = packets(data, mime)
    return Track(one, most)


def likeness(heard: Samples, said: Samples) -> float:
    """Return how alike two sounds of 16 kHz are at the best delay of up to 250 ms, 0 to 1."""
    most = 4_000
    said = said[: len(heard) - most]
    said = said / np.linalg.norm(said)
    return max(
        float(abs(said @ heard[at : at + len(said)]) / np.linalg.norm(heard[at : at + len(said)]))
        for at in range(most)
    )


@pytest.mark.parametrize(
    ("name", "mime", "rate", "channels"),
    [
        ("voice.aac", "audio/aac", 24_000, 1),
        ("voice.m4a", "audio/mp4", 24_000, 2),
        ("voice_he1.aac", "audio/aac", 32_000, 2),
        ("voice_he2.m4a", "audio/mp4", 32_000, 2),
        ("voice.webm", "video/webm", 48_000, 1),
        ("voice.mkv", "video/matroska", 24_000, 1),
        ("voice.avi", "video/x-msvideo", 24_000, 1),
        ("voice.mov", "video/quicktime", 8_000, 1),
    ],
)
def test_what_was_said_is_heard(
    sample: Sample, name: str, mime: str, rate: int, channels: int
) -> None:
    one = track(sample(name), mime)
    assert (one.samplerate, one.channels, one.seekable()) == (rate, channels, False)
    heard = one.read()
    assert 1.4 < len(heard) / rate < 1.8
    assert one.complete
    said = resampled(voice(1.5, 24_000)[None], 24_000)[0]
    assert likeness(resampled(heard.T[:1], rate)[0], said) > 0.9


def test_it_is_the_same_however_it_is_cut(sample: Sample) -> None:
    whole = track(sample("voice.aac")).read()
    one = track(sample("voice.aac"))
    blocks = [one.read(count) for count in (1, FRAME, 5_000, 7)]
    assert [len(block) for block in blocks] == [1, FRAME, 5_000, 7]
    assert np.array_equal(np.concatenate([*blocks, one.read()]), whole)
    assert one.read(9).shape == (0, 1)


def test_a_long_track_is_read_from_any_place(sample: Sample) -> None:
    data = sample("voice.aac") * 3
    whole, one = track(data).read(), track(data, most=2.0)
    assert one.seekable()
    assert one.frames == len(whole) == 3 * 37 * FRAME
    for at in (60_000, 3_000, 100_000):
        one.seek(at)
        block = one.read(4_000)
        start = at // FRAME * FRAME
        assert np.allclose(block, whole[start : start + 4_000], atol=1e-2)
    assert not one.complete


def test_beyond_its_end_there_is_nothing(sample: Sample) -> None:
    one = track(sample("voice.aac"), most=1.0)
    one.seek(10**9)
    assert len(one.read(50_000)) == 0


def test_one_broken_packet_is_borne_and_many_are_not(sample: Sample) -> None:
    aac = bytearray(sample("voice.aac"))
    size = (aac[3] & 3) << 11 | aac[4] << 3 | aac[5] >> 5
    aac[7:size] = b"\xff" * (size - 7)
    assert len(track(bytes(aac)).read()) > 35 * FRAME
    at = 0
    for _ in range(20):
        size = (aac[at + 3] & 3) << 11 | aac[at + 4] << 3 | aac[at + 5] >> 5
        aac[at + 7 : at + size] = b"\xff" * (size - 7)
        at += size
    with pytest.raises(Uninspectable, match="broken"):
        track(bytes(aac)).read()


def test_a_rate_that_changes_is_a_verdict(sample: Sample) -> None:
    aac = bytearray(sample("voice.aac"))
    sizes, at = [], 0
    while at < len(aac):
        sizes.append(at)
        at += (aac[at + 3] & 3) << 11 | aac[at + 4] << 3 | aac[at + 5] >> 5
    for start in sizes[20:]:
        aac[start + 2] = aac[start + 2] & 0xC3 | 11 << 2  # 8 kHz (ISO/IEC 14496-3, 1.6.3.4)
    with pytest.raises(Uninspectable, match=r"uneven|broken"):
        track(bytes(aac)).read()


def test_a_tone_is_as_loud_as_it_was(sample: Sample) -> None:
    heard = track(sample("tone.mp4"), "video/mp4").read()[4_000:-4_000]
    assert float(heard.std()) == pytest.approx(float(tone(1.0).std()), rel=0.1)
