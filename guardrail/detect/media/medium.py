"""What sorts of media there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing a medium is, and so who looks into it."""

    IMAGE = "image"
    SOUND = "sound"
    VIDEO = "video"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    TEMPLATE = "template"
    MARKUP = "markup"
    DATA = "data"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Medium:
    """A kind, and the media type of the IANA's list or, where it has none, the usual one."""

    kind: Kind
    mime: str


UNKNOWN = Medium(Kind.UNKNOWN, "application/octet-stream")
