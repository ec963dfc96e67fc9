"""WebP pictures reduced while they are read: RFC 9649, by the libwebp of Pillow's wheel.

Other readers take four times a picture's pixels in memory, and more. libwebp reduces the lossy sort
row by row; of the lossless sort it needs all pixels at once, and of transparent ones all of them
are asked for: reduced, what is under the transparency would be gone.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.headers import Size
from guardrail.detect.media.layouts import riff
from guardrail.detect.media.pictures.orientation import way_of
from guardrail.detect.media.pictures.room import check_room

Pixels = NDArray[np.uint8]

_ABI: Final = 0x0209
"""``WEBP_DECODER_ABI_VERSION``: of one major number, all go together."""
_RGBA, _BGR = 1, 2
"""``WEBP_CSP_MODE``."""
_MOVES = 0x02
"""The flag in ``VP8X`` of an animation."""


class _Features(Structure):
    _fields_ = [
        ("width", c_int),
        ("height", c_int),
        ("has_alpha", c_int),
        ("has_animation", c_int),
        ("format", c_int),
        ("pad", c_uint32 * 5),
    ]


class _Buffer(Structure):
    _fields_ = [
        ("mode", c_int),
        ("width", c_int),
        ("height", c_int),
        ("is_ours", c_int),
        ("pixels", c_void_p),
        ("stride", c_int),
        ("size", c_size_t),
        ("rest_of_union", c_uint8 * 56),
        ("pad", c_uint32 * 4),
        ("private", c_void_p),
    ]


class _Options(Structure):
    _fields_ = [
        *((f"before_{at}", c_int) for at in range(7)),
        ("use_scaling", c_int),
        ("scaled_width", c_int),
        ("scaled_height", c_int),
        *((f"behind_{at}", c_int) for at in range(4)),
        ("pad", c_uint32 * 5),
    ]


class _Config(Structure):
    _fields_ = [("input", _Features), ("output", _Buffer), ("options", _Options)]


def reduced(data: bytes, size: Size, factor: int) -> tuple[Pixels, int] | None:
    """Return an opaque WebP as blue, green, red, its sides divided by `factor`, and how it lies.

    Returns:
        Pixels, each the mean of those that it stands for, and the orientation by EXIF, 1 to 8; None
        of animations, and where there is no libwebp: others read them.

    Raises:
        Uninspectable: ``too_many_pixels`` for the memory that it would take, or ``undecodable``.
    """
    still = _still(data)
    if still is None:
        return None
    lossless, way = still
    if lossless:
        check_room(size, 4)
    to = (max(1, size.width // factor), max(1, size.height // factor))
    return _decoded(data, _BGR, 3, to, scaled=factor > 1), way


def whole(data: bytes, size: Size) -> tuple[Pixels, int] | None:
    """Return a transparent WebP as red, green, blue and alpha, and how it lies; as `reduced`."""
    still = _still(data)
    if still is None:
        return None
    lossless, way = still
    check_room(size, 8 if lossless else 5)
    return _decoded(data, _RGBA, 4, (size.width, size.height), scaled=False), way


def _still(data: bytes) -> tuple[bool, int] | None:
    """Return whether a picture is of the lossless sort, and its way; None if it moves."""
    lossless, way = False, 1
    for chunk in riff.chunks(data):
        if chunk.kind == b"VP8X" and data[chunk.body] & _MOVES:
            return None
        lossless |= chunk.kind == b"VP8L"
        if chunk.kind == b"EXIF":
            with suppress(Uninspectable):  # what can't be read turns nothing
                way = way_of(data[chunk.body : chunk.stop])
    return (lossless, way) if _library() else None


def _decoded(data: bytes, mode: int, samples: int, to: tuple[int, int], *, scaled: bool) -> Pixels:
    library, config = _library(), _Config()
    if library is None or not library.WebPInitDecoderConfigInternal(byref(config), _ABI):
        raise Uninspectable("format_not_decodable")
    pixels: Pixels = np.empty((to[1], to[0], samples), np.uint8)
    config.output.mode, config.output.is_ours = mode, 1
    config.output.pixels = pixels.ctypes.data
    config.output.stride, config.output.size = to[0] * samples, pixels.nbytes
    if scaled:
        config.options.use_scaling = 1
        config.options.scaled_width, config.options.scaled_height = to
    status = library.WebPDecode(c_char_p(data), c_size_t(len(data)), byref(config))
    if status or (config.output.width, config.output.height) != to:
        raise Uninspectable("undecodable")
    return pixels


@cache
def _library() -> ctypes.CDLL | None:
    """Return libwebp, where Pillow's wheel has it."""
    spec = find_spec("PIL")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        beside = Path(folder).parent
        for file in (
            *beside.glob("pillow.libs/libwebp-*.so*"),
            *beside.glob("PIL/.dylibs/libwebp.*"),
        ):
            try:
                library = ctypes.CDLL(str(file))
                library.WebPDecode.argtypes = (c_char_p, c_size_t, POINTER(_Config))
                library.WebPInitDecoderConfigInternal.argtypes = (POINTER(_Config), c_int)
            except (OSError, AttributeError):
                continue
            return library
    return None
