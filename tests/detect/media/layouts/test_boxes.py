from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.boxes import boxes, walk
from guardrail.testing.formats import box, movie


def test_boxes_stand_side_by_side() -> None:
    data = (
        box(b"aaaa", b"1") + b"\0\0\0\x01bbbb" + (17).to_bytes(8, "big") + b"2" + b"\0\0\0\0cccc3"
    )
    assert [(one.kind, data[one.body : one.end]) for one in boxes(data)] == [
        (b"aaaa", b"1"),
        (b"bbbb", b"2"),
        (b"cccc", b"3"),
    ]


def test_boxes_within_boxes_are_walked() -> None:
    kinds = [one.kind for one in walk(movie(place=True))]
    assert kinds == [b"ftyp", b"moov", b"trak", b"mdia", b"hdlr", b"udta", b"\xa9xyz", b"mdat"]


def test_a_meta_box_has_a_version_except_in_quicktime() -> None:
    handler = box(b"hdlr", bytes(24))
    for lead in (b"", bytes(4)):
        assert [one.kind for one in walk(box(b"meta", lead + handler))] == [b"meta", b"hdlr"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0\0\0\x07aaaa", "broken_box"),
        (b"\0\0\0\x09aaaa", "truncated"),
        (box(b"aaaa", b"") * 10_001, "too_many_parts"),
        (box(b"moov", box(b"free", b"") * 5_001) * 2, "too_many_parts"),
    ],
)
def test_broken_boxes_are_uninspectable(data: bytes, reason: str) -> None:
    with pytest.raises(Uninspectable, match=reason):
        list(walk(data))


def test_boxes_nested_beyond_measure_are_uninspectable() -> None:
    data = b""
    for _ in range(20):
        data = box(b"moov", data)
    with pytest.raises(Uninspectable, match="too_deep"):
        list(walk(data))
