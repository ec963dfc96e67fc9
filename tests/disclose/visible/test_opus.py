"""Opus in WebM begins with a rhythm, and keeps each of its own packets."""

from __future__ import annotations

import struct
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.sound.decode import samples
from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import element, elements, unsigned, within
from guardrail.disclose.visible.film.blocks import KEY, Block, blocks, written
from guardrail.disclose.visible.opus import encoded, preface, samples_of
from guardrail.disclose.visible.sound import earcon
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled
from guardrail.testing import sounds

RATE = 48_000
TONE = (np.sin(np.arange(RATE) / 17) / 4).astype(np.float32)
HEAD = b"OpusHead\1" + struct.pack("<BHIhB", 2, 312, RATE, 0, 0)


def webm(  # noqa: PLR0913 - what a file may have of its own
    packets: list[bytes],
    *,
    head: bytes = HEAD,
    codec: bytes = b"A_OPUS",
    track: bytes = b"",
    scale: int = 1_000_000,
    more: bytes = b"",
    number: int = 1,
) -> bytes:
    """Return a file of packets of 20 ms: its first cluster in blocks, its second one in groups."""
    entry = element(
        0xAE,
        unsigned(0xD7, 1),
        unsigned(0x83, 2),
        element(0x86, codec),
        element(0x63A2, head),
        track,
    )
    info = element(
        ebml.INFO, unsigned(0x2AD7B1, scale), element(0x4489, struct.pack(">f", 20 * len(packets)))
    )
    half = len(packets) // 2
    each = [Block(number, 0, KEY, packet) for packet in packets]
    plain = [written(one, 20 * at) for at, one in enumerate(each[:half])]
    grouped = [element(0xA0, written(one, 20 * at).replace(b"\xa3", b"\xa1", 1), unsigned(0x9B, 20))
               for at, one in enumerate(each[half:])]  # fmt: skip
    clusters = [
        element(ebml.CLUSTER, unsigned(0xE7, 0), *plain),
        element(ebml.CLUSTER, unsigned(0xE7, 20 * half), *grouped),
    ]
    body = b"".join([info, element(ebml.TRACKS, entry), more, *clusters])
    return element(ebml.EBML, element(ebml.DOC_TYPE, b"webm")) + element(ebml.SEGMENT, body)


PACKETS = encoded(TONE, 2)
FILE = webm(PACKETS)


def held(data: bytes) -> list[Block]:
    whole = ebml.segment(data)
    return list(blocks(data, list(elements(data, whole.body, whole.end))))


def test_the_rhythm_stands_before_the_files_own_packets() -> None:
    done = preface(FILE, "ЖИ")
    before, after = held(FILE), held(done.data)
    more = len(after) - len(before)
    later = round(done.seconds * 1_000)
    assert done.seconds == pytest.approx(len(earcon(RATE)) / RATE, abs=0.02)
    assert [one.data for one in after[more:]] == [one.data for one in before]
    assert len(before) > 40
    assert [one.time - later for one in after[more:]] == [one.time for one in before]
    assert [one.beside for one in after[more:]] == [one.beside for one in before]
    lasts = [samples_of(one.data) // 48 for one in after[:more]]
    assert [second.time - first.time for first, second in pairwise(after[: more + 1])] == lasts
    assert (done.mime, done.words) == ("audio/webm", "ЖИ")


def test_what_another_decoder_hears_is_the_rhythm_and_then_the_sound() -> None:
    before = samples(FILE, "audio/webm", Budget()).mono
    done = preface(FILE, "")
    after = samples(done.data, "audio/webm", Budget()).mono
    assert len(after) == pytest.approx(len(before) + done.seconds * 16_000, abs=200)
    rhythm = earcon(16_000)
    # Opus begins 6.5 ms late, and no CodecDelay in this file says so.
    fits = [np.corrcoef(after[lag:][: len(rhythm)], rhythm)[0, 1] for lag in range(120)]
    assert max(fits) > 0.95
    # A decoder that comes from another sound needs some frames to have its levels right.
    own = after[len(after) - len(before) :]
    assert np.abs(own - before)[800:8_000].max() < 0.001


def test_the_file_says_how_long_it_is_and_where_one_can_jump_to() -> None:
    done = preface(webm(PACKETS * 12), "")
    whole = ebml.segment(done.data)
    [info] = within(done.data, whole, ebml.INFO)
    [length] = within(done.data, info, 0x4489)
    (ticks,) = struct.unpack(">d", done.data[length.body : length.end])
    assert ticks == pytest.approx(20 * 12 * len(PACKETS) + done.seconds * 1_000)
    clusters = [
        one for one in elements(done.data, whole.body, whole.end) if one.kind == ebml.CLUSTER
    ]
    places = [
        ebml.value(done.data, one) + whole.body
        for one in within(done.data, whole, ebml.CUES, 0xBB, 0xB7, 0xF1)
    ]
    assert places == [one.start for one in clusters]
    assert len(places) > 2


def test_a_label_has_room_before_the_sound() -> None:
    made = preface(FILE, "").data
    whole = ebml.segment(made)
    kinds = [one.kind for one in elements(made, whole.body, whole.end)]
    assert kinds[kinds.index(ebml.CUES) :][:2] == [ebml.CUES, ebml.VOID]


def test_spoken_words_stand_between() -> None:
    spoken = sounds.encoded(sounds.tone(0.5))
    assert preface(FILE, "", spoken=spoken).seconds > preface(FILE, "").seconds + 0.7


def test_what_the_file_holds_beside_its_sound_stays() -> None:
    tags = element(ebml.TAGS, b"\xec\x84kept")
    assert tags in preface(webm(PACKETS, more=tags), "").data


OTHERS = {
    "vorbis": ({"codec": b"A_VORBIS"}, "unsupported_codec"),
    "six channels": ({"head": HEAD[:9] + b"\6" + HEAD[10:18] + b"\1"}, "unsupported_codec"),
    "a gain": ({"head": HEAD[:16] + b"\0\x05" + HEAD[18:]}, "unsupported_layout"),
    "no head": ({"head": b"OpusHea"}, "unreadable"),
    "encrypted": ({"track": element(0x6D80, b"")}, "encrypted"),
    "another track": (
        {"more": element(ebml.TRACKS, element(0xAE, unsigned(0xD7, 2)))},
        "unsupported_layout",
    ),
    "blocks of another track": ({"number": 3}, "unsupported_layout"),
    "a second segment": ({"more": b""}, "unsupported_layout"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_cant_be_kept_whole_is_refused_with_its_reason(name: str) -> None:
    how, reason = OTHERS[name]
    data = webm(PACKETS, **how)  # type: ignore[arg-type]
    if name == "a second segment":
        data += element(ebml.SEGMENT, b"")
    with pytest.raises(Unlabelled) as raised:
        preface(data, "")
    assert raised.value.reason == reason


def test_a_file_without_sound_or_too_large_is_refused() -> None:
    with pytest.raises(Unlabelled, match="unreadable"):
        preface(webm([]), "")
    with pytest.raises(Unlabelled, match="unreadable"):
        preface(FILE[:40], "")
    with pytest.raises(Unlabelled, match="too_large"):
        preface(FILE, "", bounds=Bounds(encoded_bytes=99))


@given(st.binary(max_size=80), st.integers(0, len(FILE) - 1))
def test_no_bytes_raise_anything_else(noise: bytes, at: int) -> None:
    data = FILE[:at] + noise + FILE[at + len(noise) :]
    with suppress(Unlabelled):
        assert preface(data, "").data.startswith(data[: ebml.segment(data).start])


@pytest.mark.parametrize(
    ("packet", "lasts"),
    [(b"", 0), (b"\xfc", 960), (b"\xfd", 1_920), (b"\xff\x03", 2_880), (b"\xff", 0),
     (b"\x18", 2_880), (b"\x60", 480), (b"\x80", 120)],
)  # fmt: skip
def test_a_packet_tells_how_long_it_lasts(packet: bytes, lasts: int) -> None:
    assert samples_of(packet) == lasts
