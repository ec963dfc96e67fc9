"""Labels of replies for machines: in headers, and in the replies where their format has room.

What a program reads as the model's answer stays clean: a label stands around it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from guardrail.disclose import LabelSigner, Signed, hash_of, hash_of_octets, origin
from guardrail.disclose.marks import Details, Marked, write
from guardrail.engine.beside import NOTHING_BESIDE, Beside
from guardrail.engine.case import Case, Decided, Examined
from guardrail.engine.codec import Codec
from guardrail.engine.edits import apply_edits, by_segment
from guardrail.engine.labels import label_of
from guardrail.engine.member_labels import MemberLabels
from guardrail.engine.stream_labels import (
    NO_WORDS,
    CommentLabels,
    StreamLabels,
    Unlabelled,
    member,
)
from guardrail.facts import Author, Duty, Edit, Kind, Label, Origin, Segment
from guardrail.policy import Judge
from guardrail.settings import Settings
from guardrail.wire import UTF8, Delta, Html, put

MEMBER = "json_member"
"""How evidence counts labels in JSON."""

_DOCUMENTS = MappingProxyType(
    {
        "text/html": "html",
        "application/xhtml+xml": "html",
        "text/markdown": "markdown",
        "text/plain": "plain",
    }
)
"""Media types of documents that may be marked → their names in `settings.Labels.documents`."""
_TEXTS = frozenset({"text", "html"})
"""Notations of bodies that are one text."""

_NOWHERE: Mapping[str, int] = MappingProxyType({})


class Labelled(NamedTuple):
    """A whole reply with its label."""

    body: bytes
    signed: Signed | None = None
    """The signature over its texts as they leave; None where it has none that could be signed."""
    written: Mapping[str, int] = _NOWHERE
    """Where it stands in the body, as ``{"json_member": 1}``."""


def is_answer(author: Author, kind: Kind) -> bool:
    """Tell whether a segment is what the assistant says to the person."""
    return author is Author.ASSISTANT and kind is Kind.TEXT


class TextLabels:
    """Labels replies in headers and bodies. Holds what the operator set, and nothing of any."""

    def __init__(self, settings: Settings, signer: LabelSigner | None) -> None:
        """Take what signs; without it labels stand in headers alone, unsigned."""
        self._settings = settings
        self._signer = signer
        self._details = Details(producer=settings.service.bin)
        self.origin = Origin()
        """Who answers for the system, and by which packs."""

    @property
    def keys(self) -> dict[str, object]:
        """The public keys that signatures hold by, as a JSON Web Key Set (RFC 7517)."""
        return {"keys": self._signer.published if self._signer is not None else []}

    def label(self, case: Case, model: str, now: int) -> Label:
        """Return what a reply says of its origin; `model` and `now` as in `headers`."""
        settings = self._settings
        level = settings.labels.level
        return label_of(case, settings.service, model, now, level=level, origin=self.origin)

    def use(self, judge: Judge) -> None:
        """Name these packs from now on."""
        service = self._settings.service
        self.origin = origin(
            service.owner,
            service.bin,
            in_kazakhstan=any(pack.jurisdiction == "KZ" for pack in judge.packs),
            packs=judge.refs,
            text_watermark=self._settings.labels.text_watermark,
        )

    def is_vouched_for(self, decided: Decided) -> bool:
        """Tell whether a reply is a text that gets a signed manifest beside it."""
        examined = decided.examined
        kind = _kind(examined)
        return (
            self._signer is not None
            and kind in self._settings.labels.manifests
            and bool(examined.body)
            and not examined.case.exempt
            and _is_for_people(examined.case)
            and Duty.LABEL in decided.decision.duties
        )

    def labelled(
        self,
        decided: Decided,
        body: bytes,
        texts: tuple[Sequence[Segment], Sequence[Edit]],
        now: int,
        *,
        beside: Beside = NOTHING_BESIDE,
        words: Mapping[str, str] = NO_WORDS,
    ) -> Labelled:
        """Put a label into a whole reply, where a duty asks for one and the reply has room.

        Args:
            decided: the reply, and the decision on it.
            body: the reply as it leaves; nothing is changed in it afterwards.
            texts: its texts as they came, and what was changed in them.
            now: Unix seconds.
            beside: where the manifest of a body that is a text will be.
            words: what puts the reply right, by language, where it can't stand in its texts.
        """
        if self._signer is None or not body or Duty.LABEL not in decided.decision.duties:
            return Labelled(body=body)
        examined = decided.examined
        label = self.label(examined.case, examined.model, now)
        if examined.notation.kind in _TEXTS:
            return self._document(examined, body, label, self._signer, beside.address)
        said = _said(*texts)
        signed = self._signer.sign(label, hash_of(said)) if said else None
        wanted = self._settings.labels.json_member and not examined.case.exempt
        if examined.spot is None or not wanted:
            return Labelled(body=body, signed=signed)
        value = member(label, signed, words=words)
        return Labelled(body=put(body, examined.spot, value), signed=signed, written={MEMBER: 1})

    def _document(
        self, examined: Examined, body: bytes, label: Label, signer: LabelSigner, manifest: str
    ) -> Labelled:
        """Mark a body that is one text, by what it is, and sign all of it."""
        written = _NOWHERE
        kind = _kind(examined)
        wanted = kind in self._settings.labels.documents and not examined.case.exempt
        if wanted and _is_for_people(examined.case):
            details = replace(self._details, manifest=manifest) if manifest else self._details
            made = write(body, label, media_type=examined.media_type, details=details, is_utf8=True)
            if isinstance(made, Marked):
                body, written = made.data, {kind: 1}
        signed = signer.sign(label, _hash(examined, body))
        return Labelled(body=body, signed=signed, written=written)

    def stream(
        self,
        codec: Codec,
        duties: Collection[Duty],
        label: Callable[[], Label],
        case: Case,
    ) -> StreamLabels:
        """Return what labels a stream.

        Args:
            codec: writes the stream's events.
            duties: of the reply.
            label: returns what the stream is labelled as by now.
            case: the exchange.
        """
        settings, signer = self._settings.labels, self._signer
        if signer is None or Duty.LABEL not in duties:
            return Unlabelled()

        def is_exempt() -> bool:
            return bool(case.exempt)

        places = codec.labels
        if places is not None and settings.json_member:
            return MemberLabels(places, label, signer, is_exempt=is_exempt, is_said=_is_said)
        if settings.stream_comments and codec.comment(b""):
            return CommentLabels(codec.comment, label, signer, is_exempt=is_exempt)
        return Unlabelled()


def _is_said(delta: Delta) -> bool:
    return is_answer(delta.author, delta.kind) and not delta.key


def _said(segments: Sequence[Segment], edits: Sequence[Edit]) -> list[str]:
    """Return what the assistant says to the person, as it leaves, in the body's order."""
    changes = by_segment(edits) if edits else {}
    return [
        apply_edits(segment.text, changes[index]) if index in changes else segment.text
        for index, segment in enumerate(segments)
        if is_answer(segment.author, segment.kind) and not segment.key
    ]


def _hash(examined: Examined, body: bytes) -> str:
    """Return the hash of a body that is one text, whatever charset it is in."""
    notation = examined.notation
    if isinstance(notation, Html) and notation.codec != UTF8:
        return hash_of([body.decode(notation.codec)])
    return hash_of_octets(body, ends=_whole(examined))


def _whole(examined: Examined) -> tuple[str, bytes]:
    """Return a body that is one string, both as it was read and as it came; nothing for a page."""
    one = examined.segments[0] if len(examined.segments) == 1 else None
    if one is None or one.place or one.inside is not None:
        return "", b""
    return one.text, examined.body


def _kind(examined: Examined) -> str:
    """Return what a body that is one text is called in settings; empty for anything else."""
    return _DOCUMENTS.get(examined.media_type, "") if examined.notation.kind in _TEXTS else ""


def _is_for_people(case: Case) -> bool:
    """Tell whether a body that is a text may be a page for people.

    Formats that are known have texts that programs read: subtitles, lines of results.
    """
    return case.exchange.wire.startswith("generic-") and case.route.tells
