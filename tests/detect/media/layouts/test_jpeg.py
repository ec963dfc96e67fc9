from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.jpeg import end_of, kept_coefficients, segments
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


def framed(marker: int, components: list[int], *, of_first_scan: int, size: int = 100) -> bytes:
    """Return the headers of a JPEG, ``size`` pixels each way, with sampling factors as given."""
    frame = bytes((8, *divmod(size, 256), *divmod(size, 256), len(components)))
    frame += b"".join(bytes((at, factors, 0)) for at, factors in enumerate(components))
    scan = bytes((of_first_scan, *(0 for _ in range(2 * of_first_scan + 3))))
    segments_of = [(marker, frame), (0xDA, scan)]
    return b"\xff\xd8" + b"".join(
        bytes((0xFF, kind)) + (len(body) + 2).to_bytes(2, "big") + body
        for kind, body in segments_of
    )


@pytest.mark.parametrize(
    ("marker", "components", "of_first_scan", "blocks"),
    [
        (0xC0, [0x22, 0x11, 0x11], 3, 0),  # one scan: nothing is kept
        (0xC0, [0x22, 0x11, 0x11], 1, 7 * 7 * 6),  # a scan for each component
        (0xC2, [0x22, 0x11, 0x11], 3, 7 * 7 * 6),  # progressive
        (0xC2, [0x11, 0x11, 0x11], 3, 13 * 13 * 3),
        (0xCA, [0x11], 1, 13 * 13),  # progressive, by arithmetic
        (0xC2, [0x00], 1, 0),  # what no reader takes
        (0xC2, [], 0, 0),
    ],
)
def test_what_is_read_in_several_scans_keeps_two_bytes_for_each_coefficient(
    marker: int, components: list[int], of_first_scan: int, blocks: int
) -> None:
    data = framed(marker, components, of_first_scan=of_first_scan)
    assert kept_coefficients(data) == blocks * 64 * 2


def test_a_jpeg_without_a_frame_or_without_a_scan_keeps_nothing() -> None:
    data = framed(0xC2, [0x11], of_first_scan=1)
    scan = data.index(b"\xff\xda")
    assert kept_coefficients(data[:2] + data[scan:]) == 0
    assert kept_coefficients(data[:scan]) == 0
    assert kept_coefficients(data[:scan] + b"\xff\xd9") == 0


def test_a_picture_of_headers_without_end_is_uninspectable() -> None:
    with pytest.raises(Uninspectable, match="too_many_parts"):
        kept_coefficients(b"\xff\xd8" + b"\xff\xd0" * 30_000)
