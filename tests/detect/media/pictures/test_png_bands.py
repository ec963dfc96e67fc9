from __future__ import annotations

import resource
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.layouts.png import chunk
from guardrail.detect.media.pictures import png_bands
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.png_bands import Reduced
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import empty_png, png, scene

MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "P": 3}


def reduced(data: bytes, factor: int) -> Reduced | None:
    return png_bands.reduced(data, picture_size(data, sniff(data)), factor)


def _image(mode: str, width: int, height: int) -> Image.Image:
    image = Image.fromarray(scene(width, height)[:, :, ::-1])
    if mode == "P":
        return image.quantize(40)
    if mode in {"LA", "RGBA"}:
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    return image.convert(mode)


def _saved(image: Image.Image, **how: object) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", **how)
    return file.getvalue()


def _seen(image: Image.Image, mode: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rows = np.asarray(image.convert("RGB" if mode == "P" else mode), np.uint8)
    return rows.reshape(*rows.shape[:2], MODES[mode])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(97, 61), (640, 700), (1, 300)])
def test_pixels_are_those_that_pillow_reads(mode: str, size: tuple[int, int]) -> None:
    image = _image(mode, *size)
    found = reduced(_saved(image, **({"bits": 8} if mode == "P" else {})), 1)
    assert found
    assert found.way == 1
    assert np.array_equal(found.samples, _seen(image, mode))


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([0, 2, 4, 6]),
    st.sampled_from([8, 16]),
    st.randoms(use_true_random=False),
)
def test_every_row_of_filters_is_taken_back_as_opencv_does(
    width: int, height: int, colour: int, depth: int, chance: object
) -> None:
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    row = width * samples * depth // 8
    rows = b"".join(
        bytes([chance.randint(0, 4)]) + chance.randbytes(row)  # type: ignore[attr-defined]
        for _ in range(height)
    )
    data = png(width, height, zlib.compress(rows), depth=depth, colour=colour)
    found = reduced(data, 1)
    assert found
    whole = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    there = np.asarray(whole).reshape(height, width, -1) >> (depth - 8)
    order = {0: [0], 2: [2, 1, 0], 4: [0, 3], 6: [2, 1, 0, 3]}[colour]
    assert np.array_equal(found.samples, there[:, :, order])


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_pixels_are_the_means_of_those_that_they_stand_for(factor: int) -> None:
    whole = scene(800, 600)[:, :, ::-1]
    found = reduced(_saved(Image.fromarray(whole)), factor)
    assert found
    squares = whole.reshape(600 // factor, factor, -1, factor, 3).mean((1, 3))
    assert found.samples.shape == squares.shape
    assert np.abs(found.samples - squares).max() <= 1


@pytest.mark.parametrize("height", [597, 598, 599, 601, 607])
def test_rows_that_are_left_over_arent_left_out(height: int) -> None:
    whole = np.zeros((height, 800, 3), np.uint8)
    whole[-1] = 255
    found = reduced(_saved(Image.fromarray(whole)), 8)
    assert found
    assert found.samples.shape[0] in {height // 8, height // 8 + 1}
    assert found.samples[-1].min() > 255 // 16


def test_a_picture_of_another_size_than_was_judged_is_left_to_others() -> None:
    assert png_bands.reduced(PLAIN, Size(width=60, height=41), 1) is None


def test_without_isa_l_zlib_inflates_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _saved(_image("RGB", 700, 500))
    fast = reduced(data, 1)
    monkeypatch.setattr(png_bands, "zlib", zlib)
    slow = reduced(data, 1)
    assert fast
    assert slow
    assert np.array_equal(fast.samples, slow.samples)


@pytest.mark.parametrize("way", range(1, 9))
def test_the_orientation_is_told(way: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = way
    found = reduced(_saved(_image("RGB", 30, 20), exif=exif), 1)
    assert found
    assert found.way == way


PLAIN = _saved(_image("RGB", 60, 40))
BODY = PLAIN[33:]
LEFT = {
    "interlaced": png(8, 8, zlib.compress(bytes(25 * 8)))[:28] + b"\1" + PLAIN[29:],
    "one bit": _saved(_image("L", 60, 40).convert("1")),
    "transparent colour": _saved(_image("P", 60, 40), transparency=0),
    "animation": PLAIN[:33] + chunk(b"acTL", bytes(8)) + BODY,
    "profile in text": PLAIN[:33] + chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 0\n") + BODY,
    "no pixels": png(8, 8, b""),
    "too few rows": png(8, 8, zlib.compress(bytes(7 * 25))),
    "unknown filter": png(8, 8, zlib.compress(b"\x09" + bytes(8 * 25 - 1))),
    "no palette": png(8, 8, zlib.compress(bytes(8 * 9)), colour=3),
    "checksum of a chunk": PLAIN[:-20] + bytes([PLAIN[-20] ^ 1]) + PLAIN[-19:],
    "no end": PLAIN[:-12],
    "cut in one row": png(8, 8, zlib.compress(bytes(8 * 25))[:-9]),
    "cut": PLAIN[: len(PLAIN) // 2],
}


@pytest.mark.parametrize("name", LEFT)
def test_other_pictures_and_broken_ones_are_left_to_others(name: str) -> None:
    size = Size(width=LEFT[name][19], height=LEFT[name][23])
    assert png_bands.reduced(LEFT[name], size, 1) is None


def test_it_is_the_same_whether_rows_are_inflated_at_once_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = _saved(_image("RGB", 701, 503))
    at_once = reduced(data, 2)
    monkeypatch.setattr(png_bands, "_AT_ONCE", 0)
    in_bands = reduced(data, 2)
    assert at_once
    assert in_bands
    assert np.array_equal(at_once.samples, in_bands.samples)


def test_a_picture_that_inflates_to_far_more_than_it_says_isnt_inflated_further() -> None:
    data = png(64, 64, zlib.compress(bytes(64 << 20)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert reduced(data, 1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_000


def test_a_picture_of_40_megapixels_never_stands_whole_in_memory() -> None:
    reduced(PLAIN, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = reduced(empty_png(6_320, bits=24), 8)
    assert found
    assert found.samples.shape == (790, 790, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 80_000  # kB, of 120_000
