from __future__ import annotations

import pickle

import pytest

from guardrail.detect.media.sniff import UNKNOWN, sniff

MP3 = b"\xff\xfb\x90\x00" + bytes(413)
"""A frame of MPEG-1 layer III: 128 kbit/s, 44.1 kHz, 417 bytes."""
ADTS = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)
"""A frame of 16 bytes."""


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (MP3 * 2, "audio/mpeg"),
        (MP3, "audio/mpeg"),
        (ADTS * 2, "audio/aac"),
        ((b"\x47" + bytes(187)) * 5, "video/mp2t"),
        ((bytes(4) + b"\x47" + bytes(187)) * 5, "video/mp2t"),
        (pickle.dumps([1.5]), "application/x-pickle"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"  <script>x</script>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- c --><svg/>", "image/svg+xml"),
        ("<?xml version='1.0'?><svg/>".encode("utf-16"), "image/svg+xml"),
        (b"<?xml version='1.0'?><feed/>", "application/xml"),
    ],
)
def test_weak_marks_count_where_several_agree(data: bytes, mime: str) -> None:
    assert sniff(data).mime == mime


@pytest.mark.parametrize(
    "data",
    [MP3 + b"other", ADTS + b"other", b"\xff\xfb\xf0\x00" * 9, b"\x47" + bytes(187), b"<3 you"],
)
def test_a_weak_mark_alone_tells_nothing(data: bytes) -> None:
    assert sniff(data) == UNKNOWN
