from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures.decode import (
    Picture,
    decode,
    from_pixels,
    has_transparency,
)
from guardrail.detect.media.sniff import sniff
from guardrail.testing.formats import heif
from guardrail.testing.pictures import (
    deflated_zeros,
    empty_png,
    encoded,
    png,
    portrait,
    scene,
    with_orientation,
    with_stated_size,
)

BUDGET = Budget()


def decoded(data: bytes, long_side: int = 640) -> Picture:
    return decode(data, picture_size(data, sniff(data)), long_side=long_side, budget=BUDGET)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".avif"])
def test_every_usual_format_is_decoded_and_no_larger_than_needed(ending: str) -> None:
    picture = decoded(encoded(scene(2600, 1300), ending))
    assert (picture.width, picture.height) == (2600, 1300)
    assert picture.pixels.shape == (325, 650, 3)
    assert picture.scale == pytest.approx(0.25)


def test_a_small_picture_stays_as_it_is() -> None:
    picture = decoded(encoded(scene(300, 200)))
    assert (picture.pixels.shape, picture.scale) == ((200, 300, 3), 1.0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_and_sizes_are_those_of_the_upright_picture(
    orientation: int,
) -> None:
    picture = decoded(with_orientation(encoded(scene(1500, 900), ".jpg"), orientation))
    upright = (1500, 900) if orientation < 5 else (900, 1500)
    assert (picture.width, picture.height) == upright
    assert (picture.pixels.shape[1] > picture.pixels.shape[0]) == (orientation < 5)


def test_grey_and_deep_pictures_become_three_channels_of_eight_bits() -> None:
    grey = encoded(np.asarray(cv2.cvtColor(portrait(64), cv2.COLOR_BGR2GRAY), np.uint8))
    deep = bytes(cv2.imencode(".png", portrait(64).astype(np.uint16) * 257)[1].tobytes())
    for data in (grey, deep):
        pixels = decoded(data).pixels
        assert pixels.shape == (64, 64, 3)
        assert pixels.dtype == np.uint8


def test_a_four_colour_jpeg_is_decoded() -> None:
    out = BytesIO()
    Image.fromarray(portrait(64)[:, :, ::-1]).convert("CMYK").save(out, "JPEG")
    assert decoded(out.getvalue()).pixels.shape == (64, 64, 3)


@pytest.mark.parametrize("ending", [".png", ".webp"])
@pytest.mark.parametrize("colour", [0, 255])
def test_what_only_transparency_draws_is_seen_on_a_ground_that_shows_it(
    colour: int, ending: str
) -> None:
    drawn = np.full((64, 64, 4), colour, np.uint8)
    drawn[:, :, 3] = 0
    drawn[16:48, 16:48, 3] = 255
    kept = [cv2.IMWRITE_WEBP_QUALITY, 101] if ending == ".webp" else []
    picture = decoded(bytes(cv2.imencode(ending, drawn, kept)[1].tobytes()))
    assert int(np.ptp(picture.pixels)) == 255
    assert picture.beneath is not None
    assert len(picture.views) == 2


def test_a_picture_that_could_be_transparent_and_isnt_has_one_view() -> None:
    opaque = np.dstack([portrait(64), np.full((64, 64), 255, np.uint8)])
    data = encoded(opaque)
    assert has_transparency(data)
    assert decoded(data).beneath is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_a_transparent_picture_is_applied(orientation: int) -> None:
    drawn = Image.fromarray(np.arange(6 * 4 * 4, dtype=np.uint8).reshape(4, 6, 4))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    drawn.save(out, "PNG", exif=exif)
    picture = decoded(out.getvalue())
    upright = ImageOps.exif_transpose(Image.open(out))
    assert (picture.width, picture.height) == upright.size
    assert picture.beneath is not None
    assert np.array_equal(picture.beneath[:, :, ::-1], np.asarray(upright)[:, :, :3])


@given(st.integers(1280, 1400), st.integers(1, 1400))
@settings(max_examples=5)
def test_a_transparent_picture_of_every_size_is_reduced_without_gaps(
    width: int, height: int
) -> None:
    across = np.linspace(0, 255, width).astype(np.uint8)
    drawn = np.dstack([np.broadcast_to(across, (height, width))] * 4)
    picture = decoded(encoded(np.ascontiguousarray(drawn)))
    assert (picture.width, picture.height) == (width, height)
    assert picture.beneath is not None
    assert picture.beneath.shape[1] == max(width, height) // 2 * width // max(width, height)
    assert picture.beneath.shape[0] in {max(1, height // 2), height // 2 + 1}
    assert np.ptp(picture.beneath, axis=0).max() <= 1


def test_a_large_transparent_picture_is_refused_before_it_is_decoded() -> None:
    side = 4_500
    data = png(side, side, deflated_zeros(side * (1 + 4 * side)), colour=6)
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        decoded(data)


def test_a_bomb_is_refused_by_its_header_alone() -> None:
    for bomb in (empty_png(20_000, bits=1), empty_png(12_000, bits=24)):
        assert len(bomb) < 500_000
        with pytest.raises(Uninspectable, match="too_many_pixels"):
            decoded(bomb)


@pytest.mark.parametrize("true", [1, 24])
def test_a_bomb_that_lies_to_our_reader_stops_at_opencvs_own_limit(true: int) -> None:
    with pytest.raises(Uninspectable, match=r"undecodable|sizes_disagree"):
        decode(empty_png(12_000, bits=true), Size(100, 100, 1), long_side=640, budget=BUDGET)


def test_a_jpeg_that_states_another_size_than_it_has_gets_a_verdict() -> None:
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        decoded(with_stated_size(encoded(portrait(64), ".jpg"), 65_500, 65_500))
    with pytest.raises(Uninspectable, match="sizes_disagree"):
        decode(encoded(portrait(200)), Size(100, 100, 1), long_side=640, budget=BUDGET)


def test_a_progressive_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(portrait(64), ".jpg") + b"\xff\xda" * 40
    with pytest.raises(Uninspectable, match="too_many_scans"):
        decoded(data)


def test_a_heic_picture_is_of_a_format_that_isnt_decoded() -> None:
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        decoded(heif(b"heic"))


def test_a_script_that_begins_like_a_gif_is_undecodable() -> None:
    polyglot = b"GIF89a/*" + b"*/=1;alert(1);" * 9
    with pytest.raises(Uninspectable):
        decode(polyglot, Size(100, 100, 1), long_side=640, budget=BUDGET)


def test_pixels_are_reduced_like_files_are() -> None:
    picture = from_pixels(scene(2600, 1300), 640)
    assert (picture.pixels.shape, picture.width) == ((325, 650, 3), 2600)


FILES = {
    "jpeg": encoded(portrait(48), ".jpg"),
    "png": encoded(portrait(24), ".png"),
    "webp": encoded(portrait(48), ".webp"),
    "clear": encoded(np.dstack([portrait(24), np.full((24, 24), 9, np.uint8)])),
}


@pytest.mark.parametrize("name", FILES)
@given(st.data())
def test_every_truncation_and_every_flipped_byte_gives_pixels_or_a_verdict(
    name: str, data: st.DataObject
) -> None:
    file = bytearray(FILES[name])
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=3)):
        file[at] ^= data.draw(st.integers(1, 255))
    broken = bytes(file[: data.draw(st.integers(0, len(file)))])
    with suppress(Uninspectable):
        picture = decode(broken, Size(48, 48, 1), long_side=640, budget=BUDGET)
        assert picture.pixels.ndim == 3


def test_a_large_interlaced_png_is_refused_by_its_header_alone() -> None:
    data = bytearray(empty_png(4_100, bits=24))
    assert decoded(bytes(data)).width == 4_100
    data[28] = 1
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        decoded(bytes(data))


@pytest.mark.parametrize("way", [1, 6])
def test_a_large_webp_is_reduced_upright_as_a_small_one_is(way: int) -> None:
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = way
    Image.fromarray(scene(2_400, 1_800)[:, :, ::-1]).save(file, "WEBP", exif=exif)
    found = decoded(file.getvalue())
    assert (found.width, found.height) == ((2_400, 1_800) if way == 1 else (1_800, 2_400))
    assert found.pixels.shape[:2] == ((900, 1_200) if way == 1 else (1_200, 900))[:2]
    small = cv2.resize(scene(2_400, 1_800), (1_200, 900), interpolation=cv2.INTER_AREA)
    upright = small if way == 1 else np.rot90(small, -1)
    factor = 1_200 // max(found.pixels.shape[:2])
    assert factor == 1
    assert np.abs(found.pixels.astype(int) - upright).mean() < 4
