"""The table of media, and marks written into them and read out of them.

Order matters: tags first, a C2PA manifest over them, and then nothing (a later tag breaks it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Protocol

from guardrail.disclose.marks import (
    avi,
    flac,
    gif,
    heif,
    html,
    id3,
    jpeg,
    markdown,
    matroska,
    mp4,
    odf,
    ogg,
    ooxml,
    pdf,
    plain,
    png,
    streams,
    structured,
    svg,
    tiff,
    wav,
    webp,
)
from guardrail.disclose.marks.claim import Claim, Details, claim
from guardrail.disclose.marks.found import (
    Found,
    Layer,
    Marked,
    Opened,
    Unmarkable,
    Unmarked,
    says_ai,
)
from guardrail.disclose.marks.sniff import sniff
from guardrail.facts import Label

MOST_BYTES = 256 << 20
"""Of one medium: more isn't read."""

_MOST_MARKS = 64


class _Opening(Protocol):
    """Looks a medium through once, for reading, writing and reading again."""

    def __call__(self, data: bytes, *, is_utf8: bool) -> Opened:
        """Return it about to be marked; `is_utf8` tells that it is known to be UTF-8."""


@dataclass(frozen=True, slots=True)
class Medium:
    """How one kind of medium is read and written."""

    read: Callable[[bytes], Iterator[Found]]
    write: Callable[[bytes, Claim], bytes]
    open: _Opening | None = None
    """None where each look is a new one."""

    def opened(self, data: bytes, *, is_utf8: bool) -> Opened:
        """Return a medium of this kind about to be marked."""
        if self.open is not None:
            return self.open(data, is_utf8=is_utf8)
        return Opened(self.read(data), partial(self.write, data), self._says_ai)

    def _says_ai(self, data: bytes, claim: Claim) -> bool:  # noqa: ARG002 - others needn't look
        return any(map(says_ai, self.read(data)))


_MOVIE = Medium(mp4.read, mp4.write)
_MATROSKA = Medium(matroska.read, matroska.write)
_HEIF = Medium(heif.read, heif.write)

MEDIA: Mapping[str, Medium] = MappingProxyType(
    {
        "image/jpeg": Medium(jpeg.read, jpeg.write),
        "image/png": Medium(png.read, png.write),
        "image/webp": Medium(webp.read, webp.write),
        "image/gif": Medium(gif.read, gif.write),
        "image/avif": _HEIF,
        "image/heic": _HEIF,
        "image/heif": _HEIF,
        "image/tiff": Medium(tiff.read, tiff.write),
        "image/svg+xml": Medium(svg.read, svg.write),
        "audio/wav": Medium(wav.read, wav.write),
        "audio/mpeg": Medium(id3.read, id3.write),
        "audio/aac": Medium(id3.read, id3.write),
        "audio/flac": Medium(flac.read, flac.write),
        "audio/ogg": Medium(ogg.read, ogg.write),
        "audio/mp4": _MOVIE,
        "video/mp4": _MOVIE,
        "video/quicktime": _MOVIE,
        "video/x-msvideo": Medium(avi.read, avi.write),
        "audio/webm": _MATROSKA,
        "video/webm": _MATROSKA,
        "audio/matroska": _MATROSKA,
        "video/matroska": _MATROSKA,
        "application/pdf": Medium(pdf.read, pdf.write),
        "application/vnd.openxmlformats-officedocument": Medium(ooxml.read, ooxml.write),
        "application/vnd.oasis.opendocument": Medium(odf.read, odf.write),
        "text/html": Medium(html.read, html.write, html.opened),
        "text/markdown": Medium(markdown.read, markdown.write, markdown.opened),
        "text/plain": Medium(plain.read, plain.write, plain.opened),
        "application/json": Medium(structured.read, structured.write),
        "application/x-ndjson": Medium(streams.read, streams.write),
        "text/event-stream": Medium(streams.read, streams.write),
        "application/vnd.amazon.eventstream": Medium(streams.read_messages, streams.write),
    }
)
"""Media type, as `sniff` names it → how it is read and written."""


def write(
    data: bytes,
    label: Label,
    *,
    media_type: str = "",
    details: Details | None = None,
    signed_anew: bool = False,
    is_utf8: bool = False,
) -> Marked | Unmarked:
    """Put a label into a medium; what it shows or sounds like stays bit for bit.

    The same label once more changes nothing. What others marked as AI's stays and is reported.

    Args:
        data: the medium.
        label: what to say of it.
        media_type: what it is said to be; only texts are told apart by that.
        details: what the label doesn't know.
        signed_anew: it is signed behind this: a manifest that it has may be voided.
        is_utf8: it was read as UTF-8 before, so that nobody needs to find that out again.

    Raises:
        ValueError: for a label without a level of AI.
    """
    said = claim(label, details)
    if len(data) > MOST_BYTES:
        return Unmarked(reason="too_large")
    kind = sniff(data, media_type)
    medium = MEDIA.get(kind)
    if medium is None:
        return Unmarked(reason="no_carrier", medium=kind)
    before: tuple[Found, ...] = ()
    try:
        opened = medium.opened(data, is_utf8=is_utf8)
        before = _few(opened.marks)
        written = opened.write(said)
        keeps = before and not signed_anew and any(one.layer is Layer.SIGNED for one in before)
        if keeps and written != data:
            return Unmarked(reason="already_signed", medium=kind, before=before)
        if not opened.says_ai(written, said):
            return Unmarked(reason="mark_not_readable", medium=kind, before=before)
    except Unmarkable as error:
        return Unmarked(reason=error.reason, medium=kind, before=before)
    return Marked(data=written, medium=kind, before=before)


def read(data: bytes, *, media_type: str = "") -> tuple[Found, ...]:
    """Return the marks in a medium, whoever made them. None found proves nothing.

    What comes before a broken place counts.

    Raises:
        Unmarkable: ``too_large``; ``no_carrier``: no way is known to read marks in such a medium;
            or what is wrong with it, if no mark came before that.
    """
    if len(data) > MOST_BYTES:
        raise Unmarkable("too_large")
    medium = MEDIA.get(sniff(data, media_type))
    if medium is None:
        raise Unmarkable("no_carrier")
    found: list[Found] = []
    try:
        for one in medium.read(data):
            found.append(one)
            if len(found) >= _MOST_MARKS:
                break
    except Unmarkable:
        if not found:
            raise
    return tuple(found)


def _few(marks: Iterable[Found]) -> tuple[Found, ...]:
    """Return all the marks of a medium that is to be written: it must be readable to its end."""
    found = tuple(islice(marks, _MOST_MARKS + 1))
    if len(found) > _MOST_MARKS:
        raise Unmarkable("too_many_parts")
    return found
