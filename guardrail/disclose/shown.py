"""What people see or hear of a label, and the watermark of pictures: whatever encodes anew.

Needs the extra ``labels``.
"""

from __future__ import annotations

from guardrail.disclose.layers import NO_WAY, PICTURES
from guardrail.disclose.visible.aac import m4a, stream
from guardrail.disclose.visible.document import stamp
from guardrail.disclose.visible.overlay import Place, overlay, repaint
from guardrail.disclose.visible.sound import preface
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled
from guardrail.disclose.watermark import Unmarked, Watermark, message_of
from guardrail.disclose.watermark.files import painter

_SOUNDS = frozenset({"audio/wav", "audio/mpeg", "audio/flac", "audio/ogg"})
_FILMS = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/matroska"})
_MP4 = "video/mp4"
"""What sniffing calls an MP4 that doesn't say that it is sound alone."""


def shown(
    data: bytes, medium: str, words: tuple[str, ...], *, place: str = "", spoken: bytes = b""
) -> bytes:
    """Return a medium that shows or says `words`.

    Args:
        data: The whole medium.
        medium: What it is.
        words: The longest first: the first that fits a picture or film is drawn, and the first of
            all is what a PDF's pages say. Several languages, a line each.
        place: The corner of pictures; at the foot on the left where empty.
        spoken: A recording of the words, for sounds.

    Raises:
        Unlabelled: Why it can't be: ``unsupported_format`` where no way is known.
        ConfigError: A library is missing, or `spoken` can't be used.
    """
    if medium in PICTURES:
        return overlay(data, words, place=Place(place or Place.BOTTOM_LEFT)).data
    if medium == "application/pdf":
        return stamp(data, words[0] if words else "").data
    if medium in _FILMS:
        return _film(data, medium, words, place=place, spoken=spoken)
    said = words[0] if words else ""
    if medium in _SOUNDS:
        return preface(data, said, spoken=spoken).data
    if medium == "audio/aac":
        return stream.preface(data, said, spoken=spoken).data
    if medium == "audio/mp4":
        return m4a.preface(data, said, spoken=spoken).data
    raise Unlabelled("unsupported_format")


def _film(data: bytes, medium: str, words: tuple[str, ...], *, place: str, spoken: bytes) -> bytes:
    from guardrail.disclose.visible.film.words import caption  # noqa: PLC0415 - OpenCV

    try:
        return caption(data, words, place=Place(place or Place.BOTTOM_LEFT)).data
    except Unlabelled as verdict:
        if medium != _MP4 or verdict.reason != NO_WAY:
            raise
        return m4a.preface(data, words[0] if words else "", spoken=spoken).data


def watermarked(
    data: bytes, watermark: Watermark, label_id: str, words: tuple[str, ...], place: str = ""
) -> bytes:
    """Return a picture with a watermark that leads to a label, and `words` where there are any.

    Raises:
        Unlabelled: Why it can't be: of a small picture ``watermark_too_small``.
    """
    paint = painter(watermark, message_of(label_id))
    try:
        if words:
            corner = Place(place or Place.BOTTOM_LEFT)
            return overlay(data, words, place=corner, then=paint).data
        return repaint(data, paint, Bounds())[0]
    except Unmarked as verdict:
        raise Unlabelled(f"watermark_{verdict.reason}") from None
