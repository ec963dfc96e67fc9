"""How a picture lies in its file: the tag of EXIF that says how it is to be turned."""

from __future__ import annotations

from PIL import Image

from guardrail.detect.media.budget import Uninspectable

TAG = 0x0112
_EXIF = b"Exif\0\0"


def way_of(exif: bytes) -> int:
    """Return a picture's orientation, 1 to 8; 1 where a block of EXIF says none of those.

    Raises:
        Uninspectable: ``undecodable``: the block is broken.
    """
    read = Image.Exif()
    try:
        read.load(exif if exif.startswith(_EXIF) else _EXIF + exif)
        way = read.get(TAG, 1)
    except Exception:  # noqa: BLE001 - it raises whatever broken tags make it raise
        raise Uninspectable("undecodable") from None
    return way if isinstance(way, int) and 1 <= way <= 8 else 1
