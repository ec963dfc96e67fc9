"""Read marks back: what a reply's headers, or a label in it, say of its origin.

What is read is a claim, neither signed nor checked. Finding nothing proves nothing: a text without
a mark may still be made by AI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from guardrail.disclose.fields import members, octets
from guardrail.disclose.label import KINDS, MARKS, label, name
from guardrail.disclose.signature import Signed
from guardrail.facts import Headers, Label

_DATE = re.compile(r"@([0-9]{1,15})")
_SECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)
_LEVELS = {mark.mode: level for level, mark in MARKS.items()}


def read_label(headers: Headers) -> Label | None:
    """Return the label that `headers` declare, or None where they declare none that is known.

    Our own ``guardrail-label`` is believed before ``ai-disclosure``; from the latter alone the id
    and kind stay empty, since it has neither.
    """
    own = members(_field(headers, b"guardrail-label"))
    disclosure = members(_field(headers, b"ai-disclosure"))
    level = own.get("level", "")
    if level not in MARKS:
        level = _LEVELS.get(disclosure.get("mode", ""), "")
    if not level:
        return None
    return Label(
        id=own.get("id", ""),
        level=level,
        kind=own["class"] if own.get("class") in KINDS else "",
        model=name(disclosure.get("model", "")),
        provider=name(disclosure.get("provider", "")),
        created=_seconds(disclosure),
    )


def read_signed(headers: Headers) -> Signed | None:
    """Return the signed label that `headers` hold, unchecked; None where they hold none.

    `signature.verify` checks it; the hash is left to whoever has the texts.
    """
    own = members(_field(headers, b"guardrail-label"))
    made = read_label(headers)
    signature = octets(own.get("sig", ""))
    created = own.get("created", "")
    if made is None or not signature or not _SECONDS.fullmatch(created):
        return None
    said = replace(made, created=int(created))
    return Signed(label=said, sha256="", signature=signature, kid=name(own.get("kid", "")))


def read_member(held: object) -> Signed | None:
    """Return the signed label that an ``ai_disclosure`` or a comment of a stream holds, unchecked.

    Args:
        held: the member's value, parsed.
    """
    said: Mapping[object, object] = held if isinstance(held, Mapping) else {}
    own = {key: str(said.get(key, "")) for key in ("id", "level", "class", "sig", "kid")}
    signature = octets(f":{own['sig']}:")
    created = _moment(said.get("created"))
    if own["level"] not in MARKS or own["class"] not in KINDS or not signature:
        return None
    made = label(id=own["id"], level=own["level"], kind=own["class"], created=created)
    return Signed(label=made, sha256="", signature=signature, kid=name(own["kid"]))


def read_notice(headers: Headers) -> str:
    """Return the words of ``guardrail-notice``, or an empty string."""
    return members(_field(headers, b"guardrail-notice")).get("text", "")


def _field(headers: Headers, field: bytes) -> bytes:
    # Lines of one field are one list (RFC 9110 section 5.3).
    return b", ".join(value for key, value in headers if key.lower() == field)


def _moment(stated: object) -> int:
    """Return a moment of ISO 8601 in Unix seconds; 0 where it is none."""
    try:
        return int(datetime.fromisoformat(str(stated)).timestamp())
    except (ValueError, OverflowError):
        return 0


def _seconds(disclosure: Mapping[str, str]) -> int:
    found = _DATE.fullmatch(disclosure.get("date", ""))
    return int(found[1]) if found else 0
