"""The packets of a file's sound tracks, as FFmpeg reads its container.

The whole file is read once, and nothing else: no packet is decoded for it, and no header is
believed about how long a track is. Edit lists and gaps that players would jump over are left out
of account: whatever is in the file is to be heard.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_void_p, cast
from typing import TYPE_CHECKING

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import id3
from guardrail.detect.media.memory_file import memory_file
from guardrail.detect.media.sound.libav import (
    AUDIO,
    END,
    Input,
    Libraries,
    Parameters,
    Stream,
    libraries,
)

if TYPE_CHECKING:
    from guardrail.detect.media.sound.libav import InputAt, PacketAt

FORMATS = {
    "audio/aac": "aac", "audio/amr": "amr", "audio/amr-wb": "amr",
    "audio/mp4": "mov", "video/mp4": "mov", "video/quicktime": "mov", "video/3gpp": "mov",
    "audio/webm": "matroska", "video/webm": "matroska",
    "audio/matroska": "matroska", "video/matroska": "matroska", "video/x-msvideo": "avi",
}  # fmt: skip
"""What a medium is by its content → FFmpeg's name for what reads it. Nothing else is tried."""
CODECS = frozenset({
    "aac", "ac3", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "eac3",
    "flac", "mp2float", "mp3float", "opus", "pcm_alaw", "pcm_f32be", "pcm_f32le", "pcm_mulaw",
    "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_u8",
    "vorbis",
})  # fmt: skip
"""Decoders that are asked: those that people's films and recordings need."""
_MOST = 400_000
"""Packets of a file, of pictures too: two hours of Opus."""
_MOST_TRACKS = 4
_ROWS = frozenset({"aac", "amr"})
"""Formats that are frames and nothing else, but for tags."""
_MOSTLY = 0.9


class Packets:
    """One track's packets, and an opened decoder for them. They are freed with it."""

    def __init__(self, *, found: list[PacketAt], decoder: c_void_p, libs: Libraries) -> None:
        """Take over what is to be freed."""
        self.found = found
        """Pointers to `libav.Packet`."""
        self.decoder = decoder
        """An ``AVCodecContext``."""
        self.libs = libs
        weakref.finalize(self, _freed, found, decoder, libs)


def packets(data: bytes, mime: str) -> list[Packets]:
    """Return the sound tracks of a file, one at least, with at least one packet each.

    Args:
        data: the whole file.
        mime: what it is by its content, one of `FORMATS`.

    Raises:
        Uninspectable: ``format_not_decodable``; ``broken``; ``no_sound``; ``too_many_parts``,
            tracks or packets.
    """
    libs = libraries()
    read: dict[int, list[PacketAt]] = {}
    with _opened(data, FORMATS[mime], libs) as file:
        try:
            _read(file, libs, read)
            _check_gaps(data, FORMATS[mime], read)
            chosen = sorted(read)
            if not chosen:
                raise Uninspectable("no_sound")
            if len(chosen) > _MOST_TRACKS:
                raise Uninspectable("too_many_parts")
            return [
                Packets(
                    decoder=_decoder(_parameters(file, index), libs),
                    found=read.pop(index),
                    libs=libs,
                )
                for index in chosen
            ]
        finally:
            for rest in read.values():
                _unpacked(rest, libs)


@contextmanager
def _opened(data: bytes, name: str, libs: Libraries) -> Iterator[InputAt]:
    """Give an ``AVFormatContext``, read by the one reader of that name."""
    file = POINTER(Input)()
    options = libs.options(
        protocol_whitelist="file", format_whitelist=name, ignore_editlist="1", advanced_editlist="0"
    )
    with memory_file(data) as path:
        try:
            reader = libs.format.av_find_input_format(name.encode())
            if not reader:
                raise Uninspectable("format_not_decodable")
            if libs.format.avformat_open_input(byref(file), path.encode(), reader, byref(options)):
                raise Uninspectable("broken")
            yield file
        finally:
            libs.util.av_dict_free(byref(options))
            libs.format.avformat_close_input(byref(file))


def _read(file: InputAt, libs: Libraries, found: dict[int, list[PacketAt]]) -> None:
    """Add to `found` the packets of sound by the index of their stream."""
    made, read = libs.codec.av_packet_alloc, libs.format.av_read_frame
    kinds: dict[int, int] = {}
    for _ in range(_MOST):
        packet = made()
        code = read(file, packet)
        if code:
            libs.codec.av_packet_free(byref(packet))
            if code == END:
                return
            raise Uninspectable("broken")
        index = packet.contents.stream
        kind = kinds.get(index)
        if kind is None:
            kind = kinds[index] = _parameters(file, index).kind
        if kind == AUDIO:
            found.setdefault(index, []).append(packet)
        else:
            libs.codec.av_packet_free(byref(packet))
    raise Uninspectable("too_many_parts")


def _check_gaps(data: bytes, name: str, read: dict[int, list[PacketAt]]) -> None:
    """Make sure that a row of frames holds little else: a reader steps over what it can't read."""
    if name in _ROWS:
        size = sum(packet.contents.size for found in read.values() for packet in found)
        if size < _MOSTLY * (len(data) - id3.end_of(data)):
            raise Uninspectable("broken")


def _parameters(file: InputAt, index: int) -> Parameters:
    stream = cast(file.contents.streams[index], POINTER(Stream))
    return cast(stream.contents.parameters, POINTER(Parameters)).contents


def _decoder(parameters: Parameters, libs: Libraries) -> c_void_p:
    """Return an opened ``AVCodecContext``, which gives every sample, at whatever edge."""
    codec = libs.codec.avcodec_find_decoder(parameters.codec)
    if not codec or codec.contents.name.decode() not in CODECS:
        raise Uninspectable("format_not_decodable")
    context = c_void_p(libs.codec.avcodec_alloc_context3(codec))
    libs.codec.avcodec_parameters_to_context(context, byref(parameters))
    libs.util.av_opt_set(context, b"flags2", b"+skip_manual", 0)
    if libs.codec.avcodec_open2(context, codec, None):
        libs.codec.avcodec_free_context(byref(context))
        raise Uninspectable("format_not_decodable")
    return context


def _unpacked(found: list[PacketAt], libs: Libraries) -> None:
    for packet in found:
        libs.codec.av_packet_free(byref(packet))
    found.clear()


def _freed(found: list[PacketAt], decoder: c_void_p, libs: Libraries) -> None:
    _unpacked(found, libs)
    libs.codec.avcodec_free_context(byref(decoder))
