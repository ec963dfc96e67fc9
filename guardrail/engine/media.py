"""The media of a message: which there are, what was seen in them, what is to be done to them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
import re2

from guardrail.detect.media import vectors
from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.hidden import hidden_in, respelt_in
from guardrail.errors import BadInput
from guardrail.facts import (
    Action,
    Category,
    Edit,
    Finding,
    Inspected,
    Opaque,
    Place,
    Seen,
    Segment,
    Verdict,
)

MAX_HIDDEN = 64
"""Media in the texts of one message. More of them are no message."""
REFERENCE = "reference"
Vector = tuple[Place, Seen]
_NUMBERS = re2.compile(rb"[0-9.,eE \n+-]{64}|[A-Za-z0-9+/]{256}")
"""What a list of 64 numbers has in it, or their bytes in base64."""
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
"""What the keys of evidence don't have."""
_LONGEST_NAME = 64
"""Characters in such a key, at most."""
_REDACTED = frozenset({Action.MASK, Action.PSEUDONYMISE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """Something in a message that is no text, and where it is."""

    opaque: Opaque
    segment: int | None = None
    """The segment in whose text it stands, where it stands in one."""
    start: int = 0
    end: int = 0

    @property
    def held(self) -> bytes | str:
        """What can be looked into; empty where the message doesn't hold it."""
        return self.opaque.data


def media_in(opaque: Sequence[Opaque], segments: Sequence[Segment]) -> tuple[Medium, ...]:
    """Return the media of a message: what its format calls so, and what stands in its texts."""
    held = {one.place for one in opaque if one.data}
    return (*(Medium(opaque=one) for one in opaque), *_hidden(segments, held))


def _hidden(segments: Sequence[Segment], held: Collection[Place]) -> Iterator[Medium]:
    """Yield what stands in texts, but for what its format calls a medium: `held` are its places."""
    count = 0
    for index, segment in enumerate(segments):
        known = segment.place in held and segment.inside is None
        for one in hidden_in(segment.text):
            if known and not one.start:
                continue
            count += 1
            # What is over the limit isn't looked into, and so is unexamined.
            data = one.data if count <= MAX_HIDDEN else b""
            yield Medium(
                opaque=Opaque(place=segment.place, medium="unknown", reason="hidden", data=data),
                segment=index,
                start=one.start,
                end=one.end,
            )
            if count > MAX_HIDDEN:
                return


def outside(findings: Sequence[Finding], media: Sequence[Medium]) -> tuple[Finding, ...]:
    """Return the findings that are of no medium's characters: these say nothing of anybody."""
    hidden: dict[int, list[Medium]] = defaultdict(list)
    for one in media:
        if one.segment is not None:
            hidden[one.segment].append(one)
    if not hidden:
        return (*findings,)
    return tuple(
        found
        for found in findings
        if not any(
            found.start < one.end and one.start < found.end for one in hidden.get(found.segment, ())
        )
    )


def vectors_in(
    tree: object, body: bytes, segments: Sequence[Segment], *, model: str, route: str
) -> tuple[Vector, ...]:
    """Return the vectors of persons' features in a message, and where each stands.

    Args:
        tree: its parsed document.
        body: the same as bytes, in which a glance tells nearly always that there is none.
        segments: its texts, which may hold documents of their own.
        model: as the message names it.
        route: the path that it was sent to.

    Raises:
        BadInput: ``too_deep``.
    """
    if not _NUMBERS.search(body):
        return ()
    trees: list[tuple[object, Place]] = [(tree, ())]
    trees += [
        (inner, segment.place)
        for segment in segments
        if segment.text[:1] in {"{", "["} and (inner := _parsed(segment.text)) is not None
    ]
    try:
        return tuple(
            ((*place, *at), seen)
            for one, place in trees
            for at, seen in vectors.find(one, model=model, route=route)
        )
    except Uninspectable as verdict:
        raise BadInput(
            "the document holds too much to be looked into",
            code="too_deep" if verdict.reason == "too_deep" else "too_many_values",
        ) from None


def _parsed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def seen_in(inspected: Sequence[Inspected]) -> tuple[Seen, ...]:
    """Return what was seen in a message's media, each with the medium's index."""
    return tuple(
        replace(seen, item=index) for index, one in enumerate(inspected) for seen in one.seen
    )


def shows_somebody(inspected: Sequence[Inspected]) -> bool:
    """Tell whether media show something of a person's body, as a face or a voice."""
    return any(seen.category is Category.BIOMETRIC for one in inspected for seen in one.seen)


def shown_by(found: Sequence[Vector], inspected: Sequence[Inspected]) -> tuple[Seen, ...]:
    """Return everything but text that a message holds: its vectors, then what its media show."""
    return (*(seen for _, seen in found), *seen_in(inspected))


def values_of(seen: Sequence[Seen]) -> list[str]:
    """Return what tells persons apart: a second face in one picture is another person's."""
    met: Counter[tuple[int, str, str]] = Counter()
    values = []
    for one in seen:
        key = one.item, one.part, one.entity
        met[key] += 1
        values.append(str(met[key]) if met[key] > 1 else "")
    return values


def unseen(
    media: Sequence[Medium], inspected: Sequence[Inspected]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds of media that nobody looked into: those held, and those only pointed at."""
    opaque, remote = set(), set()
    for index, one in enumerate(media):
        if one.opaque.reason == REFERENCE:
            remote.add(one.opaque.medium)
        elif not _is_known(inspected, index):
            opaque.add(one.opaque.medium)
    return tuple(sorted(opaque)), tuple(sorted(remote))


def counted(media: Sequence[Medium], inspected: Sequence[Inspected]) -> dict[str, dict[str, int]]:
    """Return for evidence how many media there were by type, and how many unseen by reason."""
    types: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for index, one in enumerate(media):
        if _is_known(inspected, index):
            types[name_of(inspected[index].medium)] += 1
        else:
            told = inspected[index].reason if index < len(inspected) else ""
            reasons[told or one.opaque.reason] += 1
    found = {"media": types, "opaque": reasons}
    return {name: dict(sorted(counts.items())) for name, counts in found.items() if counts}


def name_of(medium: str) -> str:
    """Return a media type as the name that evidence counts it under: 64 characters at most.

    Those of Word, Excel and PowerPoint are longer: they lose their ``application_``.
    """
    name = _NO_NAME.sub("_", medium)
    if len(name) > _LONGEST_NAME:
        name = name.removeprefix("application_")[:_LONGEST_NAME]
    return name or "unknown"


def _is_known(inspected: Sequence[Inspected], index: int) -> bool:
    return index < len(inspected) and inspected[index].verdict is Verdict.INSPECTED


def cropped(inspected: Sequence[Inspected]) -> dict[int, Redaction]:
    """Return that of every picture its one face is to stay and nothing else."""
    return {
        index: Redaction(face_only=True)
        for index, one in enumerate(inspected)
        if one.medium.startswith("image/")
    }


def redactions(seen: Sequence[Seen], actions: Sequence[Action]) -> dict[int, Redaction]:
    """Return what is to be hidden in which medium, by its index."""
    hidden: dict[int, set[str]] = defaultdict(set)
    for one, action in zip(seen, actions, strict=True):
        if action in _REDACTED:
            hidden[one.item].add(one.entity)
    return {item: Redaction(entities=frozenset(names)) for item, names in hidden.items()}


def media_edits(
    media: Sequence[Medium],
    redacted: Mapping[int, str],
    segments: Sequence[Segment],
    edits: Sequence[Edit] = (),
) -> tuple[tuple[Segment, ...], tuple[Edit, ...]]:
    """Return the edits that put redacted media in the places of what they were.

    Those in texts are edits to their segments; the others stand in segments of their own, which
    are returned behind `segments`.

    Args:
        media: a message's.
        redacted: what stands in the place of which; bytes as Latin-1 characters.
        segments: the message's texts.
        edits: other edits to them. Those inside of what is replaced are left out: a run of digits
            in base64 may look like a number of somebody's.
    """
    whole = list(segments)
    made: list[Edit] = []
    for index, new in redacted.items():
        one = media[index]
        if one.segment is not None:
            run = segments[one.segment].text[one.start : one.end]
            text = respelt_in(run, new.encode("latin-1"))
            made.append(Edit(segment=one.segment, start=one.start, end=one.end, text=text))
            continue
        held = one.held if isinstance(one.held, str) else ""
        made.append(Edit(segment=len(whole), start=0, end=len(held), text=new))
        whole.append(Segment(place=one.opaque.place, text=held))
    gone = {segment.place for segment in whole[len(segments) :]}
    kept = (edit for edit in edits if not _is_inside(edit, segments, made, gone))
    return tuple(whole), (*kept, *made)


def _is_inside(
    edit: Edit, segments: Sequence[Segment], made: Sequence[Edit], gone: Collection[Place]
) -> bool:
    segment = segments[edit.segment]
    return (segment.place in gone and not segment.key) or any(
        edit.segment == other.segment and edit.start < other.end and other.start < edit.end
        for other in made
    )
