"""Records' canonical JSON with places for what differs from entry to entry.

Most of a record is the same in thousands of entries. It is spelt once; filling in the rest takes a
tenth of the time of sorting and spelling all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from guardrail.evidence.canonical import Value, encode

_PLACE = "\x00"
"""Stands in no JSON: there it is written as an escape."""
TEXT_PLACE = f'"{_PLACE}"'
"""The place of a text in ASCII without quotes, backslashes and control characters."""
JSON_PLACE = _PLACE
"""The place of what is spelt as JSON already, as a number in its decimal digits."""


def template(
    constant: Mapping[str, Value], places: Mapping[str, str]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the JSON object of members that are known and of members that come later.

    Args:
        constant: values within the profile, by their keys.
        places: where the others go, by their keys; they come before constants of the same keys.

    Returns:
        The text in pieces, every other of which is empty and a place, and the keys of those in
        their order. With their values there, given as texts, the pieces joined are what `encode`
        returns for the whole record, as text.

    Raises:
        EvidenceError: a constant takes more than a record may have.
    """
    spelt = {key: encode(value).decode() for key, value in constant.items()}
    members = sorted((spelt | dict(places)).items())
    text = "{" + ",".join([f'"{key}":{value}' for key, value in members]) + "}"
    first, *rest = text.split(_PLACE)
    return [first, *(piece for each in rest for piece in ("", each))], tuple(sorted(places))
