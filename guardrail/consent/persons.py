"""Whose value it is. The speaker's consent covers the speaker, not the people in the text.

The guard sees an IIN, never whose it is. What it can know:

- Where the consent record lists keyed digests of the subject's own identifiers, a value belongs to
  the subject exactly if its digest is among them. Everything else is another person's.
- Where it lists none, and the exchange holds two different values of one entity, at least one of
  them is somebody else's (a person has one IIN), and the guard can't know which: releasing either
  might release a third person's. So all values of that entity count as a third person's.
- Where it lists none and there is a single value, it is taken as the subject's: people mostly speak
  of themselves, and otherwise no consent could ever cover anything without a list. An operator who
  can't live with that supplies the list.

The second rule errs towards the third person: somebody who writes their own phone number in two
national forms, or names two addresses of their own, needs the list.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Sequence

from guardrail.facts import Found


def normalised(value: str) -> str:
    """Return `value` as it is compared: NFKC, case folded, letters and digits only.

    A value without any letter or digit is compared as it stands.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return "".join(filter(str.isalnum, folded)) or folded


def own_digest(key: bytes, entity: str, value: str) -> str:
    """Return the hex HMAC-SHA256 of entity, a zero byte and the normalised value under `key`."""
    text = f"{entity}\0{normalised(value)}"
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def crowded(findings: Sequence[Found], values: Sequence[str]) -> frozenset[str]:
    """Return the entities of which there is more than one distinct value."""
    first: dict[str, str] = {}
    many: set[str] = set()
    for finding, value in zip(findings, values, strict=True):
        text = normalised(value)
        if first.setdefault(finding.entity, text) != text:
            many.add(finding.entity)
    return frozenset(many)
