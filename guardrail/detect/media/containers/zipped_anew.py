"""ZIP archives written anew with some entries replaced (APPNOTE.TXT 6.3.10).

Entries that stay are copied as they were packed, in their order. Nothing else is: what stood
between entries, in extra fields and in comments is left out, and so are thumbnails that Office and
OpenDocument keep of a document.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.containers.part import Room
from guardrail.detect.media.containers.worth import is_worth_a_look
from guardrail.detect.media.containers.zipped import checked, content_of, place_of

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_UTF8 = 1 << 11
"""Of the flags only what says how a name is written is kept: sizes stand before the data now."""
_THUMBNAIL = re.compile(r"docProps/thumbnail\.[^/]*|Thumbnails/.*", re.IGNORECASE)
_NAMES_THUMBNAILS = frozenset(
    {"_rels/.rels", "META-INF/manifest.xml", "[Content_Types].xml"},
)
_ELEMENT = re.compile(rb"<[A-Za-z][^<>]*/>")
_MENTION = re.compile(rb"[\"'/](?:docProps/thumbnail\.|Thumbnails/)", re.IGNORECASE)
"""Where a document's own lists name its thumbnail: readers look for what is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry as it is to be written."""

    info: zipfile.ZipInfo
    name: bytes
    method: int
    packed: bytes
    size: int
    crc: int


def rewritten(data: bytes, change: Callable[[bytes], bytes | None], budget: Budget) -> bytes:
    """Return an archive whose entries went through `change`, without a document's thumbnails.

    Args:
        data: the archive.
        change: takes what an entry holds; returns what it is to hold, None where it stays.
        budget: bounds on bytes, parts and growth.

    Raises:
        Uninspectable: as `zipped.parts`, and what `change` raises.
    """
    room = Room(data, budget)
    archive = checked(data)
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    return _written(list(_entries(data, archive, entries, change, room)))


def _entries(
    data: bytes,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    change: Callable[[bytes], bytes | None],
    room: Room,
) -> Iterator[_Entry]:
    for info in entries:
        if _THUMBNAIL.fullmatch(info.filename):
            continue
        room.unpack(info.file_size, info.compress_size)
        content = content_of(archive, info)
        new = _changed(info.filename, content, change, room)
        start, end = place_of(data, info)
        length = int.from_bytes(data[start + 26 : start + 28], "little")
        name = data[start + _LOCAL.size : start + _LOCAL.size + length]
        if new is None:
            packed, method = data[end - info.compress_size : end], info.compress_type
            size, crc = info.file_size, info.CRC
        else:
            packed, method = _packed(new, info.compress_type)
            size, crc = len(new), zlib.crc32(new)
        yield _Entry(info=info, name=name, method=method, packed=packed, size=size, crc=crc)


def _changed(
    name: str, content: bytes, change: Callable[[bytes], bytes | None], room: Room
) -> bytes | None:
    if name in _NAMES_THUMBNAILS:
        without = _ELEMENT.sub(_unless_it_mentions, content)
        return None if without == content else without
    if not is_worth_a_look(content):
        return None
    return change(room.part("", content).data)


def _unless_it_mentions(element: re.Match[bytes]) -> bytes:
    return b"" if _MENTION.search(element[0]) else element[0]


def _packed(content: bytes, method: int) -> tuple[bytes, int]:
    if method == zipfile.ZIP_STORED:
        return content, method
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(), zipfile.ZIP_DEFLATED


def _written(entries: list[_Entry]) -> bytes:
    out, directory = io.BytesIO(), io.BytesIO()
    for one in entries:
        at = out.tell()
        told = (_UTF8 & one.info.flag_bits, one.method, *_time(one.info))
        sizes = (one.crc, len(one.packed), one.size)
        out.write(_LOCAL.pack(b"PK\3\4", _VERSION, *told, *sizes, len(one.name), 0))
        out.write(one.name + one.packed)
        made = one.info.create_system << 8 | _VERSION
        rest = (len(one.name), 0, 0, 0, one.info.internal_attr, one.info.external_attr, at)
        directory.write(_CENTRAL.pack(b"PK\1\2", made, _VERSION, *told, *sizes, *rest))
        directory.write(one.name)
    listed, start = directory.getvalue(), out.tell()
    count = len(entries)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), start, 0)
    return out.getvalue() + listed + end


def _time(info: zipfile.ZipInfo) -> tuple[int, int]:
    """Return when an entry was changed, as MS-DOS writes it: time, date."""
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
