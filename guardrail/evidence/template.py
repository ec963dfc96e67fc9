"""Records' canonical JSON with places for what differs from entry to entry.

Most of a record is the same in thousands of entries. It is spelt once; filling in the rest takes a
fifth of the time of sorting and spelling all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from guardrail.evidence.canonical import Value, encode

TEXT_PLACE = '"%s"'
"""The place of a text in ASCII without quotes, backslashes and control characters."""
COUNT_PLACE = "%d"
"""The place of an integer."""
JSON_PLACE = "%s"
"""The place of what is spelt as JSON already."""


def template(
    constant: Mapping[str, Value], places: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Return the JSON object of members that are known and of members that come later.

    Args:
        constant: values within the profile, by their keys.
        places: where the others go, by their keys; they come before constants of the same keys.

    Returns:
        The text, and the keys of its places in their order. `text % values`, given a tuple of
        their values in that order, is what `encode` returns for the whole record, as text.

    Raises:
        EvidenceError: a constant takes more than a record may have.
    """
    spelt = {key: encode(value).decode().replace("%", "%%") for key, value in constant.items()}
    members = sorted((spelt | dict(places)).items())
    text = "{" + ",".join([f'"{key}":{value}' for key, value in members]) + "}"
    return text, tuple(sorted(places))
