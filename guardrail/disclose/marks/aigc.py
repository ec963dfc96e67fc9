"""The value of an ``AIGC`` field: GB 45438-2025 Annex E, as TC260's guides place it.

Annex E itself wasn't read, only implementations of it: check with counsel before relying on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

import orjson

from guardrail.disclose.marks.found import Found, Layer

KEYS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
TECHNIQUE = "tc260:AIGC"

_LONGEST = 127
"""Characters of one value, in an implementation that sets a bound."""
_MOST = 16_384
"""Octets of a whole field that are read."""
_ALLOWED = re.compile(r"[!#-\[\]-~]{0,127}")
_SAFE = "".join(chr(code) for code in (0x21, *range(0x23, 0x5C), *range(0x5D, 0x7F)) if code != 37)
_AS_IT_IS = re.compile(r"[!#$&-\[\]-~]{0,127}")
_CUT_ESCAPE = re.compile(r"%[0-9A-F]?\Z")
_CONFIRMED = "1"
_LEVEL = "ai-generated"
"""What ``Label`` 1 says: confirmed. 2 and 3, possible and suspected, no maker says."""


def code(text: str) -> str:
    """Return a name as a value may have it: other characters percent-encoded, and cut."""
    if _AS_IT_IS.fullmatch(text):
        return text
    return _CUT_ESCAPE.sub("", quote(text, safe=_SAFE, errors="replace")[:_LONGEST])


def value(*, label: str, producer: str, produce_id: str) -> str:
    """Return the field of a first writer, who is the first to pass it on too.

    Args:
        label: 1, 2 or 3.
        producer: who answers for the content, at best a registered code.
        produce_id: the content's number there.
    """
    maker, number = code(producer), code(produce_id)
    return _text(
        {
            "Label": label,
            "ContentProducer": maker,
            "ProduceID": number,
            "ReservedCode1": "",
            "ContentPropagator": maker,
            "PropagateID": number,
            "ReservedCode2": "",
        }
    )


def merged(existing: str | None, ours: str) -> str:
    """Return what the field is to hold: what others wrote stays, and we pass it on.

    Where another maker has confirmed AI, only the fields of who passes it on become ours, and only
    if still as the maker left them. What confirms nothing gives way to ours.
    """
    held = _fields(existing) if existing is not None else None
    if existing is None or held is None or held.get("Label") != _CONFIRMED:
        return ours
    own = _fields(ours) or {}
    passed = (held.get("ContentPropagator") or "", held.get("PropagateID") or "")
    made = (held.get("ContentProducer") or "", held.get("ProduceID") or "")
    if made == (own["ContentProducer"], own["ProduceID"]) or passed not in {("", ""), made}:
        return existing
    changed = {
        **held,
        "ContentPropagator": own["ContentProducer"],
        "PropagateID": own["ProduceID"],
    }
    return _text({"AIGC": changed}) if _is_wrapped(existing) else _text(changed)


def read(text: str) -> Found:
    """Return what a field says; `valid` only with the seven keys and nothing else or longer.

    Wrapped values, the misspelt ``ReserveCode1``, numbers and missing keys are read even so.
    """
    fields = _fields(text)
    if fields is None:
        return Found(layer=Layer.METADATA, technique=TECHNIQUE, valid=False)
    stated = _short(fields.get("Label"))
    return Found(
        layer=Layer.METADATA,
        technique=TECHNIQUE,
        valid=_is_exact(fields),
        level=_LEVEL if stated == _CONFIRMED else "",
        producer=_short(fields.get("ContentProducer")),
        id=_short(fields.get("ProduceID")),
        stated=stated,
    )


def _is_exact(fields: Mapping[str, object]) -> bool:
    return (
        set(fields) == set(KEYS)
        and fields["Label"] in {"1", "2", "3"}
        and all(isinstance(one, str) and _ALLOWED.fullmatch(one) for one in fields.values())
    )


def _fields(text: str) -> dict[str, object] | None:
    held = _loaded(text)
    inner = held.get("AIGC") if isinstance(held, dict) else None
    held = _loaded(inner) if isinstance(inner, str) else inner or held
    if not isinstance(held, dict) or not set(KEYS).intersection(held):
        return None
    label = held.get("Label")
    if isinstance(label, int) and not isinstance(label, bool):
        held = {**held, "Label": str(label)}
    return held


def _is_wrapped(text: str) -> bool:
    held = _loaded(text)
    return isinstance(held, dict) and "AIGC" in held


def _loaded(text: str) -> object:
    if len(text) > _MOST:
        return None
    try:
        loaded: object = orjson.loads(text.strip("\0 \t\r\n"))
    except ValueError:
        return None
    return loaded


def _text(fields: Mapping[str, object]) -> str:
    return orjson.dumps(fields).decode()


def _short(item: object) -> str:
    return item[:_LONGEST] if isinstance(item, str) else ""
