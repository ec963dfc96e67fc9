from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.sniff import sniff
from guardrail.detect.media.sound.decode import raw, recording, recordings, samples
from guardrail.detect.media.sound.packets import FORMATS
from guardrail.testing.sounds import encoded, noise, tone, voice

BUDGET = Budget()


def _both(one: object, other: object) -> np.ndarray:
    return np.stack([np.asarray(one), np.asarray(other)], axis=1)


def test_a_recording_is_decoded_whole() -> None:
    sound = samples(encoded(tone(5)), "audio/wav", BUDGET)
    assert (sound.whole, sound.seconds, sound.rate) == (True, 5.0, 16_000)
    assert [piece.start for piece in sound.pieces] == [0, 2]
    assert sound.pieces[-1].last
    assert len(sound.mono) == 80_000


def test_the_longer_one_is_listened_to_all_over() -> None:
    sound = samples(encoded(tone(200, rate=8_000), rate=8_000), "audio/wav", BUDGET)
    assert not sound.whole
    assert sound.seconds == 200
    assert sum(piece.tracks.shape[1] for piece in sound.pieces) <= 66 * 16_000
    assert max(piece.start for piece in sound.pieces) > 150


def test_silence_counts_for_a_quarter() -> None:
    data = encoded(np.zeros(8_000 * 1000, np.float32), rate=8_000, form="FLAC")
    sound = samples(data, "audio/flac", BUDGET)
    assert 40 <= len(sound.pieces) <= 41
    assert all(piece.silent for piece in sound.pieces)
    assert not sound.whole


def test_channels_that_say_the_same_are_heard_once() -> None:
    for other in (tone(1), -tone(1), tone(1) / 2):
        (piece,) = samples(encoded(_both(tone(1), other)), "", BUDGET).pieces
        assert piece.channels == (0,)
    (piece,) = samples(encoded(_both(tone(1), noise(1))), "", BUDGET).pieces
    assert piece.channels == (0, 1)
    (piece,) = samples(encoded(_both(np.zeros(16_000), noise(1))), "", BUDGET).pieces
    assert piece.channels == (1,)


def test_channels_in_opposite_phase_dont_cancel_out() -> None:
    sound = samples(encoded(_both(voice(1), -voice(1))), "", BUDGET)
    assert np.abs(sound.mono).max() > 0.3


def test_many_channels_are_heard_for_a_shorter_time() -> None:
    block = np.stack([noise(70, seed) for seed in range(8)], axis=1)
    sound = samples(encoded(block), "", BUDGET)
    assert sum(piece.tracks.shape[1] for piece in sound.pieces) <= 22 * 16_000
    assert not sound.whole


def test_samples_that_are_no_numbers_are_silence() -> None:
    wild = tone(1).copy()
    wild[5:9] = [np.nan, np.inf, -np.inf, 1e30]
    sound = samples(encoded(wild, subtype="FLOAT"), "", BUDGET)
    assert np.isfinite(sound.mono).all()
    assert np.abs(sound.mono).max() <= 1


def test_an_empty_recording_is_whole() -> None:
    sound = samples(encoded(np.zeros(0)), "", BUDGET)
    assert (sound.pieces, sound.whole, sound.seconds) == ((), True, 0.0)
    assert len(sound.mono) == 0


def test_a_length_that_lies_is_found_out() -> None:
    data = bytearray(encoded(tone(1)))
    at = data.find(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    sound = samples(bytes(data), "", BUDGET)
    assert sum(piece.tracks.shape[1] for piece in sound.pieces) <= 16_001


def test_raw_frames_are_decoded() -> None:
    pcm = (tone(1, rate=24_000) * 32767).astype("<i2").tobytes()
    sound = raw(pcm + b"\0", "pcm16", 24_000, BUDGET)
    assert len(sound.mono) == 16_000
    assert np.abs(sound.mono[400:-400] - tone(1)[400:-400]).max() < 0.01
    assert raw(b"\xff" * 8_000, "g711_ulaw", 8_000, BUDGET).pieces[0].silent
    assert raw(b"\xd5" * 8_000, "g711_alaw", 8_000, BUDGET).pieces[0].silent


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF"])
def test_every_broken_recording_is_a_verdict_or_is_decoded(form: str) -> None:
    data = encoded(tone(0.3), form=form)
    for at in (*range(0, 64, 3), *range(64, len(data), len(data) // 24)):
        flipped = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        for version in (data[:at], flipped):
            with suppress(Uninspectable):
                assert len(samples(version, "", BUDGET).mono) < 70 * 16_000


@given(
    st.sampled_from([b"RIFF", b"fLaC", b"OggS", b"ID3\4", b"\xff\xfb", b"caff", b".snd"]),
    st.binary(max_size=300),
)
def test_every_string_of_bytes_is_a_verdict_or_is_decoded(magic: bytes, data: bytes) -> None:
    with suppress(Uninspectable):
        samples(magic + data, "", BUDGET)


def test_nothing_is_decoded_before_it_is_asked_for() -> None:
    source = recording(encoded(tone(30)), "", BUDGET)
    first = next(source.pieces())
    assert (first.start, first.end, first.last, source.whole) == (0, 2, False, False)


def _sounds() -> dict[str, bytes]:
    files = [one for one in Path(__file__).parent.iterdir() if one.suffix not in {".py", ""}]
    return {one.name: one.read_bytes() for one in sorted(files)}


@pytest.mark.parametrize("name", [name for name in _sounds() if name.startswith("voice")])
def test_every_broken_file_of_ffmpegs_is_a_verdict_or_is_decoded(name: str) -> None:
    data = _sounds()[name]
    mime = sniff(data).mime
    for at in (*range(0, 64, 16), *range(64, len(data), len(data) // 8)):
        flipped = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        for version in (data[:at], flipped):
            with suppress(Uninspectable):
                for track in recordings(version, mime, BUDGET):
                    assert sum(len(one.tracks[0]) for one in track.pieces()) < 70 * 16_000


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=300))
def test_every_string_of_bytes_that_ffmpeg_gets_is_a_verdict(mime: str, data: bytes) -> None:
    with suppress(Uninspectable):
        list(recordings(data, mime, BUDGET))


def test_a_long_recording_in_aac_is_listened_to_all_over() -> None:
    aac = _sounds()["tone.aac"] * 80
    source = recording(aac, "audio/aac", BUDGET)
    starts = [piece.start for piece in source.pieces()]
    assert starts[:4] == [0, 96, 48, 24]
    assert len(starts) == 10
    assert source.seconds == pytest.approx(80 * 37 * 1024 / 24_000)
    assert not source.whole


def test_a_short_one_is_heard_to_its_end_whatever_its_header_says() -> None:
    movie = _sounds()["voice.m4a"]
    at = movie.index(b"mdhd") + 20
    lie = movie[:at] + b"\0\0\0\1" + movie[at + 4 :]
    assert lie != movie
    source = recording(lie, "audio/mp4", BUDGET)
    assert sum(piece.tracks.shape[1] for piece in source.pieces()) > 1.4 * 16_000
    assert source.whole


def test_tracks_share_the_time_to_listen() -> None:
    both = recordings(_sounds()["two.mkv"], "audio/matroska", BUDGET)
    assert [one._budget.sound_seconds for one in both] == [30.0, 30.0]
