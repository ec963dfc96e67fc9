from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

pytest.importorskip("cv2")

from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures.decode import decode
from guardrail.detect.media.pictures.room import (
    MOST_BYTES,
    check_bytes,
    check_frame_room,
    check_room,
    opencv_has_room,
    thrifty,
)
from guardrail.detect.media.sniff import sniff
from guardrail.testing.formats import jp2

TIFF, GIF, AVIF = "image/tiff", "image/gif", "image/avif"


def blank(width: int, height: int, mode: str, form: str, **options: object) -> bytes:
    """Return a picture of one colour but for a dark corner above and left."""
    image = Image.new(mode, (width, height), 255 if mode == "L" else (200, 220, 240))
    image.paste(0 if mode == "L" else (10, 20, 30), (0, 0, width // 2, height // 2))
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def shown(data: bytes) -> tuple[tuple[int, ...], list[int], list[int]]:
    """Return the shape of a picture as detectors see it, and its first and its last pixel."""
    picture = decode(data, picture_size(data, sniff(data)), long_side=640, budget=Budget())
    pixels = picture.pixels
    return pixels.shape, pixels[2, 2].tolist(), pixels[-3, -3].tolist()


def refused(data: bytes) -> str:
    with pytest.raises(Uninspectable) as met:
        shown(data)
    return met.value.reason


def test_what_would_take_too_much_memory_is_refused_and_what_takes_as_much_as_may_be_isnt() -> None:
    check_room(Size(MOST_BYTES // 4, 1), 4)
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        check_room(Size(MOST_BYTES // 4 + 1, 1), 4)


def test_bytes_are_counted_with_the_last_of_them() -> None:
    check_bytes(MOST_BYTES)
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        check_bytes(MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("width", "how"),
    [(5000, {}), (5000, {"subsampling": 2}), (3500, {"subsampling": 0})],
)
def test_a_large_jpeg_is_read_in_one_scan_and_refused_in_several(
    width: int, how: dict[str, object]
) -> None:
    assert max(shown(blank(width, width, "RGB", "JPEG", **how))[0]) >= 640
    assert refused(blank(width, width, "RGB", "JPEG", progressive=True, **how)) == "too_many_pixels"


def test_a_photo_of_twelve_megapixels_in_several_scans_is_read() -> None:
    assert shown(blank(4000, 3000, "RGB", "JPEG", progressive=True))[0] == (750, 1000, 3)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_counted_with_all_that_its_reader_keeps(form: str) -> None:
    small, large = (Image.new("RGB", (side, side)) for side in (1400, 1800))
    small.format = large.format = form
    check_frame_room(small, b"")
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        check_frame_room(large, b"")
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        check_frame_room(small, bytes(MOST_BYTES))


@pytest.mark.parametrize("mime", [TIFF, GIF, AVIF, "image/bmp", "image/jp2", "image/jpx"])
def test_opencv_reads_two_megapixels_of_every_format_and_not_forty_of_those_it_reads_whole(
    mime: str,
) -> None:
    assert opencv_has_room(Size(1632, 1224), mime)
    assert not opencv_has_room(Size(8000, 5000), mime)


def test_opencv_has_room_for_forty_megapixels_that_are_reduced_while_they_are_read() -> None:
    assert opencv_has_room(Size(8000, 5000), "image/jpeg")


def test_a_page_as_scanners_make_it_is_read_in_colour_and_in_grey() -> None:
    colour = blank(2480, 3508, "RGB", "TIFF", compression="tiff_lzw")
    grey = blank(2480, 3508, "L", "TIFF", compression="tiff_lzw")
    assert not opencv_has_room(Size(2480, 3508), TIFF)
    assert shown(colour) == ((877, 620, 3), [30, 20, 10], [240, 220, 200])
    assert shown(grey) == ((877, 620, 3), [0, 0, 0], [255, 255, 255])


def test_a_large_gif_and_a_large_avif_are_read() -> None:
    gif = blank(4000, 3000, "L", "GIF")
    avif = blank(2400, 2000, "RGB", "AVIF", speed=10)
    assert not opencv_has_room(Size(2400, 2000), AVIF)
    assert shown(gif) == ((750, 1000, 3), [0, 0, 0], [255, 255, 255])
    shape, first, last = shown(avif)
    assert shape == (1000, 1200, 3)
    assert np.allclose((first, last), ((30, 20, 10), (240, 220, 200)), atol=3)


def test_pictures_that_no_reader_has_room_for_are_refused_before_they_are_decoded() -> None:
    assert refused(blank(4000, 3600, "RGB", "TIFF", compression="tiff_lzw")) == "too_many_pixels"
    assert refused(blank(2700, 2000, "RGB", "AVIF", speed=10)) == "too_many_pixels"
    assert refused(jp2((2000, 2000))) == "too_many_pixels"


def test_a_tiff_whose_rows_are_all_in_one_strip_counts_twice() -> None:
    rows = {278: 2800}
    assert refused(blank(3000, 2800, "RGB", "TIFF", compression="tiff_lzw", tiffinfo=rows)) == (
        "too_many_pixels"
    )


def test_a_large_bmp_is_refused_by_its_header_alone() -> None:
    header = bytearray(blank(8, 8, "RGB", "BMP"))
    header[18:26] = (3000).to_bytes(4, "little") * 2
    assert refused(bytes(header)) == "too_many_pixels"


def test_the_file_counts_with_its_pixels() -> None:
    data = blank(3500, 3500, "RGB", "TIFF", compression="tiff_lzw")
    with thrifty(data, TIFF, Budget()) as image:
        assert image.size == (3500, 3500)
    with (
        pytest.raises(Uninspectable, match="too_many_pixels"),
        thrifty(data + bytes(2 << 20), TIFF, Budget()),
    ):
        pass
