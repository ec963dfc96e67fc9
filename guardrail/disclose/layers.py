"""Every layer of a label put into one medium, in the only order in which none breaks another.

What people see or hear comes first, since it encodes the medium anew, and a watermark with it, so
that this happens once; then tags, then a signed manifest over all, and then nothing. Whatever can't
be put is told with its reason: whether the medium may leave without is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from guardrail.disclose.c2pa import Parent, Unsigned, embeds, sign
from guardrail.disclose.marks import Details, Layer, Marked, Unmarkable, read, sniff, write
from guardrail.disclose.visible import Unlabelled
from guardrail.errors import ConfigError
from guardrail.facts import Label

if TYPE_CHECKING:
    from guardrail.disclose.c2pa import Signer
    from guardrail.disclose.watermark import Watermark

PICTURES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/avif"}
)
"""Media that words and watermarks are painted into."""
VISIBLE, WATERMARK, TAGS, SIGNED = "visible", "watermark", "tags", "signed"
"""The layers. ``visible`` is what people see or hear, whatever the medium."""
BESIDE = "beside"
"""A signed manifest that goes beside the medium, in `SIGNED`'s stead."""
NO_EXTRA = "labels_extra_missing"
NO_WAY = "unsupported_format"
"""The medium has no place for a layer."""
_NO_WORDS = "no_letters"
_NEVER_STAMPED = frozenset({"", "no_authority", "no_room"})
"""Why a manifest has no time-stamp, where asking again is of no use."""
_CLAIM = b"c2pa.claim"
_TEXTS = frozenset({"text/html", "text/markdown", "text/plain", "application/json"})
"""Their tags have words for people among them, or are for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an operator labels with."""

    visible: bool = True
    """Whether media show, or say, that AI made them."""
    place: str = ""
    """The corner of pictures that words stand in, as ``bottom-left``."""
    spoken: bytes = b""
    """A recording of the words that stand for a sound's label."""
    watermark: Watermark | None = None
    """Of pictures."""
    signer: Signer | None = None
    """Of manifests; without one nothing is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of a medium."""

    label: Label
    details: Details = field(default_factory=Details)
    words: tuple[str, ...] = ()
    """For people, the longest first: the first that fits is drawn. Several languages, a line each.
    """
    beside: bool = False
    """Whether a manifest can be given beside the medium, where it has no place for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """A medium with its label, or with as much of it as could be put."""

    data: bytes
    medium: str
    """By its content, as ``image/png``."""
    written: tuple[str, ...] = ()
    """Layers that are in it now."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Layers that were wanted and aren't, and why: a slug."""
    store: bytes = b""
    """The signed manifest that goes beside the medium; or that is in it and may get a time-stamp
    later."""
    why_not: str = ""
    """Why a signed one has no time-stamp, where it has none."""

    @property
    def is_signed(self) -> bool:
        """Whether there is a signed manifest, in the medium or beside it."""
        return SIGNED in self.written or BESIDE in self.written

    @property
    def beside(self) -> bytes:
        """The signed manifest that goes beside the medium; nothing where it is in it."""
        return self.store if BESIDE in self.written else b""


def put(data: bytes, said: Said, means: Means, now: datetime, *, media_type: str = "") -> Layered:
    """Label a medium with all that an operator has.

    Args:
        data: The whole medium.
        said: What is said of it.
        means: What it is labelled with.
        now: Chooses the certificate.
        media_type: What it is said to be; only texts are told apart by that.

    Raises:
        ValueError: A label without a level of AI.
    """
    one = _shown(Layered(data=data, medium=sniff(data, media_type)), said, means)
    one = _tagged(one, said, media_type, signed_anew=means.signer is not None)
    if means.signer is None or one.medium in _TEXTS:
        return one
    one = _signed(one, data, said, means.signer, now)
    if SIGNED in one.missing and _is_signed(data):
        # What was put in has voided the manifest that it came with: better that one than a broken.
        kept = put(data, said, replace(means, signer=None), now, media_type=media_type)
        return _without(kept, SIGNED, one.missing[SIGNED])
    return one


def vouch(data: bytes, said: Said, means: Means, now: datetime, *, media_type: str) -> Layered:
    """Sign a manifest that goes beside a text as it leaves; nothing is put into the text.

    It asks for no time-stamp: a page can't wait for one as a picture can.

    Args:
        data: The whole text, with all that is said in it; nothing of it may be changed behind that.
        said: What is said of it.
        means: Who signs.
        now: Chooses the certificate.
        media_type: What it leaves as, as ``text/html``.

    Returns:
        The manifest as `Layered.store`, and the text as it was.

    Raises:
        ValueError: A label without a level of AI.
    """
    one = Layered(data=data, medium=media_type)
    if means.signer is None:
        return _without(one, SIGNED, "no_certificate")
    signer = replace(means.signer, authority=None)
    return _signed(one, data, replace(said, beside=True), signer, now)


def _shown(one: Layered, said: Said, means: Means) -> Layered:
    """Put in what encodes anew."""
    if one.medium in _TEXTS:
        return one
    if means.signer is None and _is_signed(one.data):
        # It would lose the manifest that it came with, and nobody signs another.
        return _bare(one, means, "already_signed")
    try:
        return _drawn(one, said, means)
    except (ConfigError, ImportError):
        return _bare(one, means, NO_EXTRA)


def _bare(one: Layered, means: Means, reason: str) -> Layered:
    """Tell why nothing that encodes anew was put in."""
    if means.visible:
        one = _without(one, VISIBLE, reason)
    return _without(one, WATERMARK, reason) if _is_watermarked(one, means) else one


def _is_watermarked(one: Layered, means: Means) -> bool:
    return means.watermark is not None and one.medium in PICTURES


def _drawn(one: Layered, said: Said, means: Means) -> Layered:
    from guardrail.disclose import shown  # noqa: PLC0415 - Pillow, for what is drawn

    words = said.words if means.visible else ()
    if means.watermark is not None and one.medium in PICTURES:
        try:
            data = shown.watermarked(one.data, means.watermark, said.label.id, words, means.place)
        except Unlabelled as verdict:
            one = _without(one, WATERMARK, verdict.reason)
        else:
            one = _with(one, data, *(VISIBLE,) * bool(words), WATERMARK)
            return _without(one, VISIBLE, _NO_WORDS) if means.visible and not words else one
    if not means.visible:
        return one
    try:
        data = shown.shown(one.data, one.medium, words, place=means.place, spoken=means.spoken)
    except Unlabelled as verdict:
        return _without(one, VISIBLE, verdict.reason)
    return _with(one, data, VISIBLE)


def _is_signed(data: bytes) -> bool:
    try:
        return any(found.layer is Layer.SIGNED for found in read(data))
    except Unmarkable:
        # Of what can't be read the name of a manifest's claim tells.
        return _CLAIM in data


def _tagged(one: Layered, said: Said, media_type: str, *, signed_anew: bool) -> Layered:
    made = write(
        one.data,
        said.label,
        media_type=media_type,
        details=said.details,
        signed_anew=signed_anew,
    )
    if isinstance(made, Marked):
        return _with(one, made.data, TAGS)
    return _without(one, TAGS, made.reason)


def _signed(one: Layered, before: bytes, said: Said, signer: Signer, now: datetime) -> Layered:
    parent = Parent(data=before, mime=one.medium)
    try:
        if embeds(one.medium):
            made = sign(one.data, one.medium, said.label, signer, now, parent=parent)
            store = b"" if made.why_not in _NEVER_STAMPED else made.store
            return replace(_with(one, made.data, SIGNED), store=store, why_not=made.why_not)
        if not said.beside:
            return _without(one, SIGNED, NO_WAY)
        made = sign(one.data, one.medium, said.label, signer, now, embed=False)
        return replace(_with(one, one.data, BESIDE), store=made.store, why_not=made.why_not)
    except Unsigned as verdict:
        return _without(one, SIGNED, verdict.reason)
    except ConfigError as problem:
        is_missing = problem.code == "labels_not_installed"
        return _without(one, SIGNED, NO_EXTRA if is_missing else "no_certificate")


def _with(one: Layered, data: bytes, *layers: str) -> Layered:
    return replace(one, data=data, written=(*one.written, *layers))


def _without(one: Layered, layer: str, reason: str) -> Layered:
    return replace(one, missing={**one.missing, layer: reason})
