from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.jpeg import end_of, segments
from guardrail.testing import formats


def test_the_segments_join_to_the_whole() -> None:
    data = formats.jpeg(exif=formats.exif())
    joined = data[:2] + b"".join(data[one.start : one.end] for one in segments(data))
    assert joined == data
    assert end_of(data + b"more") == len(data)


def test_fill_bytes_before_a_marker_belong_to_it() -> None:
    data = formats.jpeg()
    assert end_of(data[:2] + b"\xff\xff" + data[2:]) == len(data) + 2


def test_a_picture_without_an_end_has_none() -> None:
    assert end_of(formats.jpeg()[:-2]) is None
    assert end_of(b"\xff\xd8") is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xd8abc", "broken_jpeg"),
        (b"\xff\xd8\xff\xe0\0\x01", "broken_jpeg"),
        (b"\xff\xd8\xff\x00\0\x04ab", "broken_jpeg"),
        (b"\xff\xd8\xff\xe0\0\x09abc", "truncated"),
        (b"\xff\xd8" + b"\xff\xd0" * 30_000, "too_many_parts"),
    ],
)
def test_what_isnt_a_jpeg_is_uninspectable(data: bytes, reason: str) -> None:
    with pytest.raises(Uninspectable, match=reason):
        end_of(data)
