"""MP3 sound and raw AAC: a frame ``TXXX`` of description ``AIGC`` in ID3v2.2, 2.3 or 2.4 (id3.org).

A new frame stands before the others and is ASCII, so that it reads the same whether the tag is
unsynchronised or not; other frames and the sound stay byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import number, patched, take

_HEADER = 10
_MOST_FRAMES = 10_000
_LARGEST = (1 << 28) - 1
_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_TEXT = {2: b"TXX", 3: b"TXXX", 4: b"TXXX"}
_OBJECT = {2: b"GEO", 3: b"GEOB", 4: b"GEOB"}
_C2PA = (b"application/x-c2pa-manifest-store", b"application/c2pa")
_NAME = "AIGC"
_PACKED = 0x0C
"""Frame flags of version 4: compressed, encrypted."""
_PACKED_3 = 0xC0


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag at the start of a file."""

    version: int
    flags: int
    frames: int
    """Where the first frame stands."""
    stop: int
    """Behind the frames and padding."""
    end: int
    """Behind the footer."""


@dataclass(frozen=True, slots=True)
class _Frame:
    name: bytes
    start: int
    body: bytes
    end: int
    """`start` and `end` are places among the frames, not of the file."""


def tag_of(data: bytes) -> Tag | None:
    """Return where the tag at the start of `data` stands; None where there is none.

    Raises:
        Unmarkable: ``truncated``, ``broken_id3``, ``id3_crc``: a checksum over the frames.
    """
    if not data.startswith(b"ID3"):
        return None
    version, flags = number(data, 3, 1), number(data, 5, 1)
    stop = _HEADER + _synchsafe(data, 6)
    end = stop + (_HEADER if version == 4 and flags & _FOOTER else 0)
    if version not in _TEXT or (version == 2 and flags & _EXTENDED):
        raise Unmarkable("broken_id3")
    if end > len(data):
        raise Unmarkable("truncated")
    frames = _HEADER
    if flags & _EXTENDED:
        size = _synchsafe(data, _HEADER) if version == 4 else number(data, _HEADER, 4) + 4
        has_crc = data[_HEADER + 5] & 0x20 if version == 4 else data[_HEADER + 4] & 0x80
        if has_crc:
            raise Unmarkable("id3_crc")
        frames += size
    if frames > stop:
        raise Unmarkable("broken_id3")
    return Tag(version, flags, frames, stop, end)


def marks(data: bytes, tag: Tag) -> Iterator[Found]:
    """Yield the marks in a tag; frames that can't be read end it."""
    for frame in _frames(_plain(data, tag), tag):
        text = _own_text(frame, tag)
        if text is not None:
            yield aigc.read(text)
        elif frame.name == _OBJECT[tag.version] and frame.body[1:64].startswith(_C2PA):
            yield Found(layer=Layer.SIGNED, technique="c2pa")


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a file that may begin with a tag.

    Raises:
        Unmarkable: as `tag_of`.
    """
    tag = tag_of(data)
    if tag is not None:
        yield from marks(data, tag)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the sound with the label in its tag, or in a new one of version 2.3.

    Raises:
        Unmarkable: as `tag_of`; ``too_large``.
    """
    tag = tag_of(data)
    if tag is None:
        frame = _written(claim.aigc, 3)
        return b"ID3\3\0\0" + _synchsafe_of(len(frame)) + frame + data
    plain = _plain(data, tag)
    for held in _frames(plain, tag):
        before = _own_text(held, tag)
        if before is None:
            continue
        after = aigc.merged(before, claim.aigc)
        if after == before:
            return data
        new = _written(after, tag.version)
        return _with_frames(data, tag, patched(plain, [(held.start, held.end, new)]), plain=True)
    new = _written(claim.aigc, tag.version, unsynchronised=bool(tag.flags & _UNSYNCHRONISED))
    return _with_frames(data, tag, new + data[tag.frames : tag.stop], plain=False)


def _with_frames(data: bytes, tag: Tag, frames: bytes, *, plain: bool) -> bytes:
    size = _synchsafe_of(tag.frames - _HEADER + len(frames))
    flags = tag.flags & ~_UNSYNCHRONISED if plain and tag.version < 4 else tag.flags
    head = data[3:5] + bytes([flags]) + size
    footer = b"3DI" + head if tag.end > tag.stop else b""
    return b"".join([b"ID3", head, data[_HEADER : tag.frames], frames, footer, data[tag.end :]])


def _plain(data: bytes, tag: Tag) -> bytes:
    """Return the frames as they were before unsynchronisation; version 4 does that by frame."""
    frames = data[tag.frames : tag.stop]
    if tag.version < 4 and tag.flags & _UNSYNCHRONISED:
        return frames.replace(b"\xff\0", b"\xff")
    return frames


def _frames(frames: bytes, tag: Tag) -> Iterator[_Frame]:
    head, width = (6, 3) if tag.version == 2 else (10, 4)
    at = 0
    for _ in range(_MOST_FRAMES):
        name = frames[at : at + width]
        if at + head > len(frames) or not name.isalnum():
            return  # padding, or nothing that readers would find either
        size = _size(frames, at + width, tag.version, width)
        end = at + head + size
        if end > len(frames):
            return
        yield _Frame(name, at, _body(frames[at + head : end], frames[at + 8 : at + 10], tag), end)
        at = end


def _size(frames: bytes, at: int, version: int, width: int) -> int:
    plain = number(frames, at, width)
    if version < 4 or any(octet & 0x80 for octet in frames[at : at + 4]):
        return plain  # some programs write version 4 with plain sizes
    return _synchsafe(frames, at)


def _body(body: bytes, flags: bytes, tag: Tag) -> bytes:
    if tag.version == 2:
        return body
    if flags[1] & (_PACKED if tag.version == 4 else _PACKED_3):
        return b""
    if tag.version == 4:
        # Grouping identity and data length come first; then what is unsynchronised (4.1.2).
        body = body[bool(flags[1] & 0x40) + 4 * (flags[1] & 1) :]
        return body.replace(b"\xff\0", b"\xff") if flags[1] & 2 else body
    return body[bool(flags[1] & 0x20) :]


def _own_text(frame: _Frame, tag: Tag) -> str | None:
    if frame.name != _TEXT[tag.version] or frame.body[:1] > b"\3" or not frame.body:
        return None
    text = frame.body[1:].decode(_ENCODINGS[frame.body[0]], "replace")
    name, _, value = text.partition("\0")
    return value.lstrip("\ufeff").partition("\0")[0] if name.lstrip("\ufeff") == _NAME else None


def _written(value: str, version: int, *, unsynchronised: bool = False) -> bytes:
    body = b"\0" + _NAME.encode() + b"\0" + value.encode("ascii", "replace")
    name = _TEXT[version]
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = _synchsafe_of(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return name + size + bytes([0, 2 if version == 4 and unsynchronised else 0]) + body


def _synchsafe(data: bytes, at: int) -> int:
    octets = take(data, at, 4)
    if any(octet & 0x80 for octet in octets):
        raise Unmarkable("broken_id3")
    return octets[0] << 21 | octets[1] << 14 | octets[2] << 7 | octets[3]


def _synchsafe_of(size: int) -> bytes:
    if size > _LARGEST:
        raise Unmarkable("too_large")
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
