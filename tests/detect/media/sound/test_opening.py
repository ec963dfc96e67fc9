from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sound.opening import opened, opened_all, opened_raw
from guardrail.testing.sounds import encoded, tone

BUDGET = Budget()
FORMATS = (
    ("WAV", "PCM_16"), ("WAV", "PCM_U8"), ("WAV", "FLOAT"), ("WAV", "ULAW"), ("WAV", "ALAW"),
    ("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"),
    ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16"), ("AU", "ULAW"),
    ("CAF", "PCM_16"), ("RF64", "PCM_16"),
)  # fmt: skip


@pytest.mark.parametrize(("form", "subtype"), FORMATS)
def test_what_libsndfile_reads_is_opened(form: str, subtype: str) -> None:
    file = opened(encoded(tone(0.5), form=form, subtype=subtype), "", BUDGET)
    assert (file.channels, file.samplerate) == (1, 16_000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!AMR\n" + bytes(99),
        b"\x1aE\xdf\xa3" + bytes(99),
        b"\0\0\0\x20ftypM4A " + bytes(99),
        b"\xff\xf1\x50\x80" + bytes(99),
        b"RIFF\0\0\0\0WAVEjunk",
        b"MATLAB 5.0 MAT-file" + bytes(500),
        b"OggS" + bytes(50),
        encoded(tone(0.2))[:30],
    ],
    ids=["nothing", "amr", "webm", "m4a", "aac", "wav", "matlab", "ogg", "cut"],
)
def test_what_it_doesnt_read_is_a_verdict(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        opened(data, "", BUDGET)


@pytest.mark.parametrize(
    ("name", "mime"),
    [("voice.aac", "audio/aac"), ("voice.m4a", "audio/mp4"), ("voice.webm", "audio/webm")],
)
def test_ffmpeg_reads_the_rest_by_what_it_is(
    sample: Callable[[str], bytes], name: str, mime: str
) -> None:
    file = opened(sample(name), mime, BUDGET)
    assert file.form == ("", "")
    assert file.samplerate in {24_000, 48_000}
    assert len(file.read()) > file.samplerate


def test_a_recording_of_several_tracks_is_opened_track_by_track(
    sample: Callable[[str], bytes],
) -> None:
    data = sample("two.mkv")
    found = opened_all(data, "audio/matroska", BUDGET)
    assert [(file.samplerate, file.channels) for file in found] == [(8_000, 1), (24_000, 1)]
    with pytest.raises(Uninspectable, match="too_many_parts"):
        opened(data, "audio/matroska", BUDGET)


def test_what_libsndfile_reads_is_read_in_pieces_from_any_place() -> None:
    file = opened(encoded(tone(1.0)), "audio/wav", BUDGET)
    assert (file.form, file.frames, file.complete, file.seekable()) == (
        ("WAV", "PCM_16"), 16_000, True, True,
    )  # fmt: skip
    file.seek(15_000)
    assert file.read(4_000).shape == (1_000, 1)


def test_rates_channels_and_bytes_are_bounded() -> None:
    for rate in (100, 400_000):
        with pytest.raises(Uninspectable, match="sample_rate_not_read"):
            opened(encoded(tone(0.1), rate=rate), "", BUDGET)
    with pytest.raises(Uninspectable, match="too_many_channels"):
        opened(encoded(np.zeros((10, 1000))), "", BUDGET)
    with pytest.raises(Uninspectable, match="too_many_channels"):
        opened(encoded(np.zeros((10, 8)), rate=192_000), "", BUDGET)
    small = replace(BUDGET, encoded_bytes=10)
    with pytest.raises(Uninspectable, match="too_many_bytes"):
        opened(encoded(tone(0.1)), "", small)
    with pytest.raises(Uninspectable, match="too_many_bytes"):
        opened_raw(bytes(11), "pcm16", 24_000, small)


def test_raw_frames_need_a_known_encoding_and_rate() -> None:
    assert opened_raw(bytes(4801), "pcm16", 24_000, BUDGET).frames == 2400
    assert opened_raw(bytes(160), "g711_ulaw", 8_000, BUDGET).frames == 160
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        opened_raw(bytes(9), "opus", 24_000, BUDGET)
    with pytest.raises(Uninspectable, match="sample_rate_not_read"):
        opened_raw(bytes(9), "pcm16", 0, BUDGET)
