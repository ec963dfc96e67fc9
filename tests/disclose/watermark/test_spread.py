from __future__ import annotations

import io
from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from guardrail.disclose.watermark.code import FALSE_ALARM
from guardrail.disclose.watermark.port import Unmarked, Watermark
from guardrail.disclose.watermark.spread import ATTEMPTS, Spread

Pixels = NDArray[np.uint8]
Change = Callable[[Image.Image], Image.Image]

OWN = Spread(b"a key of 16 byte")
MESSAGE = b"\x00\xff\x10\x7f\xa5"


def decibels(one: Pixels, other: Pixels) -> float:
    return float(10 * np.log10(255**2 / ((one.astype(float) - other) ** 2).mean()))


def squeezed(image: Image.Image, quality: int) -> Image.Image:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return Image.open(target).convert("RGB")


def scaled(image: Image.Image, by: float) -> Image.Image:
    size = round(image.width * by), round(image.height * by)
    return image.resize(size, Image.Resampling.LANCZOS)


def cut(image: Image.Image, share: float) -> Image.Image:
    """Take `share` of the area away, from all sides but not alike."""
    keep = sqrt(1 - share)
    width, height = int(image.width * keep), int(image.height * keep)
    left, top = (image.width - width) * 2 // 3, (image.height - height) // 3
    return image.crop((left, top, left + width, top + height))


def noisy(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 8, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


CHANGES: dict[str, Change] = {
    "nothing": lambda image: image,
    "jpeg 70": lambda image: squeezed(image, 70),
    "jpeg 50": lambda image: squeezed(image, 50),
    "half as large": lambda image: scaled(image, 0.5),
    "three quarters": lambda image: scaled(image, 0.75),
    "a ninth larger": lambda image: scaled(image, 1.11),
    "half as large again": lambda image: scaled(image, 1.5),
    "a tenth cut off": lambda image: cut(image, 0.1),
    "half cut off": lambda image: cut(image, 0.5),
    "half cut off, jpeg 60": lambda image: squeezed(cut(image, 0.5), 60),
    "screenshot": lambda image: cut(scaled(image, 0.83), 0.08),
    "noise": noisy,
    "brighter": lambda image: image.point(lambda value: min(255, value * 1.2)),
    "grey": lambda image: image.convert("L").convert("RGB"),
}


@pytest.fixture(scope="module")
def marked(picture: Pixels) -> Pixels:
    return OWN.embed(picture, MESSAGE)


def test_it_is_a_watermark() -> None:
    watermark: Watermark = OWN
    assert watermark.technique == "guardrail-spread-1"


@pytest.mark.parametrize("name", CHANGES)
def test_a_mark_is_read_after_what_happens_to_pictures(name: str, marked: Pixels) -> None:
    found = OWN.detect(np.asarray(CHANGES[name](Image.fromarray(marked)), np.uint8))
    assert found is not None
    assert found.message == MESSAGE
    assert found.technique == OWN.technique


def test_a_scale_is_told(marked: Pixels) -> None:
    found = OWN.detect(np.asarray(scaled(Image.fromarray(marked), 0.75), np.uint8))
    assert found is not None
    assert found.scale == pytest.approx(0.75, abs=0.01)


def test_a_mark_is_not_seen(picture: Pixels, marked: Pixels) -> None:
    assert decibels(picture, marked) >= 40
    assert marked.shape == picture.shape
    assert np.abs(marked.astype(int) - picture).max() <= 24


@settings(max_examples=10)
@given(st.integers(128, 400), st.integers(128, 400), st.integers(0, 255), st.booleans())
def test_every_picture_stays_above_forty_decibels(
    height: int,
    width: int,
    shade: int,
    grey: bool,  # noqa: FBT001
) -> None:
    flat = np.full((height, width) if grey else (height, width, 3), shade, np.uint8)
    assert decibels(flat, OWN.embed(flat, MESSAGE)) >= 40


def test_a_grey_picture_is_marked(picture: Pixels) -> None:
    found = OWN.detect(OWN.embed(picture[:, :, 1].copy(), MESSAGE))
    assert found is not None


def test_a_large_picture_is_read_small(large: Pixels) -> None:
    marked = Image.fromarray(OWN.embed(large, MESSAGE))
    assert decibels(large, np.asarray(marked)) >= 40
    for change in (scaled(marked, 0.4), squeezed(cut(marked, 0.4), 60)):
        found = OWN.detect(np.asarray(change, np.uint8))
        assert found is not None
        assert found.message == MESSAGE


def test_nothing_is_found_where_nothing_is(picture: Pixels, marked: Pixels) -> None:
    assert OWN.detect(picture) is None
    assert Spread(b"another of 16 by").detect(marked[:256, :256]) is None
    assert OWN.detect(np.zeros((160, 160, 3), np.uint8)) is None
    board = np.kron(np.indices((20, 20)).sum(axis=0) % 2 * 255, np.ones((8, 8)))
    assert OWN.detect(board.astype(np.uint8)) is None


def test_false_alarms_are_rarer_than_one_in_a_million() -> None:
    assert ATTEMPTS * FALSE_ALARM < 1e-6


def test_what_it_does_not_stand_is_known(marked: Pixels) -> None:
    turned = Image.fromarray(marked[:256, :256])
    for change in (turned.transpose(Image.Transpose.FLIP_LEFT_RIGHT), turned.rotate(3)):
        assert OWN.detect(np.asarray(change, np.uint8)) is None


@pytest.mark.parametrize("shape", [(127, 300), (300, 127, 3)])
def test_a_picture_without_room_for_a_tile_is_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(Unmarked, match="too_small"):
        OWN.embed(np.zeros(shape, np.uint8), MESSAGE)
    assert OWN.detect(np.zeros((20, 20), np.uint8)) is None


def test_too_many_pixels_are_told() -> None:
    huge = np.broadcast_to(np.uint8(0), (8_001, 8_000))
    with pytest.raises(Unmarked, match="too_many_pixels"):
        OWN.embed(huge, MESSAGE)
    assert OWN.detect(huge) is None


def test_what_are_no_pixels_is_an_error() -> None:
    for wrong in (np.zeros((200, 200, 4), np.uint8), np.zeros((200, 200))):
        with pytest.raises(ValueError, match="height x width"):
            OWN.embed(wrong, MESSAGE)  # type: ignore[arg-type]


def test_a_short_key_is_an_error_and_no_key_is_shown() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Spread(b"short")
    assert "a key" not in repr(OWN)
