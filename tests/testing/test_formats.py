from __future__ import annotations

import io

import pytest
from PIL import Image

from guardrail.testing import formats


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "bmp", "tiff"])
def test_other_readers_see_the_same_size(name: str) -> None:
    data = formats.samples()[name]
    with Image.open(io.BytesIO(data)) as picture:
        size = (8, 8) if name == "png" else (formats.WIDTH, formats.HEIGHT)
        assert picture.size == size


def test_other_readers_see_the_same_metadata() -> None:
    data = formats.png(exif=formats.exif(place=True, orientation=6))
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        assert exif[0x0112] == 6
        assert exif.get_ifd(0x8825)[1] == "N"


def test_a_jpeg_begins_and_ends_as_one() -> None:
    data = formats.jpeg()
    assert data.startswith(b"\xff\xd8\xff")
    assert data.endswith(b"\xff\xd9")
