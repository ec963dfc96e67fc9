"""What a picture's file had beside its pixels, and how it is written again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, JpegImagePlugin, PngImagePlugin

from guardrail.disclose.visible.unlabelled import Unlabelled

MIMES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
}
"""Formats that are drawn on. What isn't named here is never opened."""
_QUALITY = 90
_ZLIB, _EFFORT = 2, 1
"""Of PNG's and WebP's levels: the usual ones take thrice the time for files a little smaller."""
_LOSSLESS: dict[str, object] = {"lossless": True, "quality": 50, "method": _EFFORT}
"""Of WebP, where quality is effort: the usual one takes twice the time for 1 % fewer bytes."""
_XMP = "XML:com.adobe.xmp"
_ORIENTATION = 0x0112
_TURNED = re.compile(rb'tiff:Orientation="[0-9]"|<tiff:Orientation>[0-9]</tiff:Orientation>')
"""In XMP: after turning it is untrue."""

Options = dict[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """How a file is to be written so that only the label is new."""

    format: str
    options: Options
    moving: Options = field(default_factory=dict)
    """For several frames."""


def kept(image: Image.Image) -> Kept:
    """Return what to keep of a file that was opened; its frames are still to be read."""
    form = "JPEG" if image.format == "MPO" else str(image.format)
    if form not in MIMES:
        raise Unlabelled("unsupported_format")
    info = image.info
    options: Options = {
        key: info[key] for key in ("icc_profile", "dpi") if info.get(key) is not None
    }
    if form in {"JPEG", "PNG", "WEBP", "AVIF"}:
        options.update(_tags(image))
    options.update(_own(image, form))
    return Kept(form, options, _moving(image, form))


def saved(frames: Sequence[Image.Image], keep: Kept) -> bytes:
    """Write frames as one file.

    Raises:
        Unlabelled: ``unwritable``.
    """
    target = BytesIO()
    options = dict(keep.options)
    if len(frames) > 1:
        options.update(keep.moving, save_all=True, append_images=list(frames[1:]))
        if keep.format != "TIFF":
            options["duration"] = [int(one.info.get("duration") or 0) for one in frames]
    try:
        frames[0].save(target, keep.format, **options)
    except (OSError, ValueError, KeyError, OverflowError):
        raise Unlabelled("unwritable") from None
    return target.getvalue()


def _tags(image: Image.Image) -> Options:
    """Return EXIF without the orientation, which is applied, and XMP."""
    found: Options = {}
    exif = Image.Exif()
    exif.load(image.getexif().tobytes())  # a copy: the picture is turned by its own
    if exif:
        exif.pop(_ORIENTATION, None)
        found["exif"] = exif.tobytes()
    xmp = image.info.get("xmp")
    if isinstance(xmp, bytes) and xmp and image.format != "PNG":
        found["xmp"] = _TURNED.sub(b"", xmp)
    return found


def _own(image: Image.Image, form: str) -> Options:
    info = image.info
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return _jpeg(image)
    if isinstance(image, PngImagePlugin.PngImageFile):
        return {"pnginfo": _texts(image), "compress_level": _ZLIB}
    if form == "GIF":
        return {"comment": info["comment"]} if info.get("comment") else {}
    if form == "TIFF":
        squeezed = info.get("compression", "raw")
        return {"compression": None if squeezed in {"raw", "jpeg", "tiff_jpeg"} else squeezed}
    if form == "WEBP":
        return _LOSSLESS if _lossless(image) else {"quality": _QUALITY, "method": _EFFORT}
    return {"quality": _QUALITY}


def _jpeg(image: JpegImagePlugin.JpegImageFile) -> Options:
    """Return the tables by which the file was compressed: it loses as little as can be."""
    found: Options = {"qtables": image.quantization, "progressive": "progression" in image.info}
    sampling = JpegImagePlugin.get_sampling(image)
    if sampling >= 0:
        found["subsampling"] = sampling
    if image.info.get("comment"):
        found["comment"] = image.info["comment"]
    return found


def _texts(image: PngImagePlugin.PngImageFile) -> PngImagePlugin.PngInfo:
    """Return a PNG's texts: labels of others may be among them."""
    texts = PngImagePlugin.PngInfo()
    image.load()  # some stand behind the pixels
    for key, value in image.text.items():
        if key == _XMP:
            turned = _TURNED.sub(b"", value.encode("utf-8", "replace"))
            texts.add_itxt(key, turned.decode("utf-8", "replace"))
        elif isinstance(value, PngImagePlugin.iTXt):
            texts.add_itxt(key, value, value.lang or "", value.tkey or "")
        else:
            texts.add_text(key, value)
    return texts


def _lossless(image: Image.Image) -> bool:
    file = getattr(image, "fp", None)
    if file is None:
        return False
    place = file.tell()
    file.seek(0)
    start = file.read(1 << 16)
    file.seek(place)
    return b"VP8L" in start and b"VP8 " not in start


def _moving(image: Image.Image, form: str) -> Options:
    if int(getattr(image, "n_frames", 1)) < 2:
        return {}
    found: Options = {}
    if form != "TIFF" and image.info.get("loop") is not None:
        found["loop"] = image.info["loop"]
    if form == "GIF":
        found["disposal"] = 2  # frames are whole pictures here
    if form == "PNG":
        found["default_image"] = bool(image.info.get("default_image"))
    return found
