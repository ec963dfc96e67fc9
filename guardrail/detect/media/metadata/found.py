"""What the metadata of a file tells, as `Seen`: never the names and coordinates themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from guardrail.detect.media.medium import Medium
from guardrail.detect.media.metadata import exif, xmp
from guardrail.detect.media.metadata.blocks import Block, Sort, blocks_of
from guardrail.facts import Category, Seen, Tier

RECOGNIZER = "Metadata@1"
THUMBNAIL = "embedded_thumbnail"


def find(data: bytes, medium: Medium, present: Container[bytes] | None = None) -> tuple[Seen, ...]:
    """Return the places, faces and persons that the metadata of a file tells, one of each reason.

    Args:
        data: the whole file.
        medium: what it is.
        present: as `blocks_of`.

    Raises:
        Uninspectable: there is metadata, but it can't be read.
    """
    return found_in(blocks_of(data, medium, present))


def flags(data: bytes, medium: Medium, present: Container[bytes] | None = None) -> tuple[str, ...]:
    """Return `THUMBNAIL` where EXIF holds a small copy of the picture; arguments as `find`.

    Raises:
        Uninspectable: as `find`.
    """
    has = any(
        block.sort is Sort.EXIF and exif.has_thumbnail(block.data)
        for block in blocks_of(data, medium, present)
    )
    return (THUMBNAIL,) if has else ()


def found_in(blocks: Iterable[Block]) -> tuple[Seen, ...]:
    """Return what blocks of metadata tell.

    Raises:
        Uninspectable: as `find`.
    """
    seen = {one.reason: one for block in blocks for one in _told(block)}
    return tuple(seen.values())


def _told(block: Block) -> Iterator[Seen]:
    if block.sort is Sort.PLACE:
        yield _seen("GEO_LOCATION", Category.PERSONAL, "movie location")
    elif block.sort is Sort.EXIF:
        if exif.has_place(block.data):
            yield _seen("GEO_LOCATION", Category.PERSONAL, "exif gps")
    else:
        told = xmp.read(block.data)
        if told.place:
            yield _seen("GEO_LOCATION", Category.PERSONAL, told.place)
        if told.face:
            yield _seen("FACE", Category.BIOMETRIC, told.face)
        if told.person:
            yield _seen("PERSON", Category.PERSONAL, told.person)


def _seen(entity: str, category: Category, reason: str) -> Seen:
    return Seen(
        entity=entity,
        category=category,
        tier=Tier.CERTAIN,
        score=0.99,
        recognizer=RECOGNIZER,
        reason=reason,
    )
