"""What stands in a container, whatever container it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers import legacy, mail, markup, packed, pdf, rtf, zipped
from guardrail.detect.media.containers.part import Part

Reader = Callable[[bytes, Budget], Iterator[Part]]

_READERS: dict[str, Reader] = {
    "application/pdf": pdf.parts,
    "application/gzip": packed.gzip_parts,
    "application/x-bzip2": packed.bzip2_parts,
    "application/x-xz": packed.xz_parts,
    "application/x-tar": packed.tar_parts,
    "application/x-ole-storage": legacy.parts,
    "application/rtf": rtf.parts,
    "message/rfc822": mail.parts,
}
_MARKUP = {"image/svg+xml", "text/html", "application/xml", "application/xhtml+xml", "text/xml"}
_ZIPPED = (
    "application/zip",
    "application/epub+zip",
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.oasis.opendocument.",
)


def embedded(data: bytes, mime: str, budget: Budget) -> Iterator[Part]:
    """Yield the media in a container, and containers in it: opening those is the caller's part.

    Args:
        data: the container.
        mime: what it is by its content, as `sniff` says.
        budget: bounds on bytes, parts and growth; `Budget.depth` is the caller's to count.

    Raises:
        Uninspectable: ``format_not_readable`` for a container that isn't read here (7z, RAR, zstd,
            PostScript), else what its reader says.
    """
    if mime in _MARKUP:
        return markup.parts(data, mime, budget)
    if is_zipped(mime):
        return zipped.parts(data, budget)
    reader = _READERS.get(mime)
    if reader is None:
        raise Uninspectable("format_not_readable")
    return reader(data, budget)


def is_zipped(mime: str) -> bool:
    """Tell whether a container is a ZIP archive inside."""
    return mime.startswith(_ZIPPED)


def flags(data: bytes, mime: str) -> tuple[str, ...]:
    """Return what is odd about a container beside its parts: scripts, things fetched from afar.

    Raises:
        Uninspectable: where it can't be read.
    """
    return markup.flags(data) if mime in _MARKUP else ()
