"""A sound track that FFmpeg decodes, read as one reads a file of libsndfile: piece by piece."""

from __future__ import annotations

import sys
import weakref
from ctypes import byref, c_int64, string_at

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.sound.libav import AGAIN, END, Frame, Layout
from guardrail.detect.media.sound.packets import Packets

Samples = NDArray[np.float32]

_FORMS = (("u1", 128, 128), ("<i2", 0, 1 << 15), ("<i4", 0, 1 << 31), ("<f4", 0, 1), ("<f8", 0, 1))
"""How samples are written, what is silence, and what is loudest: of ``AVSampleFormat``, in turn."""
_PLANAR = len(_FORMS)
"""From here on each channel stands by itself, in the same forms."""
_LOST = 50
"""Of so many packets one may be broken."""
_LARGEST = 1 << 17
"""Samples of one packet."""
_AHEAD = 32
"""Packets whose lengths tell how long the others are."""


class Track:
    """One sound track. It is read in order, or, where it is long, from any place.

    How long it is, is told by its packets: headers may say anything.
    """

    def __init__(self, packets: Packets, most_seconds: float) -> None:
        """Decode its first packets.

        Args:
            packets: of the track.
            most_seconds: a longer one is read from any place.

        Raises:
            Uninspectable: as `read`.
        """
        self._packets = packets
        self._libs = packets.libs
        self._frame = self._libs.util.av_frame_alloc()
        weakref.finalize(self, self._libs.util.av_frame_free, byref(self._frame))
        self._next = self._tried = self._lost = 0
        self._done = bytearray(len(packets.found))
        self._ready: list[Samples] = []
        self.samplerate = self.channels = 0
        self.form = ("", "")
        while self._next < min(_AHEAD, len(packets.found)) or not (self._ready or self._ended):
            self._decode()
        if not self._ready:
            raise Uninspectable("broken")
        self._each = sum(map(len, self._ready)) / self._next
        self.frames = int(self._each * len(packets.found))
        """Samples of a channel, about."""
        self._is_long = self.frames > most_seconds * self.samplerate

    @property
    def complete(self) -> bool:
        """Whether every packet was decoded."""
        return all(self._done)

    def seekable(self) -> bool:
        """Tell whether it is read from any place, as its length is known well enough."""
        return self._is_long

    def seek(self, sample: int) -> None:
        """Go on from about that sample: at the packet that holds it."""
        self._libs.codec.avcodec_flush_buffers(self._packets.decoder)
        at = min(int(sample / self._each), len(self._done))
        self._next = max(0, at - 1)
        if at:  # what is decoded first lacks what came before
            self._decode()
        self._ready = []

    def read(self, samples: int = -1) -> Samples:
        """Return so many samples, or all, shape (samples, channels); fewer where it ends.

        Raises:
            Uninspectable: ``broken``, where more than a few packets are; ``uneven``, where the rate
                or the channels change.
        """
        count = sum(map(len, self._ready))
        samples = samples if samples >= 0 else sys.maxsize
        while count < samples and not self._ended:
            before = len(self._ready)
            self._decode()
            count += sum(map(len, self._ready[before:]))
        if not self._ready:
            return np.zeros((0, self.channels), np.float32)
        whole = np.concatenate(self._ready)
        self._ready = [whole[samples:]] if len(whole) > samples else []
        return whole[:samples]

    @property
    def _ended(self) -> bool:
        return self._next > len(self._done)

    def _decode(self) -> None:
        """Decode one packet; behind the last, what the decoder still keeps."""
        at, codec, decoder = self._next, self._libs.codec, self._packets.decoder
        self._next += 1
        packet = None
        if at < len(self._done):
            packet, self._done[at] = self._packets.found[at], 1
        code = codec.avcodec_send_packet(decoder, packet)
        while code == 0:
            code = codec.avcodec_receive_frame(decoder, self._frame)
            if code == 0:
                self._take()
        self._tried += 1
        if code not in {AGAIN, END}:
            self._lost += 1
            if self._lost > 1 + self._tried // _LOST:
                raise Uninspectable("broken")

    def _take(self) -> None:
        frame = self._frame.contents
        rate, channels = self._rate(), self._channels()
        if not self.samplerate:
            self.samplerate, self.channels = rate, channels
        if (rate, channels) != (self.samplerate, self.channels) or not channels:
            raise Uninspectable("uneven")
        if not 0 <= frame.samples <= _LARGEST or not 0 <= frame.form < 2 * _PLANAR:
            raise Uninspectable("broken")
        self._ready.append(_samples(frame, channels))

    def _rate(self) -> int:
        value = c_int64()
        self._libs.util.av_opt_get_int(self._packets.decoder, b"ar", 0, byref(value))
        return value.value

    def _channels(self) -> int:
        layout = Layout()
        util = self._libs.util
        util.av_opt_get_chlayout(self._packets.decoder, b"ch_layout", 0, byref(layout))
        count = int(layout.channels)
        util.av_channel_layout_uninit(byref(layout))
        return count


def _samples(frame: Frame, channels: int) -> Samples:
    form, silence, loudest = _FORMS[frame.form % _PLANAR]
    width = int(form[-1]) * frame.samples
    if frame.form >= _PLANAR:
        raw = b"".join(string_at(frame.planes[index], width) for index in range(channels))
        block = np.frombuffer(raw, form).reshape(channels, -1).T
    else:
        raw = string_at(frame.planes[0], width * channels)
        block = np.frombuffer(raw, form).reshape(-1, channels)
    return (block.astype(np.float32) - np.float32(silence)) / np.float32(loudest)
