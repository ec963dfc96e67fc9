from __future__ import annotations

import struct
from contextlib import suppress

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check, picture_size
from guardrail.detect.media.sniff import Medium, sniff
from guardrail.testing import formats

PICTURES = {name: data for name, data in formats.samples().items() if name != "movie"}
W, H = formats.WIDTH, formats.HEIGHT


def _size(data: bytes) -> Size:
    return picture_size(data, sniff(data))


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("jpeg", Size(W, H, 1)),
        ("png", Size(8, 8, 1)),
        ("webp", Size(W, H, 1)),
        ("gif", Size(W, H, 2)),
        ("bmp", Size(W, H, 1)),
        ("tiff", Size(W, H, 1)),
        ("jp2", Size(W, H, 1)),
        ("avif", Size(W, H)),
        ("heic", Size(W, H)),
    ],
)
def test_the_size_is_read_from_the_header(name: str, size: Size) -> None:
    assert _size(PICTURES[name]) == size


def test_a_frame_of_a_jpeg_that_says_something_else_is_refused() -> None:
    data = formats.jpeg()
    frame = formats.segment(0xC2, b"\x08" + struct.pack(">HH", 9, 9) + b"\x01\x01\x11\0")
    with pytest.raises(Uninspectable, match="sizes_disagree"):
        _size(data[:2] + frame + data[2:])


def test_a_second_header_of_a_png_that_says_something_else_is_refused() -> None:
    data = formats.png()
    lie = formats.chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    with pytest.raises(Uninspectable, match="sizes_disagree"):
        _size(data[:33] + lie + data[33:])


def test_a_webp_whose_canvas_and_frame_disagree_is_refused() -> None:
    data = bytearray(formats.webp())
    data[24] += 1
    with pytest.raises(Uninspectable, match="sizes_disagree"):
        _size(bytes(data))


def test_a_jpeg_2000_whose_box_and_stream_disagree_is_refused() -> None:
    data = formats.jp2()
    at = data.index(b"ihdr") + 4
    with pytest.raises(Uninspectable, match="sizes_disagree"):
        _size(data[: at + 3] + b"\x01" + data[at + 4 :])


def test_a_frame_of_a_gif_beyond_its_screen_counts() -> None:
    data = bytearray(formats.gif(1))
    at = data.index(b"\x2c") + 5
    data[at : at + 4] = struct.pack("<HH", 60_000, 50_000)
    assert _size(bytes(data)) == Size(60_000, 50_000, 1)


def test_a_patched_header_is_believed_so_that_the_budget_applies() -> None:
    size = _size(formats.jpeg(size=(65_500, 65_500)))
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        check(size, Budget())


def test_a_picture_within_the_budget_passes() -> None:
    check(Size(8000, 5000), Budget())


def test_the_lossless_header_of_a_webp_is_read() -> None:
    body = b"WEBPVP8L" + struct.pack("<I", 6) + b"\x2f" + struct.pack("<I", 99 | 49 << 14) + b"\0"
    assert _size(b"RIFF" + struct.pack("<I", len(body)) + body) == Size(100, 50, 1)


def test_the_oldest_bmp_header_is_read() -> None:
    assert _size(b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 7, 5, 1, 24)) == Size(7, 5, 1)


@pytest.mark.parametrize("mime", ["video/mp4", "image/vnd.adobe.photoshop", ""])
def test_what_isnt_a_picture_known_here_isnt_decodable(mime: str) -> None:
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        picture_size(b"", Medium(sniff(b"").kind, mime))


@pytest.mark.parametrize(
    "data",
    [
        formats.jpeg(size=(0, 9)),
        formats.png(size=(0, 9)),
        formats.jp2((0, 9)),
        b"RIFF\x04\0\0\0WEBP",
        b"\xff\xd8\xff\xd9",
        b"II*\0\x08\0\0\0\0\0",
    ],
)
def test_a_picture_of_no_pixels_has_no_size(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="no_size"):
        _size(data)


@pytest.mark.parametrize("name", PICTURES)
def test_every_truncation_has_a_size_or_is_uninspectable(name: str) -> None:
    data, medium = PICTURES[name], sniff(PICTURES[name])
    for end in range(len(data)):
        with suppress(Uninspectable):
            assert picture_size(data[:end], medium).width > 0


@pytest.mark.no_cover
@pytest.mark.parametrize("name", PICTURES)
def test_every_flipped_byte_has_a_size_or_is_uninspectable(name: str) -> None:
    data, medium = PICTURES[name], sniff(PICTURES[name])
    for at in range(min(len(data), 1000)):
        for mask in (0xFF, 0x01, 0x80):
            with suppress(Uninspectable):
                picture_size(data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :], medium)
