from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import adts
from guardrail.disclose.visible.aac.encoder import encoded
from guardrail.disclose.visible.aac.stream import preface
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Samples = np.ndarray
WORDS = "Бұл дыбысты жасанды интеллект жасаған."
TAG = b"ID3\4\0\0\0\0\0\x0aTXXX" + bytes(6)


def test_its_own_frames_follow_byte_for_byte_behind_the_rhythm(
    raw: bytes,
    heard: Callable[[list[bytes], int], Samples],
    morse: Callable[[Samples, int], str],
) -> None:
    done = preface(raw, WORDS)
    assert (done.mime, done.words) == ("audio/aac", WORDS)
    assert done.data.endswith(raw)
    before = done.data[: -len(raw)]
    found = list(adts.frames(before))
    assert found[-1].end == len(before)
    assert len({one.fixed for one in adts.frames(done.data)}) == 1
    said = heard([before[one.body : one.end] for one in found], 6)
    assert morse(said, 24_000) == ".- .."
    assert done.seconds == pytest.approx(len(said) / 24_000)
    assert done.seconds == pytest.approx(1.4, abs=0.15)


def test_a_player_hears_the_rhythm_and_then_the_very_same_samples(
    raw: bytes, ffmpeg: Callable[[bytes], Samples], morse: Callable[[Samples, int], str]
) -> None:
    old, new = ffmpeg(raw), ffmpeg(preface(raw, WORDS).data)
    more = len(new) - len(old)
    assert (new[more:] == old).all()
    assert morse(new[:more], 24_000) == ".- .."


def test_a_tag_stays_first(raw: bytes) -> None:
    done = preface(TAG + raw, WORDS).data
    assert done == TAG + preface(raw, WORDS).data


def test_spoken_words_follow_the_rhythm(raw: bytes) -> None:
    target = io.BytesIO()
    wave = np.sin(np.arange(22_050) / 9)
    soundfile.write(target, wave, 22_050, format="FLAC")
    done = preface(raw, WORDS, spoken=target.getvalue())
    assert done.seconds == pytest.approx(preface(raw, WORDS).seconds + 1.3, abs=0.1)
    assert done.data.endswith(raw)


def changed(raw: bytes, at: int, mask: int) -> bytes:
    out = bytearray(raw)
    for one in adts.frames(raw):
        out[one.start + at] ^= mask
    return bytes(out)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: b"", "unreadable"),
        (lambda raw: raw[:40], "unreadable"),
        (lambda raw: TAG[:12] + raw[:5], "unreadable"),
        (lambda raw: changed(raw, 1, 1), "unsupported_format"),
        (lambda raw: changed(raw, 2, 0x40), "unsupported_format"),
        (lambda raw: changed(raw, 3, 0x40), "unsupported_format"),
        (lambda raw: raw[: next(adts.frames(raw)).end] + changed(raw, 2, 4), "unsupported_format"),
    ],
    ids=["empty", "cut", "tag cut", "checksums", "Main", "own layout", "another rate"],
)
def test_what_frames_cannot_stand_before_is_told(
    raw: bytes, change: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(Unlabelled) as caught:
        preface(change(raw), WORDS)
    assert caught.value.reason == reason


def test_he_aac_and_large_files_are_refused(
    raw: bytes, grown: Callable[..., bytes], framed: Callable[..., bytes]
) -> None:
    with pytest.raises(Unlabelled, match="too_large"):
        preface(raw, WORDS, bounds=Bounds(encoded_bytes=100))
    blocks = encoded(np.zeros(9_000, np.float32), 6, 1)
    assert preface(b"".join(framed(one, 6, 1) for one in blocks), WORDS).data
    with pytest.raises(Unlabelled, match="unsupported_format"):
        preface(b"".join(framed(grown(one, 12), 6, 1) for one in blocks), WORDS)


@given(st.integers(0, 2_413), st.integers(1, 255))
def test_every_broken_stream_is_labelled_or_a_verdict(raw: bytes, at: int, mask: int) -> None:
    broken = raw[:at] + bytes((raw[at] ^ mask,)) + raw[at + 1 :]
    try:
        assert preface(broken, WORDS).data.endswith(broken)
    except Unlabelled as verdict:
        assert verdict.reason in {"unreadable", "unsupported_format"}  # noqa: PT017
