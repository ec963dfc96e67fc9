"""Places in JSON documents, written for people: ``messages[2].content``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from guardrail.facts import Place

PLAIN_NAME = re.compile(r"(?=[A-Za-z_$].{0,63}\Z)(?:[A-Za-z_$.-]++|[0-9]{1,6}+(?![0-9]))*+\Z")
"""A member name that is an identifier and no free text; seven digits in a row could be a number
that belongs to a person."""

NUMBERISH = re.compile(r"[0-9](?:[-./: ]?[0-9]){6}")
"""Seven digits or more, grouped or not: what could be a number of a person's."""

UNNAMED = "*"
"""Stands for a member name that may be personal data itself."""


def is_plain_name(name: str) -> bool:
    """Tell whether a member's name is an identifier, and holds no number of a person's."""
    return PLAIN_NAME.match(name) is not None and not NUMBERISH.search(name)


def place_text(place: Place) -> str:
    """Return a place as ``messages[2].content``; names that aren't plain show as ``*``."""
    return joined(
        [part if isinstance(part, int) or is_plain_name(part) else UNNAMED for part in place]
    )


def joined(parts: Sequence[str | int]) -> str:
    """Join names with dots and put indices into brackets."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def value_at(tree: object, place: Place) -> object:
    """Return the value at `place`, or None where there is none."""
    for part in place:
        if isinstance(part, str) and isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(part, int) and isinstance(tree, list) and part < len(tree):
            tree = tree[part]
        else:
            return None
    return tree
