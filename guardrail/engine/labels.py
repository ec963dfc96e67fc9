"""Marks in the media of a reply: written into what it holds, in each medium's own place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.payload import Payload, payload, respelt
from guardrail.disclose import label as make_label
from guardrail.disclose.marks import Details, Marked, Unmarked, write
from guardrail.engine.case import Case, Decided
from guardrail.engine.media import REFERENCE, Medium
from guardrail.errors import UpstreamError
from guardrail.facts import Duty, Inspected, Label
from guardrail.settings import Service as ServiceSettings
from guardrail.settings import Settings

_SYNTHETIC = frozenset({"image", "audio", "video"})
"""Media that imitate or invent when an AI makes them (Law 230-VIII art. 1)."""

_SIGNED = "already_signed"
_STORED = "download"
"""The operation that returns what somebody put there: no AI made it now."""
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
"""What the keys of evidence don't have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What became of the media of a reply."""

    held: Mapping[int, str]
    """What stands in the place of which medium."""
    written: Mapping[str, int]
    """How many were marked, by medium, as ``{"image_png": 1}``."""
    missing: Mapping[str, int]
    """How many weren't, by reason."""
    refused: str = ""
    """Why one that is held, and synthetic, wasn't; empty where all such were."""


def is_synthetic(case: Case, media: Sequence[Medium], inspected: Sequence[Inspected] = ()) -> bool:
    """Tell whether a reply of an AI holds, or points to, what imitates or invents."""
    kinds = {one.opaque.medium for one in media}
    kinds |= {one.medium.partition("/")[0] for one in inspected}
    return not _is_stored(case) and not kinds.isdisjoint(_SYNTHETIC)


def _is_stored(case: Case) -> bool:
    return case.route.operation.name == _STORED


def marked(
    media: Sequence[Medium],
    redacted: Mapping[int, str],
    label: Label,
    details: Details,
    budget: Budget,
) -> Marks:
    """Write a label into each medium that a reply holds.

    Args:
        media: of the reply.
        redacted: what stands already in the place of some of them.
        label: what is written.
        details: what the label doesn't know.
        budget: how large one may be.
    """
    held: dict[int, str] = dict(redacted)
    written: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    refused = ""
    for index, one in enumerate(media):
        if one.opaque.reason == REFERENCE or not one.held:
            missing["not_held"] += 1
            continue
        try:
            content = _content(held.get(index, one.held), one.held, budget)
            made = write(content.data, label, media_type=content.declared, details=details)
        except Uninspectable as verdict:
            made = Unmarked(reason=verdict.reason)
        if isinstance(made, Marked):
            written[_NO_NAME.sub("_", made.medium)] += 1
            held[index] = respelt(one.held, made.data)
        elif made.reason == _SIGNED:
            written[made.reason] += 1  # who made it signed it: a change would void that
        else:
            missing[made.reason] += 1
            refused = refused or made.reason * (one.opaque.medium in _SYNTHETIC)
    return Marks(held=held, written=written, missing=missing, refused=refused)


def _content(now: bytes | str, was: bytes | str, budget: Budget) -> Payload:
    """Return the bytes of a medium, and what they are said to be.

    Args:
        now: what stands in its place; bytes as Latin-1 characters, where `was` is bytes.
        was: what stood there.
        budget: how large it may be.

    Raises:
        Uninspectable: it is larger, or stands for no bytes.
    """
    if isinstance(was, bytes) and isinstance(now, str):
        now = now.encode("latin-1")
    return payload(now, budget)


def label_of(case: Case, service: ServiceSettings, model: str, now: int) -> Label:
    """Return what a reply says of its origin.

    Args:
        case: the exchange.
        service: who provides the model.
        model: its name as the upstream gave it, or an empty string.
        now: Unix seconds.
    """
    return make_label(
        id=case.label_id,
        kind="synthetic" if case.synthetic else "result",
        model=model or case.model,
        provider=service.provider,
        created=now,
    )


def marks_of(decided: Decided, redacted: Mapping[int, str], settings: Settings, now: int) -> Marks:
    """Return a reply's media with the label in them, where a duty asks for it.

    Raises:
        UpstreamError: one can't be labelled and may not go without: what is synthetic may be spread
            with a mark only (Law 230-VIII art. 21(2)).
    """
    examined = decided.examined
    if _is_stored(examined.case) or not examined.media or Duty.LABEL not in decided.decision.duties:
        return Marks(held=redacted, written={}, missing={})
    label = label_of(examined.case, settings.service, examined.model, now)
    details = Details(producer=settings.service.bin)
    budget = Budget(encoded_bytes=settings.limits.media_bytes)
    marks = marked(examined.media, redacted, label, details, budget)
    if marks.refused and settings.unlabelled_media == "refuse":
        raise UpstreamError(
            f"a picture or recording in the reply can't be labelled ({marks.refused})",
            code="media_not_labelled",
            fix="ask for another format, or set unlabelled_media: pass",
        )
    return marks
