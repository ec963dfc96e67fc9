"""What EXIF tells (CIPA DC-008): whether there is a place and a thumbnail, and the orientation."""

from __future__ import annotations

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import tiff

_LATITUDE, _LONGITUDE = 0x0002, 0x0004
_DESTINATION = (0x0014, 0x0016)
_AREA = 0x001C
_THUMBNAIL = 0x0201
_ORIENTATION = 0x0112


def has_place(block: bytes) -> bool:
    """Tell whether EXIF states where a picture was taken, or of what.

    Raises:
        Uninspectable: as `tiff.read`.
    """
    gps = [one for one in tiff.read(block).directories if one.role == "gps"]
    places = (_LATITUDE, _LONGITUDE, *_DESTINATION, _AREA)
    return any(one.entries[tag].count for one in gps for tag in places if tag in one.entries)


def has_thumbnail(block: bytes) -> bool:
    """Tell whether EXIF holds a small picture: editors forget to edit it.

    Raises:
        Uninspectable: as `tiff.read`.
    """
    return any(
        one.role == "thumbnail" and _THUMBNAIL in one.entries
        for one in tiff.read(block).directories
    )


def orientation_of(block: bytes) -> int:
    """Return the orientation, 1 to 8; 1 where none is stated or EXIF can't be read."""
    try:
        read = tiff.read(block)
        entry = read.directories[0].entries.get(_ORIENTATION)
        value = read.value(entry) if entry else 1
    except Uninspectable:
        return 1
    return value if 1 <= value <= 8 else 1


def with_orientation(value: int) -> bytes:
    """Return EXIF that states an orientation and nothing else."""
    return (
        b"MM\0*\0\0\0\x08\0\x01"
        + _ORIENTATION.to_bytes(2, "big")
        + b"\0\x03\0\0\0\x01"
        + value.to_bytes(2, "big")
        + bytes(6)
    )
