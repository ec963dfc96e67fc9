"""FFmpeg's libraries, those in OpenCV's wheel: the LGPL build, its own decoders alone.

They are called as the C headers say. Of structures no more than the first fields is touched, which
have been where they are for years; of other major versions than those that were tried, nothing is.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_uint, c_void_p
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.opencv import cv2

AUDIO = 1
"""``AVMEDIA_TYPE_AUDIO``."""
AGAIN = -11
"""``AVERROR(EAGAIN)`` of Linux: a decoder wants another packet first."""
END = -0x20464F45
"""``AVERROR_EOF``."""

VERSIONS = {"avformat": 62, "avcodec": 62, "avutil": 60}
"""Major versions that were tried: of FFmpeg 8."""
_QUIET = -8
_LICENCE = b"LGPL"


class Input(ctypes.Structure):
    """The start of ``AVFormatContext``."""

    _fields_ = [
        ("before", c_void_p * 5),
        ("flags", c_int),
        ("count", c_uint),
        ("streams", POINTER(c_void_p)),
    ]


class Stream(ctypes.Structure):
    """The start of ``AVStream``."""

    _fields_ = [
        ("class_", c_void_p),
        ("index", c_int),
        ("id", c_int),
        ("parameters", c_void_p),
    ]


class Parameters(ctypes.Structure):
    """The start of ``AVCodecParameters``."""

    _fields_ = [("kind", c_int), ("codec", c_int)]


class Codec(ctypes.Structure):
    """The start of ``AVCodec``."""

    _fields_ = [("name", c_char_p)]


class Packet(ctypes.Structure):
    """The start of ``AVPacket``."""

    _fields_ = [
        ("buffer", c_void_p),
        ("shown", c_int64),
        ("decoded", c_int64),
        ("data", c_void_p),
        ("size", c_int),
        ("stream", c_int),
    ]


class Frame(ctypes.Structure):
    """The start of ``AVFrame``."""

    _fields_ = [
        ("data", c_void_p * 8),
        ("widths", c_int * 8),
        ("planes", POINTER(c_void_p)),
        ("width", c_int),
        ("height", c_int),
        ("samples", c_int),
        ("form", c_int),
    ]


class Layout(ctypes.Structure):
    """``AVChannelLayout``."""

    _fields_ = [("order", c_int), ("channels", c_int), ("map", c_void_p), ("opaque", c_void_p)]


if TYPE_CHECKING:
    InputAt = ctypes._Pointer[Input]  # noqa: SLF001 - its name in the type stubs
    PacketAt = ctypes._Pointer[Packet]  # noqa: SLF001 - likewise

_HANDLE = POINTER(c_void_p)
_FUNCTIONS: dict[str, dict[str, tuple[object, list[object]]]] = {
    "avutil": {
        "av_dict_set": (c_int, [_HANDLE, c_char_p, c_char_p, c_int]),
        "av_dict_free": (None, [_HANDLE]),
        "av_opt_set": (c_int, [c_void_p, c_char_p, c_char_p, c_int]),
        "av_opt_get_int": (c_int, [c_void_p, c_char_p, c_int, POINTER(c_int64)]),
        "av_opt_get_chlayout": (c_int, [c_void_p, c_char_p, c_int, POINTER(Layout)]),
        "av_channel_layout_uninit": (None, [POINTER(Layout)]),
        "av_frame_alloc": (POINTER(Frame), []),
        "av_frame_free": (None, [POINTER(POINTER(Frame))]),
        "av_log_set_level": (None, [c_int]),
    },
    "avcodec": {
        "avcodec_license": (c_char_p, []),
        "avcodec_find_decoder": (POINTER(Codec), [c_int]),
        "avcodec_find_decoder_by_name": (POINTER(Codec), [c_char_p]),
        "avcodec_alloc_context3": (c_void_p, [POINTER(Codec)]),
        "avcodec_free_context": (None, [_HANDLE]),
        "avcodec_parameters_to_context": (c_int, [c_void_p, c_void_p]),
        "avcodec_open2": (c_int, [c_void_p, POINTER(Codec), _HANDLE]),
        "avcodec_send_packet": (c_int, [c_void_p, POINTER(Packet)]),
        "avcodec_receive_frame": (c_int, [c_void_p, POINTER(Frame)]),
        "avcodec_flush_buffers": (None, [c_void_p]),
        "av_packet_alloc": (POINTER(Packet), []),
        "av_packet_free": (None, [POINTER(POINTER(Packet))]),
        "av_packet_unref": (None, [POINTER(Packet)]),
    },
    "avformat": {
        "av_find_input_format": (c_void_p, [c_char_p]),
        "avformat_open_input": (c_int, [POINTER(POINTER(Input)), c_char_p, c_void_p, _HANDLE]),
        "avformat_close_input": (None, [POINTER(POINTER(Input))]),
        "av_read_frame": (c_int, [POINTER(Input), POINTER(Packet)]),
    },
}


@dataclass(frozen=True, slots=True)
class Libraries:
    """FFmpeg's libraries, loaded."""

    util: ctypes.CDLL
    codec: ctypes.CDLL
    format: ctypes.CDLL

    def options(self, **told: str) -> c_void_p:
        """Return an ``AVDictionary`` of options; to be freed by ``av_dict_free``."""
        kept = c_void_p()
        for name, value in told.items():
            self.util.av_dict_set(byref(kept), name.encode(), value.encode(), 0)
        return kept


@lru_cache(maxsize=1)
def libraries() -> Libraries:
    """Return the libraries.

    Raises:
        Uninspectable: ``format_not_decodable``: they aren't there, or of a version or a licence
            that nobody tried.
    """
    try:
        util, codec, form = (_loaded(name) for name in ("avutil", "avcodec", "avformat"))
    except (AttributeError, IndexError, OSError, ValueError):
        raise Uninspectable("format_not_decodable") from None
    util.av_log_set_level(_QUIET)
    return Libraries(util, codec, form)


def _loaded(name: str) -> ctypes.CDLL:
    folder = Path(cv2.__file__).parent.parent
    found = sorted(folder.glob(f"opencv_python*.libs/lib{name}-*.so*"))
    library = ctypes.CDLL(str(found[0]))
    version = getattr(library, f"{name}_version")() >> 16
    if version != VERSIONS[name]:
        raise ValueError(f"{name} {version}")
    for function, (result, arguments) in _FUNCTIONS[name].items():
        one = getattr(library, function)
        one.restype, one.argtypes = result, arguments
    if name == "avcodec" and not library.avcodec_license().startswith(_LICENCE):
        raise ValueError("not under the LGPL")
    return library
