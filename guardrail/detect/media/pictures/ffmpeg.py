"""Still pictures through FFmpeg's own decoders in OpenCV's wheel: several times faster than others.

Only those that are asked for by name. Where the libraries aren't there, others decode.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_int, c_uint8, c_void_p
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.sound.libav import Frame, Libraries, Packet, libraries

Plane = NDArray[np.uint8]
"""Rows x bytes: what stands behind a row's pixels is padding."""

YUV420: Final = 0
"""``AV_PIX_FMT_YUV420P``: brightness, and two planes of colour of half the rows and columns."""
_KEY = 1
"""``AV_PKT_FLAG_KEY``. Without it, a picture is what changed since the last one."""
_PADDING = bytes(64)
"""``AV_INPUT_BUFFER_PADDING_SIZE``, which decoders read beyond the end."""


class _KeyPacket(ctypes.Structure):
    """The start of ``AVPacket``, one field further."""

    _fields_ = [("start", Packet), ("flags", c_int)]


class Decoder:
    """One decoder of still pictures. It isn't for two threads at once."""

    def __init__(self, name: str) -> None:
        """Open FFmpeg's decoder of that name, as ``png``.

        Raises:
            Uninspectable: ``format_not_decodable``: it isn't there.
        """
        self._libs = libraries()
        codec = self._libs.codec.avcodec_find_decoder_by_name(name.encode())
        if not codec:
            raise Uninspectable("format_not_decodable")
        self._context = c_void_p(self._libs.codec.avcodec_alloc_context3(codec))
        self._libs.util.av_opt_set(self._context, b"threads", b"1", 0)
        if self._libs.codec.avcodec_open2(self._context, codec, None):
            raise Uninspectable("format_not_decodable")

    @contextmanager
    def planes(self, data: bytes) -> Iterator[tuple[int, list[Plane]]]:
        """Give how the pixels of a picture lie, an ``AVPixelFormat``, and its planes.

        They are FFmpeg's own memory, which ends with the block.

        Raises:
            Uninspectable: ``undecodable``.
        """
        frame = self._libs.util.av_frame_alloc()
        try:
            if not _sent(self._libs, self._context, data) or self._libs.codec.avcodec_receive_frame(
                self._context, frame
            ):
                raise Uninspectable("undecodable")
            yield frame.contents.form, _planes(frame.contents)
        finally:
            self._libs.util.av_frame_free(byref(frame))
            self._libs.codec.avcodec_flush_buffers(self._context)


@cache
def decoder(name: str) -> Decoder:
    """Return the process's one decoder of that name.

    Raises:
        Uninspectable: as `Decoder`.
    """
    return Decoder(name)


def _sent(libs: Libraries, context: c_void_p, data: bytes) -> bool:
    padded = data + _PADDING
    packet = libs.codec.av_packet_alloc()
    try:
        # Not by `ctypes.cast`: what it is given stays in memory until garbage is collected.
        packet.contents.data = np.frombuffer(padded, np.uint8).ctypes.data
        packet.contents.size = len(data)
        _KeyPacket.from_address(ctypes.addressof(packet.contents)).flags = _KEY
        return bool(libs.codec.avcodec_send_packet(context, packet) == 0)
    finally:
        libs.codec.av_packet_free(byref(packet))


def _planes(frame: Frame) -> list[Plane]:
    high = [frame.height]
    if frame.form == YUV420:
        high += [-(-frame.height // 2)] * 2
    found = []
    for at, rows in enumerate(high):
        wide = frame.widths[at]
        if wide <= 0 or rows <= 0 or not frame.data[at]:
            raise Uninspectable("undecodable")
        octets = (c_uint8 * (wide * rows)).from_address(frame.data[at])
        found.append(np.frombuffer(octets, np.uint8).reshape(rows, wide))
    return found
