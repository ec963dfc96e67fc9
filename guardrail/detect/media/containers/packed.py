"""Single compressed files (gzip, bzip2, xz) and tape archives."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from typing import Protocol

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import FAILURES, Part, Room
from guardrail.detect.media.containers.worth import is_worth_a_look

_MOST = 4096
_STREAMS = 64
"""Compressed streams one behind the other."""
_XZ_MEMORY = 96 << 20
_FAILURES = (*FAILURES, tarfile.TarError, zlib.error, lzma.LZMAError)


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def gzip_parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield what a gzip file holds (RFC 1952).

    Raises:
        Uninspectable: ``too_many_bytes``, ``too_many_unpacked_bytes``, ``compressed_too_much``,
            ``too_many_parts``, ``broken``.
    """
    return _unpacked(data, budget, "gzip")


def bzip2_parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield what a bzip2 file holds; raises as `gzip_parts`."""
    return _unpacked(data, budget, "bzip2")


def xz_parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield what an xz file holds; raises as `gzip_parts`."""
    return _unpacked(data, budget, "xz")


def _stream(name: str) -> _Stream:
    if name == "gzip":
        return zlib.decompressobj(31)
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _unpacked(data: bytes, budget: Budget, name: str) -> Iterator[Part]:
    room = Room(data, budget)
    most = min(room.left, room.most(len(data)))
    out, rest = bytearray(), data
    for _ in range(_STREAMS):
        stream = _stream(name)
        try:
            out += stream.decompress(rest, most + 1 - len(out))
        except _FAILURES as error:
            raise Uninspectable("broken") from error
        if len(out) > most:
            room.unpack(len(out), len(data))
        if not stream.eof:
            raise Uninspectable("broken")
        rest = stream.unused_data.lstrip(b"\0")
        if not rest:
            break
    else:
        raise Uninspectable("too_many_parts")
    room.unpack(len(out), len(data))
    yield room.part("entry 1", bytes(out))


def tar_parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the files of a tape archive that may be media or hold some (POSIX.1-2001, pax).

    Raises:
        Uninspectable: as `gzip_parts`.
    """
    room = Room(data, budget)
    number = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errorlevel=1) as archive:
            while (member := archive.next()) is not None:
                number += 1
                if number > _MOST:
                    raise Uninspectable("too_many_parts")
                content = _content(archive, member, room)
                if is_worth_a_look(content):
                    yield room.part(f"entry {number}", content)
    except _FAILURES as error:
        raise Uninspectable("broken") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, room: Room) -> bytes:
    if not member.isreg():
        return b""
    room.unpack(member.size, member.size)
    stream = archive.extractfile(member)
    return stream.read(member.size) if stream is not None else b""
