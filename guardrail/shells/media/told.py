"""Inspections as JSON: what a worker tells, checked before anything leans on it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.raw_sound import Coding, RawSound
from guardrail.facts import Box, Category, Inspected, Seen, Tier, Verdict

Row = dict[str, object]

MOST_SEEN = 20_000
MOST_CHARS = 200
"""Of a reason or a part."""
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,63}\Z")
_MEDIUM = re.compile(r"(?:[a-z0-9][a-z0-9.+-]{0,126}/[a-z0-9][a-z0-9.+-]{0,126})?\Z")
"""RFC 6838, 4.2; or nothing."""
_LARGEST = 1 << 31


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
                "reason": one.reason[:MOST_CHARS],
                "box": None if one.box is None else [int(side) for side in one.box],
                # Documents in documents have long paths.
                "part": one.part[:MOST_CHARS],
            }
            for one in inspected.seen
        ],
    }


def to_inspected(row: Mapping[str, object]) -> Inspected:
    """Return the inspection that a worker told of.

    Raises:
        ValueError: it is no inspection.
    """
    seen = row.get("seen", [])
    if not isinstance(seen, list) or len(seen) > MOST_SEEN:
        raise ValueError("no inspection")
    verdict, reason = Verdict(_text(row, "verdict")), _text(row, "reason")
    if (verdict is Verdict.INSPECTED) is bool(reason) or (reason and not is_slug(reason)):
        raise ValueError("no inspection")
    return Inspected(
        verdict=verdict,
        reason=reason,
        medium=_text(row, "medium", _MEDIUM),
        flags=_flags(row.get("flags", [])),
        seen=tuple(map(_seen, seen)),
    )


def is_slug(reason: object) -> bool:
    """Tell whether something is a reason as evidence takes it: ``too_many_pixels``."""
    return isinstance(reason, str) and bool(_SLUG.match(reason))


def _flags(flags: object) -> tuple[str, ...]:
    if not isinstance(flags, list) or not all(map(is_slug, flags)) or len(flags) > 64:
        raise ValueError("no inspection")
    return tuple(flags)


def _seen(row: object) -> Seen:
    if not isinstance(row, dict):
        raise ValueError("no finding")  # noqa: TRY004 - one error for all that it may lack
    return Seen(
        entity=_text(row, "entity", _ENTITY),
        category=Category(_text(row, "category")),
        tier=Tier(_text(row, "tier")),
        score=_score(row.get("score")),
        recognizer=_text(row, "recognizer"),
        reason=_text(row, "reason"),
        box=_box(row.get("box")),
        part=_text(row, "part"),
    )


def _score(score: object) -> float:
    if not isinstance(score, float) or not math.isfinite(score) or not 0 <= score <= 1:
        raise ValueError("no finding")
    return score


def _box(box: object) -> Box | None:
    if box is None:
        return None
    if not isinstance(box, list) or len(box) != 4:
        raise ValueError("no finding")
    left, top, width, height = map(_side, box)
    return left, top, width, height


def _side(side: object) -> int:
    if not isinstance(side, int) or isinstance(side, bool) or not abs(side) < _LARGEST:
        raise ValueError("no finding")
    return side


def _text(row: Mapping[str, object], name: str, form: re.Pattern[str] | None = None) -> str:
    value = row.get(name, "")
    if not isinstance(value, str) or len(value) > MOST_CHARS or (form and not form.match(value)):
        raise ValueError("no inspection")
    return value


def from_redaction(redaction: Redaction) -> Row:
    """Return what is to be done to a medium as a JSON object."""
    return {
        "do": "redact",
        "face_only": redaction.face_only,
        "entities": sorted(redaction.entities),
    }


def to_redaction(row: Mapping[str, object]) -> Redaction:
    """Return what is to be done to a medium."""
    entities = row.get("entities")
    return Redaction(
        face_only=row.get("face_only") is True,
        entities=frozenset(map(str, entities if isinstance(entities, list) else ())),
    )


def from_sound(sound: RawSound) -> Row:
    """Return how raw frames are to be listened to as a JSON object."""
    return {
        "do": "listen",
        "encoding": sound.coding.encoding,
        "rate": sound.coding.rate,
        "fresh": sound.fresh,
        "whole": sound.whole,
    }


def to_sound(row: Mapping[str, object], data: bytes) -> RawSound:
    """Return raw frames, with how they are to be listened to."""
    rate, fresh = row.get("rate"), row.get("fresh")
    coding = Coding(str(row.get("encoding")), rate if isinstance(rate, int) else 0)
    most = fresh if isinstance(fresh, int) else len(data)
    return RawSound(
        data, coding, fresh=max(0, min(most, len(data))), whole=row.get("whole") is True
    )
