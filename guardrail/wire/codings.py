"""What undoes one content coding, piece by piece: gzip, deflate, br and zstd.

A small body can hold a large one, so each step makes so much and no more before it is asked again:
whoever counts stops in time. What is joined of several members (RFC 1952 section 2.2) or frames
(RFC 8878 section 3) is read to its end.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 1 << 18
"""Bytes to make in one step, about; brotli overshoots by half."""

MAX_MEMBERS = 1_000
"""Of one body. Each costs some microseconds to begin, however little it holds."""

_ZSTD_WINDOW: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
"""A zstd frame may ask for 8 MiB of memory (RFC 9659 section 3)."""

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS


class BrokenCodingError(Exception):
    """The bytes aren't what their coding makes; the message says why, and nothing of them."""


class Coding(Protocol):
    """Undoes one body. One object a body."""

    @property
    def finished(self) -> bool:
        """Whether the body is at an end."""
        ...

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to, in steps that are bounded.

        Raises:
            BrokenCodingError: it doesn't decode, or goes on behind its end.
        """
        ...


class _Members:
    """Counts the members of a body, and says which may follow another."""

    def __init__(self, *, joins: bool) -> None:
        self._joins = joins
        self._count = 1

    def next(self) -> None:
        self._count += 1
        if not self._joins:
            raise _trailing()
        if self._count > MAX_MEMBERS:
            raise BrokenCodingError("the compressed body has too many members")


class Deflated:
    """``gzip`` and ``deflate``: DEFLATE (RFC 1951) in a frame."""

    def __init__(self, bits: int, *, joins: bool) -> None:
        """Take zlib's word for the frame, and whether members may be joined."""
        self._bits = bits
        self._members = _Members(joins=joins)
        self._member = zlib.decompressobj(bits)

    @property
    def finished(self) -> bool:
        """Whether the body is at an end."""
        return self._member.eof

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to."""
        full = False
        while data or full:
            if self._member.eof:
                self._members.next()
                self._member = zlib.decompressobj(self._bits)
            try:
                made = self._member.decompress(data, PIECE)
            except zlib.error:
                raise _broken() from None
            yield made
            data = self._member.unused_data or self._member.unconsumed_tail
            # All of the data may have been taken, and more be made of it.
            full = len(made) == PIECE and not self._member.eof


class Brotli:
    """``br`` (RFC 7932), which has no members."""

    def __init__(self) -> None:
        """Begin a body."""
        self._body = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        """Whether the body is at an end."""
        return bool(self._body.is_finished())

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to."""
        if data and self.finished:
            raise _trailing()
        full = True
        while full or not self._body.can_accept_more_data():
            try:
                made = self._body.process(data, output_buffer_limit=PIECE)
            except brotli.error:
                # Its library says the same of what follows the end within one piece.
                raise _broken() from None
            yield made
            data = b""
            # All of the data may have been taken, and more be made of it.
            full = len(made) >= PIECE


class Zstandard:
    """``zstd`` (RFC 8878, RFC 9659)."""

    def __init__(self) -> None:
        """Begin a body."""
        self._members = _Members(joins=True)
        self._frame = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)

    @property
    def finished(self) -> bool:
        """Whether the body is at an end."""
        return self._frame.eof

    def undo(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to."""
        more = bool(data)
        while more:
            if self._frame.eof:
                self._members.next()
                self._frame = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
            try:
                yield self._frame.decompress(data, PIECE)
            except zstd.ZstdError:
                raise _broken() from None
            # What wasn't taken it keeps itself, until the frame ends.
            data = self._frame.unused_data
            more = bool(data) if self._frame.eof else not self._frame.needs_input


CODINGS: Mapping[str, Callable[[], Coding]] = {
    "gzip": partial(Deflated, _GZIP, joins=True),
    "x-gzip": partial(Deflated, _GZIP, joins=True),
    "deflate": partial(Deflated, _ZLIB, joins=False),
    "br": Brotli,
    "zstd": Zstandard,
}
"""By their registered names (RFC 9110 section 8.4.1), lower case."""


def _broken() -> BrokenCodingError:
    return BrokenCodingError("the body isn't what its Content-Encoding says")


def _trailing() -> BrokenCodingError:
    return BrokenCodingError("data follows the end of the compressed body")
