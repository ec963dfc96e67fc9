"""What can be done to a medium, short of refusing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What a medium is to be freed of. Whatever is done is proven by looking again."""

    entities: frozenset[str] = frozenset()
    """What must not be seen in it any more, as ``FACE`` or ``GEO_LOCATION``."""
    face_only: bool = False
    """Keep the one face and nothing else (bank identification, Rules No 56 (5))."""
