"""Labels of the media in a reply: what is said of each, what became of it, may it leave?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from guardrail.disclose import label as make_label
from guardrail.disclose import render
from guardrail.disclose.label import ASSISTED, PERSON, RESULT, SYNTHETIC
from guardrail.disclose.layers import NO_EXTRA, NO_WAY, SIGNED, TAGS, VISIBLE, Layered, Said
from guardrail.disclose.marks import Details
from guardrail.disclose.marks.claim import LINES
from guardrail.engine.case import Case, Decided
from guardrail.engine.media import REFERENCE, Medium, name_of
from guardrail.errors import UpstreamError
from guardrail.facts import HOLDS_MEDIA, Duty, Inspected, Label, Notice, Origin
from guardrail.settings import Service as ServiceSettings
from guardrail.settings import Settings

LABEL_NOTICE, SHORT_NOTICE = "label.generated", "label.short"
"""The words on pictures, and those that a small one has room for."""
PERSON_NOTICE = "synthetic.warning"
"""The words where there is a person, as far as there is room."""
_PERSON = frozenset({"FACE", "VOICE"})
ASSISTED_NOTICE = "label.assisted"
_ASSISTED = Notice(
    key=ASSISTED_NOTICE,
    texts=dict(zip(("kk", "ru", "en"), LINES[ASSISTED].split(" · "), strict=True)),
)
"""The words where no pack has its own."""
_SYNTHETIC = frozenset({"image", "audio", "video"})
"""Media that imitate or invent when an AI makes them (Law 230-VIII art. 1)."""

_NOBODY = Origin()
_SIGNED_BEFORE, _NO_CARRIER = "already_signed", "no_carrier"
MOST_LABELLED = 64
"""Media of one message that are labelled. More of them are no message: each takes a while."""
_STORED = "download"
"""The operation that returns what somebody put there: no AI made it now."""
"""What the keys of evidence don't have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A medium of a message with its label."""

    held: str
    """What stands in its place, spelt as it was; bytes as Latin-1 characters. Empty where nothing
    could be put into it."""
    layered: Layered
    """What became of it; its data aren't needed any more."""


Job = tuple[bytes | str, bytes | str]
"""How a message holds a medium, and what stands in its place by now."""
NOTHING_LABELLED: Mapping[int, Labelled] = {}
_UNLABELLED = Labelled(
    held="", layered=Layered(data=b"", medium="", missing={TAGS: "not_labelled"})
)
"""Of what is held and nobody has labelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What became of the media of a reply."""

    held: Mapping[int, str]
    """What stands in the place of which medium."""
    written: Mapping[str, int]
    """How many were labelled, by medium, as ``{"image_png": 1}``."""
    layers: Mapping[str, int]
    """How many have which layer, as ``{"visible": 1}``."""
    missing: Mapping[str, int]
    """How many lack one, by layer and reason, as ``{"visible_unsupported_format": 1}``."""
    refused: str = ""
    """Why one that is held, and synthetic, mayn't leave; empty where all may."""
    manifest: bytes = b""
    """What goes beside the one that is the whole body."""


def is_synthetic(case: Case, media: Sequence[Medium], inspected: Sequence[Inspected] = ()) -> bool:
    """Tell whether a reply of an AI holds, or points to, what imitates or invents."""
    kinds = {one.opaque.medium for one in media}
    shown = not kinds.isdisjoint(_SYNTHETIC) or any(map(_imitates, inspected))
    return shown and not is_stored(case)


def _imitates(one: Inspected) -> bool:
    """Tell whether something is a picture, sound or film, or a document that holds one."""
    return one.medium.partition("/")[0] in _SYNTHETIC or HOLDS_MEDIA in one.flags


def shows_person(inspected: Sequence[Inspected]) -> bool:
    """Tell whether a face was seen, or a voice heard, in what imitates or invents."""
    return any(seen.entity in _PERSON for one in inspected if _imitates(one) for seen in one.seen)


def note_media(
    case: Case, media: Sequence[Medium], inspected: Sequence[Inspected], *, unread: bool
) -> None:
    """Take note of what the media of an AI's reply make of it.

    Args:
        case: the exchange.
        media: of the reply, or of an event of it.
        inspected: what was seen in each.
        unread: whether there are some that nobody looked into: of them nobody can say that they
            imitate nothing, so that no exemption holds (Law 230-VIII art. 21(2)).
    """
    case.synthetic = case.synthetic or is_synthetic(case, media, inspected)
    case.shows_person = case.shows_person or (case.synthetic and shows_person(inspected))
    if case.synthetic or unread:
        case.exempt = ""


def is_stored(case: Case) -> bool:
    """Tell whether a reply is what somebody put there before."""
    return case.route.operation.name == _STORED


def label_of(
    case: Case,
    service: ServiceSettings,
    model: str,
    now: int,
    *,
    level: str = "ai-generated",
    origin: Origin = _NOBODY,
) -> Label:
    """Return what a reply says of its origin.

    Args:
        case: the exchange.
        service: who provides the model.
        model: its name as the upstream gave it, or an empty string.
        now: Unix seconds.
        level: AI's part in it.
        origin: who answers for the system.
    """
    return make_label(
        id=case.label_id,
        level=level,
        kind=kind_of(case),
        model=model or case.model,
        provider=service.provider,
        created=now,
        origin=origin,
    )


def kind_of(case: Case) -> str:
    """Return the kind of label that the reply of an exchange gets."""
    if not case.synthetic:
        return RESULT
    return PERSON if case.shows_person else SYNTHETIC


def proof_of(case: Case) -> dict[str, str]:
    """Return what evidence says of the label of an exchange."""
    return {"label": case.label_id, **({"exempt": case.exempt} if case.exempt else {})}


def is_labelled(decided: Decided) -> bool:
    """Tell whether the media of a reply are to be labelled."""
    examined = decided.examined
    return (
        bool(examined.media)
        and not is_stored(examined.case)
        and Duty.LABEL in decided.decision.duties
    )


def said_of(  # noqa: PLR0913 - what is known of the reply, of the service, and of the guard
    case: Case,
    settings: Settings,
    model: str,
    now: int,
    *,
    notices: Mapping[str, Notice],
    languages: Sequence[str],
    origin: Origin = _NOBODY,
) -> Said:
    """Return what is said of the media of a reply.

    Args:
        case: the exchange.
        settings: who provides the model, and who answers for it.
        model: its name as the upstream gave it, or an empty string.
        now: Unix seconds.
        notices: the packs' words.
        languages: of the words.
        origin: who answers for the system.
    """
    level = settings.labels.level
    label = label_of(case, settings.service, model, now, level=level, origin=origin)
    return Said(
        label=label,
        details=Details(producer=settings.service.bin),
        words=() if case.exempt else _words(label, notices, languages),
    )


def _words(
    label: Label, notices: Mapping[str, Notice], languages: Sequence[str]
) -> tuple[str, ...]:
    """Return what people are told on media of a label, the longest first."""
    told = {ASSISTED_NOTICE: _ASSISTED, **notices}
    keys = [ASSISTED_NOTICE if label.level == ASSISTED else LABEL_NOTICE]
    if label.kind == PERSON:
        keys.insert(0, PERSON_NOTICE)
    words = [render(told[key], languages) for key in keys if key in told]
    if SHORT_NOTICE in notices:
        short = render(notices[SHORT_NOTICE], languages)
        # A small picture has room for one line.
        words += [short, short.replace("\n", " · ")] if words else [short]
    return tuple(filter(None, words))


def is_body(media: Sequence[Medium]) -> bool:
    """Tell whether the media of a reply are one that is its whole body."""
    return len(media) == 1 and isinstance(media[0].held, bytes) and bool(media[0].held)


def to_label(
    media: Sequence[Medium], redacted: Mapping[int, str], *, but: str = ""
) -> dict[int, Job]:
    """Return by index what a message holds of a medium, and what stands in its place by now.

    Args:
        media: of the message.
        redacted: what stands in the place of some of them.
        but: the kind of media that is left out.
    """
    held = (
        (index, (one.held, redacted.get(index, one.held)))
        for index, one in enumerate(media)
        if _is_held(one) and one.opaque.medium != but
    )
    return dict(islice(held, MOST_LABELLED))


def marks_of(
    media: Sequence[Medium],
    redacted: Mapping[int, str],
    labelled: Mapping[int, Labelled],
    settings: Settings,
    inspected: Sequence[Inspected] = (),
) -> Marks:
    """Return the media of a reply with what could be put into them.

    Args:
        media: of the reply.
        redacted: what stood already in the place of some of them.
        labelled: what became of those that it holds.
        settings: what may be missing.
        inspected: what was seen in each: a document with pictures is as synthetic as they are.

    Raises:
        UpstreamError: one can't be labelled and may not go without: what is synthetic may be spread
            with a mark and a warning only (Law 230-VIII art. 21(2)).
    """
    held: dict[int, str] = dict(redacted)
    written: Counter[str] = Counter()
    layers: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    refused = ""
    manifest = b""
    for index, one in enumerate(media):
        made = labelled.get(index, _UNLABELLED if _is_held(one) else None)
        if made is None:
            missing["not_held"] += 1
            continue
        done = made.layered
        manifest = manifest or done.beside
        if made.held:
            held[index] = made.held
            written[name_of(done.medium)] += 1
        layers.update(done.written)
        missing.update(f"{layer}_{reason}" for layer, reason in done.missing.items())
        if _may_be_synthetic(one, done) or any(map(_imitates, inspected[index : index + 1])):
            refused = refused or _lacks(done, settings)
    if refused and settings.unlabelled_media == "refuse":
        raise UpstreamError(
            f"a picture or recording in the reply can't be labelled ({refused})",
            code="media_not_labelled",
            fix="pip install 'guardrail-gateway[labels]'"
            if refused == NO_EXTRA
            else "ask for another format, or set unlabelled_media: pass",
        )
    return Marks(
        held=held,
        written=written,
        layers=layers,
        missing=missing,
        refused=refused,
        manifest=manifest,
    )


def _is_held(one: Medium) -> bool:
    return bool(one.held) and one.opaque.reason != REFERENCE


def _may_be_synthetic(one: Medium, done: Layered) -> bool:
    """Tell whether a medium imitates or invents; what nobody could look at may."""
    kinds = {one.opaque.medium, done.medium.partition("/")[0]}
    return bool(kinds & _SYNTHETIC) or (not done.medium and done.missing.get(TAGS) != _NO_CARRIER)


def _lacks(done: Layered, settings: Settings) -> str:
    """Return why a synthetic medium mayn't leave: what machines or people don't get to know."""
    if done.missing.get(SIGNED, NO_WAY) != NO_WAY:
        return done.missing[SIGNED]
    if not {TAGS, SIGNED} & set(done.written) and done.missing.get(TAGS) != _SIGNED_BEFORE:
        return done.missing.get(TAGS, NO_WAY)
    return done.missing.get(VISIBLE, "") if settings.labels.media.visible else ""
