from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures import room, webp
from guardrail.detect.media.pictures.decode import imdecode
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.orientation import TAG
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import scene


def _saved(width: int, height: int, *, alpha: bool = False, way: int = 1, **how: object) -> bytes:
    image = Image.fromarray(scene(width, height)[:, :, ::-1])
    if alpha:
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    file, exif = BytesIO(), Image.Exif()
    exif[TAG] = way
    image.save(file, "WEBP", exif=exif, exact=True, **how)
    return file.getvalue()


def _size(data: bytes) -> Size:
    return picture_size(data, sniff(data))


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("size", [(97, 61), (1, 300), (640, 480)])
def test_pixels_are_those_that_opencv_reads(*, lossless: bool, size: tuple[int, int]) -> None:
    data = _saved(*size, lossless=lossless)
    found = webp.reduced(data, _size(data), 1)
    assert found
    assert np.array_equal(found[0], imdecode(data, cv2.IMREAD_COLOR))


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_reduced_pixel_is_the_mean_of_those_that_it_stands_for(factor: int) -> None:
    data = _saved(320, 240, lossless=True)
    found = webp.reduced(data, _size(data), factor)
    assert found
    to = (320 // factor, 240 // factor)
    means = cv2.resize(scene(320, 240), to, interpolation=cv2.INTER_AREA)
    assert np.abs(found[0].astype(int) - means).max() <= 2


@pytest.mark.parametrize("lossless", [True, False])
def test_what_is_under_transparency_is_kept(*, lossless: bool) -> None:
    data = _saved(64, 48, alpha=True, lossless=lossless, quality=95)
    found = webp.whole(data, _size(data))
    assert found
    shown = np.asarray(Image.open(BytesIO(data)).convert("RGBA"))
    assert np.array_equal(found[0], shown)


@pytest.mark.parametrize("way", [1, 3, 6, 8])
def test_how_it_lies_comes_along(way: int) -> None:
    data = _saved(40, 20, way=way)
    found = webp.reduced(data, _size(data), 1)
    assert found
    assert found[1] == way


def test_an_animation_is_for_others() -> None:
    file = BytesIO()
    frames = [Image.fromarray(scene(32, 32, seed=at)) for at in (1, 2)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    assert webp.reduced(file.getvalue(), Size(32, 32, 2), 1) is None
    assert webp.whole(file.getvalue(), Size(32, 32, 2)) is None


def test_what_would_take_too_much_memory_isnt_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    opaque, seen_through = _saved(100, 100, lossless=True), _saved(100, 100, alpha=True)
    monkeypatch.setattr(room, "MOST_BYTES", 39_999)
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        webp.reduced(opaque, _size(opaque), 1)
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        webp.whole(seen_through, _size(seen_through))
    lossy = _saved(100, 100)
    assert webp.reduced(lossy, _size(lossy), 1) is not None


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("lossless", [True, False])
def test_what_is_broken_is_a_verdict(*, kept: float, lossless: bool) -> None:
    data = _saved(200, 200, lossless=lossless)
    cut = bytearray(data)
    cut[int(len(data) * kept) :] = bytes(len(data) - int(len(data) * kept))
    try:
        webp.reduced(bytes(cut), Size(200, 200, 1), 2)
    except Uninspectable as verdict:
        assert verdict.reason in {"undecodable", "truncated"}  # noqa: PT017 - zeros may be pixels
    with pytest.raises(Uninspectable, match=r"undecodable|truncated"):
        webp.reduced(data[: int(len(data) * kept)], Size(200, 200, 1), 2)


def test_without_the_library_others_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webp, "_library", lambda: None)
    data = _saved(40, 20)
    assert webp.reduced(data, _size(data), 1) is None
