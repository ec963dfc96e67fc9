from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from guardrail.disclose.visible.overlay import AI, Place, contrast, frames, overlay, repaint
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

WORDS = ("ЖИ жасаған\nСоздано ИИ", "ЖИ / ИИ")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")


def encoded(image: Image.Image, format_name: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, format_name, **options)
    return target.getvalue()


def decoded(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def checkered(width: int = 320, height: int = 240, tile: int = 3) -> Image.Image:
    board = (np.add.outer(np.arange(height) // tile, np.arange(width) // tile) % 2 * 255).astype(
        np.uint8
    )
    return Image.fromarray(np.stack([board, np.roll(board, 1, 1), 255 - board], 2))


GROUNDS = {
    "white": Image.new("RGB", (320, 240), "white"),
    "black": Image.new("RGB", (320, 240), "black"),
    "grey": Image.new("RGB", (320, 240), (119, 119, 119)),
    "checkered": checkered(),
}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_are_readable_on_any_ground(format_name: str, ground: str) -> None:
    done = overlay(encoded(GROUNDS[ground], format_name), WORDS)
    assert done.mime == f"image/{format_name.lower()}"
    assert done.words == WORDS[0]
    assert contrast(done.data, done.box) >= 12
    assert done.letter_height >= 12


@pytest.mark.parametrize(
    ("format_name", "mode", "after"),
    [
        ("PNG", "1", "L"),
        ("PNG", "L", "L"),
        ("PNG", "LA", "LA"),
        ("PNG", "P", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "I;16", "L"),
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "CMYK"),
        ("TIFF", "CMYK", "CMYK"),
        ("TIFF", "F", "L"),
        ("TIFF", "LAB", "RGB"),
        ("WEBP", "RGBA", "RGBA"),
        ("GIF", "P", "P"),
    ],
)
def test_colours_keep_their_kind_as_far_as_can_be(format_name: str, mode: str, after: str) -> None:
    image = checkered(tile=40)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    elif mode == "LAB":
        image = Image.new("LAB", image.size)
    else:
        image = image.convert(mode)
    done = overlay(encoded(image, format_name), WORDS)
    shown = decoded(done.data)
    assert (shown.mode, shown.size) == (after, image.size)
    assert contrast(done.data, done.box) >= 12


def test_only_the_label_changes_in_a_lossless_picture() -> None:
    before = checkered()
    done = overlay(encoded(before, "PNG"), WORDS)
    left, top, width, height = done.box
    one, other = np.asarray(before), np.asarray(decoded(done.data)).copy()
    other[top : top + height, left : left + width] = one[top : top + height, left : left + width]
    assert (one == other).all()


def test_a_jpeg_is_compressed_as_it_was() -> None:
    before = encoded(checkered(tile=30), "JPEG", quality=63, subsampling=2, progressive=True)
    after = decoded(overlay(before, WORDS).data)
    assert after.quantization == decoded(before).quantization  # type: ignore[attr-defined]
    assert "progression" in after.info


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_words_are_upright_whatever_the_orientation(orientation: int, format_name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "kept"
    data = encoded(Image.new("RGB", (300, 200), "white"), format_name, exif=exif.tobytes())
    done = overlay(data, WORDS)
    shown = decoded(done.data)
    assert shown.size == ((300, 200) if orientation < 5 else (200, 300))
    assert shown.getexif().get(0x0112, 1) == 1
    assert shown.getexif()[0x010E] == "kept"
    straight = overlay(encoded(Image.new("RGB", shown.size, "white"), format_name), WORDS)
    assert done.box == straight.box
    one, other = (np.asarray(decoded(x.data).convert("L"), int) for x in (done, straight))
    assert abs(one - other).mean() < 1


def test_profile_and_metadata_stay_but_for_the_orientation() -> None:
    xmp = b'<rdf:Description xmlns:tiff="x" tiff:Orientation="6" tiff:Artist="a"/>'
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
    for format_name in ("JPEG", "PNG", "WEBP"):
        how = {"pnginfo": texts} if format_name == "PNG" else {"xmp": xmp}
        data = encoded(checkered(), format_name, icc_profile=b"profile", dpi=(300, 300), **how)
        info = decoded(overlay(data, WORDS).data).info
        assert info["icc_profile"] == b"profile"
        assert info["xmp"] == xmp.replace(b'tiff:Orientation="6"', b"")


@pytest.mark.parametrize("format_name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_every_frame_of_an_animation_is_labelled(format_name: str) -> None:
    shades = [Image.new("RGB", (160, 120), (60 * one, 200, 30)) for one in range(4)]
    data = encoded(
        shades[0],
        format_name,
        save_all=True,
        append_images=shades[1:],
        duration=[40, 80, 120, 160],
        loop=2,
    )
    done = overlay(data, WORDS)
    image, durations = decoded(done.data), []
    assert image.n_frames == 4  # type: ignore[attr-defined]
    for number in range(4):
        image.seek(number)
        image.load()
        durations.append(int(image.info["duration"]))
        one = encoded(image.convert("RGB"), "PNG")
        assert contrast(one, done.box) >= 12
    assert durations == [40, 80, 120, 160]


def test_every_page_of_a_tiff_is_labelled_in_its_own_size() -> None:
    pages = [Image.new("RGB", size, "white") for size in ((400, 300), (900, 1_200))]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    shown = list(frames(overlay(data, WORDS).data, Bounds()))
    assert [one.size for one in shown] == [(400, 300), (900, 1_200)]
    assert all(np.asarray(one.convert("L")).min() == 0 for one in shown)


@pytest.mark.parametrize("place", Place)
def test_a_label_stands_in_its_corner(place: Place) -> None:
    left, top, width, height = overlay(encoded(checkered(), "PNG"), AI, place=place).box
    assert (left < 160) == ("left" in place)
    assert (top < 120) == ("top" in place)
    assert left + width <= 320
    assert top + height <= 240


def test_what_else_is_painted_is_encoded_with_it_once() -> None:
    done = overlay(
        encoded(checkered(), "PNG"),
        AI,
        then=lambda frame: frame.point(lambda value: 255 - value),
    )
    assert np.asarray(decoded(done.data))[done.box[1] + 1, done.box[0] + 1].tolist() == [255] * 3


def test_what_fails_while_painting_is_not_hidden() -> None:
    def fails(frame: Image.Image) -> Image.Image:
        raise LookupError(frame.mode)

    with pytest.raises(LookupError):
        repaint(encoded(checkered(), "PNG"), fails, Bounds())


@pytest.mark.parametrize(
    ("data", "bounds", "reason"),
    [
        (b"", Bounds(), "unsupported_format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", Bounds(), "unsupported_format"),
        (encoded(checkered(), "BMP"), Bounds(), "unsupported_format"),
        (encoded(checkered(), "PNG")[:400], Bounds(), "unreadable"),
        (encoded(checkered(), "PNG"), Bounds(pixels=320 * 240 - 1), "too_many_pixels"),
        (encoded(checkered(), "PNG"), Bounds(encoded_bytes=99), "too_large"),
        (
            encoded(checkered(), "GIF", save_all=True, append_images=[GROUNDS["white"]] * 3),
            Bounds(frames=1),
            "too_many_frames",
        ),
        (
            encoded(GROUNDS["white"], "TIFF", save_all=True, append_images=[checkered(600, 600)]),
            Bounds(moving_pixels=320 * 240 * 2),
            "too_many_frames",
        ),
        (encoded(Image.new("L", (9, 9)), "PNG"), Bounds(), "too_small"),
    ],
)
def test_what_is_not_labelled_is_told(data: bytes, bounds: Bounds, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        overlay(data, WORDS, bounds=bounds)
    assert caught.value.reason == reason


@pytest.mark.no_cover
@pytest.mark.parametrize("format_name", FORMATS)
def test_every_broken_picture_is_a_verdict(format_name: str) -> None:
    data = encoded(checkered(64, 48), format_name)
    for at in range(0, len(data), 1 + len(data) // 50):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]):
            try:
                overlay(broken, WORDS)
            except Unlabelled as error:
                assert error.reason  # noqa: PT017


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8"])
)
def test_every_nonsense_is_a_verdict(data: bytes, start: bytes) -> None:
    with pytest.raises(Unlabelled):
        overlay(start + data, WORDS)
