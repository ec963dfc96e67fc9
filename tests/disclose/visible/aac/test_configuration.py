from __future__ import annotations

import pytest

from guardrail.disclose.marks.boxes import Box, box
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.aac.configuration import Sound, sound_of
from guardrail.disclose.visible.unlabelled import Unlabelled

LC = b"\x13\x10"
"""AAC-LC, 24 kHz, two channels."""


def listed(configuration: bytes = LC, *, codec: int = 0x40, kind: bytes = b"mp4a",
           version: int = 0, long: bool = False, flags: int = 0) -> bytes:  # fmt: skip
    def told(tag: int, body: bytes) -> bytes:
        size = b"\x80\x80\x80" + bytes((len(body),)) if long else bytes((len(body),))
        return bytes((tag,)) + size + body

    decoder = told(4, bytes((codec,)) + bytes(12) + told(5, configuration))
    esds = box(b"esds", bytes(4), told(3, b"\0\1" + bytes((flags,)) + decoder + told(6, b"\2")))
    entry = box(kind, bytes(8), version.to_bytes(2, "big"), bytes(18), esds)
    return box(b"stsd", bytes(4), b"\0\0\0\1", entry)


def sound(data: bytes) -> Sound:
    return sound_of(data, Box(b"stsd", 0, 8, len(data)))


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize(
    ("configuration", "rate", "channels"),
    [(LC, 6, 2), (b"\x14\x08", 8, 1), (b"\x11\x90\x56\xe5\0", 3, 2), (b"\x12\x38", 4, 7)],
)
def test_plain_aac_is_known(configuration: bytes, rate: int, channels: int, *, long: bool) -> None:
    assert sound(listed(configuration, long=long)) == Sound(rate, channels)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (listed(b"\x2b\x10"), "unsupported_format"),
        (listed(b"\x13\x10\x56\xe5\x80"), "unsupported_format"),
        (listed(b"\x13\x14"), "unsupported_format"),
        (listed(b"\x13\x00"), "unsupported_format"),
        (listed(b"\x17\x90"), "unsupported_format"),
        (listed(codec=0x6B), "unsupported_format"),
        (listed(kind=b"alac"), "unsupported_format"),
        (listed(version=1), "unsupported_format"),
        (listed(flags=0x80), "unsupported_format"),
        (listed(kind=b"enca"), "encrypted"),
        (listed(b"\x13"), "unreadable"),
        (box(b"stsd", bytes(8)), "unreadable"),
        (box(b"stsd", bytes(8), box(b"mp4a", bytes(28))), "unsupported_format"),
        (box(b"stsd", bytes(8), box(b"mp4a"), box(b"mp4a")), "unsupported_format"),
    ],
)
def test_what_cannot_be_put_before_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        sound(data)
    assert caught.value.reason == reason


def test_broken_descriptors_are_told() -> None:
    for data in (listed().replace(b"\4\x11", b"\7\x11"), listed().replace(b"\5\2", b"\5\x7f")):
        with pytest.raises(Unmarkable):
            sound(data)
