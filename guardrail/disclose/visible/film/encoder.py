"""VP9, encoded by the libvpx (BSD) that comes with OpenCV's wheels: one packet for each frame.

OpenCV's own writer of films takes neither a quality nor a speed: it needs a quarter of a second for
a frame of 1280 x 720. libvpx itself, called here, needs a twentieth of that. Its interface is
checked before it is used: what isn't known isn't guessed at.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import POINTER, byref, c_int, c_int64, c_long, c_size_t, c_uint, c_ulong, c_void_p
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.visible.unlabelled import Unlabelled

Pixels = NDArray[np.uint8]
"""Height x width x (blue, green, red)."""

QUALITY = 20
"""VP9's quantizer, of 0 to 63: lower is better and larger."""
_SPEED = 7
_KEY_EVERY = 120
"""Frames between two places that a player can jump to."""
_CPU_USED, _CQ_LEVEL, _COLOURS = 13, 25, 46
"""What can be asked of it."""
_SPACES = {1: 2, 6: 1}
"""Matrix → VP9's own number for it."""
_REALTIME = 1
_CONSTANT_QUALITY = 3
_I420 = 0x102
_MISMATCH = 3
_VERSIONS = range(20, 64)
"""Of the interface. The library itself says which of them is its own."""
_OPAQUE = 8_192
"""Bytes, more than any of its structures has."""
_DEFAULTS = {"width": 320, "height": 240, "numerator": 1, "denominator": 30, "bitrate": 256,
             "most_quantizer": 63, "key_most": 128}  # fmt: skip
"""What it sets before anything is asked of it: seen, the structure below is its own."""


class _Settings(ctypes.Structure):
    """The start of ``vpx_codec_enc_cfg``."""

    _fields_ = [
        ("usage", c_uint),
        ("threads", c_uint),
        ("profile", c_uint),
        ("width", c_uint),
        ("height", c_uint),
        ("bit_depth", c_int),
        ("input_bit_depth", c_uint),
        ("numerator", c_int),
        ("denominator", c_int),
        ("error_resilient", c_uint),
        ("pass_", c_int),
        ("lag", c_uint),
        ("drop_threshold", c_uint),
        ("resize_allowed", c_uint),
        ("scaled_width", c_uint),
        ("scaled_height", c_uint),
        ("resize_up", c_uint),
        ("resize_down", c_uint),
        ("end_usage", c_int),
        ("statistics", c_void_p * 4),
        ("bitrate", c_uint),
        ("least_quantizer", c_uint),
        ("most_quantizer", c_uint),
        ("undershoot", c_uint),
        ("overshoot", c_uint),
        ("buffer", c_uint * 3),
        ("two_pass", c_uint * 4),
        ("key_mode", c_int),
        ("key_least", c_uint),
        ("key_most", c_uint),
        ("rest", ctypes.c_char * _OPAQUE),
    ]


class _Packet(ctypes.Structure):
    """``vpx_codec_cx_pkt`` of a frame."""

    _fields_ = [
        ("kind", c_int),
        ("data", c_void_p),
        ("size", c_size_t),
        ("time", c_int64),
        ("duration", c_ulong),
        ("flags", ctypes.c_uint32),
    ]


@dataclass(frozen=True, slots=True)
class Packet:
    """A frame, encoded."""

    data: bytes
    is_key: bool


class Encoder:
    """Encodes frames of one size. Not for several threads at once."""

    def __init__(self, width: int, height: int, *, matrix: int = 6) -> None:
        """Take the size in pixels, and the matrix that players take (ITU-T H.273): 1 or 6.

        Raises:
            Unlabelled: ``no_encoder``: there is no libvpx, or none that is known.
        """
        self._library = _library()
        self._size = width, height
        self._context = ctypes.create_string_buffer(_OPAQUE)
        self._image = ctypes.create_string_buffer(_OPAQUE)
        self._count = 0
        self._matrix = matrix
        self._start()

    def encode(self, frame: Pixels) -> Packet:
        """Return a frame's packet.

        Raises:
            Unlabelled: ``unwritable``.
        """
        planes = _planes(frame)
        width, height = self._size
        even = width + width % 2, height + height % 2
        lib = self._library
        place = planes.ctypes.data_as(c_void_p)
        if not lib.vpx_img_wrap(self._image, _I420, *even, 1, place):
            raise Unlabelled("unwritable")
        lib.vpx_img_set_rect(self._image, 0, 0, width, height)
        if lib.vpx_codec_encode(
            self._context, self._image, c_int64(self._count), c_ulong(1), c_long(0),
            c_ulong(_REALTIME),
        ):  # fmt: skip
            raise Unlabelled("unwritable")
        self._count += 1
        packets = list(self._packets())
        if len(packets) != 1:
            raise Unlabelled("unwritable")
        return packets[0]

    def close(self) -> None:
        """Give back what it holds; once."""
        self._library.vpx_codec_destroy(self._context)

    def _start(self) -> None:
        lib = self._library
        codec = lib.vpx_codec_vp9_cx()
        told = _Settings()
        if lib.vpx_codec_enc_config_default(codec, byref(told), 0):
            raise Unlabelled("no_encoder")
        if any(getattr(told, name) != value for name, value in _DEFAULTS.items()):
            raise Unlabelled("no_encoder")
        told.width, told.height = self._size
        told.threads, told.lag = 1, 0
        told.end_usage = _CONSTANT_QUALITY
        told.key_most = _KEY_EVERY
        codes = (
            lib.vpx_codec_enc_init_ver(self._context, codec, byref(told), 0, version)
            for version in _VERSIONS
        )
        if next((code for code in codes if code != _MISMATCH), _MISMATCH):
            raise Unlabelled("no_encoder")
        shades = _SPACES[self._matrix]
        for what, value in ((_CPU_USED, _SPEED), (_CQ_LEVEL, QUALITY), (_COLOURS, shades)):
            if lib.vpx_codec_control_(self._context, what, c_int(value)):
                raise Unlabelled("no_encoder")

    def _packets(self) -> Iterator[Packet]:
        at = c_void_p()
        while found := self._library.vpx_codec_get_cx_data(self._context, byref(at)):
            one = found.contents
            if one.kind == 0:
                yield Packet(ctypes.string_at(one.data, one.size), bool(one.flags & 1))


def _planes(frame: Pixels) -> Pixels:
    """Return a frame as luma and two planes of colour of half the size (BT.601, 16 to 235)."""
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420), np.uint8)


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    folder = Path(cv2.__file__).parent.parent
    found = sorted(folder.glob("opencv_python*.libs/libvpx-*.so*"))
    try:
        lib = ctypes.CDLL(str(found[0]))
        lib.vpx_codec_vp9_cx.restype = c_void_p
        lib.vpx_codec_enc_config_default.argtypes = [c_void_p, c_void_p, c_uint]
        lib.vpx_codec_enc_init_ver.argtypes = [c_void_p, c_void_p, c_void_p, c_long, c_int]
        lib.vpx_codec_control_.argtypes = [c_void_p, c_int]
        lib.vpx_codec_encode.argtypes = [c_void_p, c_void_p, c_int64, c_ulong, c_long, c_ulong]
        lib.vpx_codec_get_cx_data.argtypes = [c_void_p, c_void_p]
        lib.vpx_codec_get_cx_data.restype = POINTER(_Packet)
        lib.vpx_codec_destroy.argtypes = [c_void_p]
        lib.vpx_img_wrap.argtypes = [c_void_p, c_int, c_uint, c_uint, c_uint, c_void_p]
        lib.vpx_img_wrap.restype = c_void_p
        lib.vpx_img_set_rect.argtypes = [c_void_p, c_uint, c_uint, c_uint, c_uint]
    except (AttributeError, IndexError, OSError):
        raise Unlabelled("no_encoder") from None
    return lib
