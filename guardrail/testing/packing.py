"""Bodies in every content coding that the guard undoes, whole or as a stream sends them."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Mapping

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=5)
    return packed


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": _brotli,
    "zstd": zstd.compress,
}
"""What packs a body, by the coding's name."""


def greedy_zstd(body: bytes) -> bytes:
    """Return a frame of zstd that needs 128 MiB of memory to be read."""
    wide: Mapping[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    frame = zstd.ZstdCompressor(options=wide)
    return frame.compress(body) + frame.flush()


def packed_pieces(coding: str, events: list[bytes]) -> list[bytes]:
    """Return the pieces of one body, flushed behind each event, so that each can be read at once.

    Args:
        coding: a name in `PACKERS`.
        events: what the pieces hold, one each; one piece more ends the body.
    """
    put, flush, end = _packer(coding)
    return [*(put(event) + flush() for event in events), end()]


def _packer(
    coding: str,
) -> tuple[Callable[[bytes], bytes], Callable[[], bytes], Callable[[], bytes]]:
    if coding == "br":
        brotlis = brotli.Compressor(quality=5)
        return brotlis.process, brotlis.flush, brotlis.finish
    if coding == "zstd":
        frame = zstd.ZstdCompressor()
        return frame.compress, lambda: frame.flush(frame.FLUSH_BLOCK), frame.flush
    bits = zlib.MAX_WBITS + (16 if coding == "gzip" else 0)
    zlibs = zlib.compressobj(wbits=bits)
    return zlibs.compress, lambda: zlibs.flush(zlib.Z_SYNC_FLUSH), zlibs.flush
