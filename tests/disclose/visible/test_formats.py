from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from guardrail.disclose.visible.formats import MIMES, Kept, kept, saved
from guardrail.disclose.visible.unlabelled import Unlabelled


def reopened(image: Image.Image, format_name: str, **options: object) -> Image.Image:
    target = io.BytesIO()
    image.save(target, format_name, **options)
    return Image.open(target)


def again(image: Image.Image) -> Image.Image:
    keep = kept(image)
    assert keep.format in MIMES
    return Image.open(io.BytesIO(saved([image.copy()], keep)))


def test_texts_of_a_png_stay_as_others_labelled_it() -> None:
    texts = PngInfo()
    texts.add_text("AIGC", '{"Label":"1"}')
    texts.add_itxt("Comment", "Жасанды интеллект", "kk", "Пікір")
    found = again(reopened(Image.new("L", (9, 9)), "PNG", pnginfo=texts))
    found.load()
    assert found.text == {  # type: ignore[attr-defined]
        "AIGC": '{"Label":"1"}',
        "Comment": "Жасанды интеллект",
    }


def test_a_lossless_webp_stays_lossless() -> None:
    image = Image.effect_noise((64, 64), 90).convert("RGB")
    found = again(reopened(image, "WEBP", lossless=True))
    assert found.tobytes() == image.tobytes()
    assert kept(reopened(image, "WEBP", quality=50)).options["quality"] == 90


def test_comments_stay() -> None:
    for format_name in ("JPEG", "GIF"):
        image = reopened(Image.new("L", (9, 9)), format_name, comment=b"kept")
        assert again(image).info["comment"] == b"kept"


def test_a_tiff_is_squeezed_as_it_was() -> None:
    image = reopened(Image.new("RGB", (9, 9)), "TIFF", compression="tiff_lzw")
    assert again(image).info["compression"] == "tiff_lzw"
    lossy = reopened(Image.new("RGB", (16, 16)), "TIFF", compression="jpeg")
    assert kept(lossy).options["compression"] is None


def test_an_animation_without_a_loop_gets_none() -> None:
    two = [Image.new("L", (9, 9), one) for one in (0, 255)]
    image = reopened(two[0], "GIF", save_all=True, append_images=two[1:], duration=50)
    assert kept(image).moving == {"disposal": 2}


def test_a_format_that_is_not_named_is_not_written() -> None:
    with pytest.raises(Unlabelled, match="unsupported_format"):
        kept(reopened(Image.new("L", (9, 9)), "BMP"))
    with pytest.raises(Unlabelled, match="unwritable"):
        saved([Image.new("LAB", (9, 9))], Kept("PNG", {}))
