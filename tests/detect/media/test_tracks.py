from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.tracks import has_sound


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(*handlers: bytes) -> bytes:
    tracks = b"".join(
        box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + one + bytes(13)))) for one in handlers
    )
    return box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", bytes(50)) + box(b"moov", tracks)


def element(name: bytes, body: bytes) -> bytes:
    return name + (len(body) | 1 << 56).to_bytes(8) + body


def matroska(*kinds: int, unknown: bool = False) -> bytes:
    entries = b"".join(element(b"\xae", element(b"\x83", bytes((one,)))) for one in kinds)
    inside = element(b"\x16\x54\xae\x6b", entries)
    cluster = element(b"\x1f\x43\xb6\x75", bytes(99))
    segment = inside + cluster
    size = b"\x01" + b"\xff" * 7 if unknown else (len(segment) | 1 << 56).to_bytes(8)
    return element(b"\x1a\x45\xdf\xa3", b"\x42\x82\x84webm") + b"\x18\x53\x80\x67" + size + segment


@pytest.mark.parametrize("unknown", [False, True])
def test_the_sound_track_of_a_matroska_file_is_seen(*, unknown: bool) -> None:
    assert has_sound(matroska(1, 2, unknown=unknown))
    assert not has_sound(matroska(1, unknown=unknown))


def test_the_sound_track_of_an_mp4_is_seen() -> None:
    assert has_sound(mp4(b"vide", b"soun"))
    assert not has_sound(mp4(b"vide"))


def test_the_sound_track_of_an_avi_is_seen() -> None:
    head = b"RIFF\0\0\0\0AVI LIST"
    assert has_sound(head + b"strhvidsstrhauds")
    assert not has_sound(head + b"strhvids")


@pytest.mark.parametrize("data", [b"", b"OggS", b"FLV\x01", b"\x1a\x45\xdf\xa3", b"\0\0\0\x01ftyp"])
def test_what_cant_be_walked_counts_as_unheard(data: bytes) -> None:
    assert has_sound(data)


@given(st.sampled_from([mp4(b"vide", b"soun"), matroska(1, 2)]), st.data())
def test_every_broken_container_has_an_answer(whole: bytes, data: st.DataObject) -> None:
    file = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=4)):
        file[at] ^= data.draw(st.integers(1, 255))
    assert has_sound(bytes(file[: data.draw(st.integers(0, len(file)))])) in {True, False}
