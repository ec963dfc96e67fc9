"""What people see or hear of a label, and the watermark of pictures: whatever encodes anew.

Needs the extra ``labels``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from guardrail.disclose.layers import NO_WAY, PICTURES
from guardrail.disclose.visible import opus
from guardrail.disclose.visible.aac import m4a, stream
from guardrail.disclose.visible.document import stamp
from guardrail.disclose.visible.office import file as office
from guardrail.disclose.visible.overlay import Place, overlay, repaint
from guardrail.disclose.visible.sound import preface
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled
from guardrail.disclose.watermark import Unmarked, Watermark, message_of
from guardrail.disclose.watermark.files import painter


class _Preface(Protocol):
    """Puts the rhythm, and spoken words, before a sound."""

    def __call__(self, data: bytes, words: str, *, spoken: bytes = ...) -> Labelled:
        """Return the whole medium."""


_SOUNDS: Mapping[str, _Preface] = {
    **dict.fromkeys(("audio/wav", "audio/mpeg", "audio/flac", "audio/ogg"), preface),
    **dict.fromkeys(("audio/webm", "audio/matroska"), opus.preface),
    "audio/aac": stream.preface,
    "audio/mp4": m4a.preface,
}
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
            all is what documents say. Several languages, a line each.
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
    if medium in {office.OOXML, office.OPENDOCUMENT}:
        return office.say(data, medium, words).data
    if medium in _FILMS:
        return _film(data, medium, words, place=place, spoken=spoken)
    said = words[0] if words else ""
    begins = _SOUNDS.get(medium)
    if begins is None:
        raise Unlabelled("unsupported_format")
    return begins(data, said, spoken=spoken).data


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
