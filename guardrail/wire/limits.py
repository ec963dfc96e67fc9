"""How large a JSON document may be. Bytes are the shells' business; shape is ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one JSON document, checked before anything else looks at it."""

    depth: int = 64
    """Containers in containers. Tool schemas nest about 20 deep; RFC 8259 section 9 leaves it open,
    PHP stops at 512, .NET's reader at 64."""
    values: int = 500_000
    """Values of all kinds. A long chat has some thousands; 300 embeddings have these. As a tree
    they take up to 100 MB, of numbers 15."""
    string_chars: int = 4 << 20
    """Characters of one text: a window of a million tokens at four characters each. Media are
    exempt: they aren't read as text."""


LIMITS = Limits()
"""The limits that hold where none are given."""
