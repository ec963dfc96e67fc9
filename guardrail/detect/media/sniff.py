"""What a medium is, by its content alone: names and declared types prove nothing."""

from __future__ import annotations

from guardrail.detect.media.families import FAMILIES
from guardrail.detect.media.magics import MAGICS
from guardrail.detect.media.medium import UNKNOWN, Kind, Medium
from guardrail.detect.media.oddities import oddities
from guardrail.detect.media.weak_marks import WEAK_MARKS

__all__ = ["UNKNOWN", "Kind", "Medium", "declared_differs", "oddities", "sniff"]


def sniff(data: bytes) -> Medium:
    """Return what `data` is by its content; `UNKNOWN` where nothing tells."""
    for offset, magic, medium in MAGICS:
        if data.startswith(magic, offset):
            return medium
    for look in (*FAMILIES, *WEAK_MARKS):
        found = look(data)
        if found is not None:
            return found
    return UNKNOWN


_SAME = (
    {"image/png", "image/apng", "image/x-png"},
    {"image/jpeg", "image/jpg", "image/pjpeg"},
    {"image/bmp", "image/x-ms-bmp", "image/x-bmp"},
    {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"},
    {"image/jp2", "image/jpx", "image/x-jp2-codestream", "image/j2c", "image/jpm"},
    {"image/vnd.microsoft.icon", "image/x-icon", "image/x-win-bitmap"},
    {"audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave"},
    {"audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mpeg", "audio/mpga"},
    {"audio/mp4", "audio/m4a", "audio/x-m4a", "video/mp4", "video/quicktime", "audio/aac"},
    {"audio/aac", "audio/x-aac", "audio/aacp"},
    {"audio/ogg", "audio/opus", "application/ogg", "video/ogg", "audio/vorbis"},
    {"audio/flac", "audio/x-flac"},
    {"audio/aiff", "audio/x-aiff"},
    {"video/webm", "audio/webm", "video/matroska", "video/x-matroska", "audio/x-matroska"},
    {"video/3gpp", "audio/3gpp", "video/mp4", "video/3gpp2", "audio/3gpp2"},
    {"video/x-msvideo", "video/avi", "video/msvideo"},
    {"application/xml", "text/xml"},
    {"application/gzip", "application/x-gzip"},
    {"application/zip", "application/x-zip-compressed"},
    {"application/x-ole-storage", "application/msword", "application/vnd.ms-excel",
     "application/vnd.ms-powerpoint", "application/vnd.ms-outlook"},
)  # fmt: skip
"""Names for one thing, or for what one container may hold."""

_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream", "*/*"}


def declared_differs(medium: Medium, declared: str) -> bool:
    """Tell whether the declared media type names something else than the content is.

    Parameters and case don't matter; a type that says nothing never differs, and nothing differs
    from what couldn't be told.
    """
    stated = declared.partition(";")[0].strip().lower()
    if stated in _SAYS_NOTHING or medium.kind is Kind.UNKNOWN or stated == medium.mime:
        return False
    group, _, part = stated.partition("/")
    if part == "*":
        return group != medium.mime.partition("/")[0]
    return not any(stated in names and medium.mime in names for names in _SAME)
