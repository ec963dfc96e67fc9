"""Inspections as JSON: what a worker tells, checked before anything leans on it."""

from __future__ import annotations

from collections.abc import Mapping

from guardrail.detect.media.actions import Redaction
from guardrail.facts import Category, Inspected, Seen, Tier, Verdict

Row = dict[str, object]


def from_inspected(inspected: Inspected) -> Row:
    """Return an inspection as a JSON object."""
    return {
        "verdict": inspected.verdict.value,
        "reason": inspected.reason,
        "medium": inspected.medium,
        "flags": list(inspected.flags),
        "seen": [
            {
                "entity": one.entity,
                "category": one.category.value,
                "tier": one.tier.value,
                "score": float(one.score),
                "recognizer": one.recognizer,
                "reason": one.reason,
                "box": None if one.box is None else [int(side) for side in one.box],
                "part": one.part,
            }
            for one in inspected.seen
        ],
    }


def to_inspected(row: Mapping[str, object]) -> Inspected:
    """Return the inspection that a worker told of.

    Raises:
        ValueError: it is no inspection.
    """
    seen, flags = row.get("seen", []), row.get("flags", [])
    if not isinstance(seen, list) or not isinstance(flags, list):
        raise ValueError("no inspection")  # noqa: TRY004 - one error for all that it may lack
    return Inspected(
        verdict=Verdict(_text(row, "verdict")),
        reason=_text(row, "reason"),
        medium=_text(row, "medium"),
        flags=tuple(map(str, flags)),
        seen=tuple(map(_seen, seen)),
    )


def _seen(row: object) -> Seen:
    if not isinstance(row, dict):
        raise ValueError("no finding")  # noqa: TRY004 - likewise
    score, box = row.get("score"), row.get("box")
    if not isinstance(score, float) or not (box is None or _is_box(box)):
        raise ValueError("no finding")
    return Seen(
        entity=_text(row, "entity"),
        category=Category(_text(row, "category")),
        tier=Tier(_text(row, "tier")),
        score=score,
        recognizer=_text(row, "recognizer"),
        reason=_text(row, "reason"),
        box=tuple(box) if box else None,
        part=_text(row, "part"),
    )


def _is_box(box: object) -> bool:
    return isinstance(box, list) and len(box) == 4 and all(isinstance(side, int) for side in box)


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("no inspection")
    return value


def from_redaction(redaction: Redaction) -> Row:
    """Return what is to be done to a medium as a JSON object."""
    return {
        "do": "redact",
        "face_only": redaction.face_only,
        "everything": redaction.everything,
        "entities": sorted(redaction.entities),
    }


def to_redaction(row: Mapping[str, object]) -> Redaction:
    """Return what is to be done to a medium."""
    entities = row.get("entities")
    return Redaction(
        face_only=row.get("face_only") is True,
        everything=row.get("everything") is True,
        entities=frozenset(map(str, entities if isinstance(entities, list) else ())),
    )
