"""Whether an answer claims to come from a human being, however it comes in pieces.

Nothing waits for this: the answer is put right by a sentence behind it, not by taking it back. So a
stream says what the whole would have said, and says it as early as before.
"""

from __future__ import annotations

from guardrail.detect.intent.human_claims import find

_BEFORE = 400
"""Code points in front of a claim that can take its meaning away: quotation marks, "if", "not"."""
_BEHIND = 64
"""Code points behind it that can."""
_LONGEST = 256
"""Of a claim."""
_ENOUGH = 200
"""New code points that are worth another look."""
_KEPT = _BEFORE + _LONGEST + _BEHIND


class Listener:
    """Listens to one text of an answer's. Keeps a few hundred characters of it."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self._tail = ""
        self._fresh = 0
        self._from_start = True
        self.claimed = False
        """Whether a human being is claimed to speak."""

    def hear(self, text: str, *, final: bool = False) -> bool:
        """Take the next piece; tell whether a human being is claimed to speak."""
        if self.claimed:
            return True
        self._tail += text
        self._fresh += len(text)
        if not final and self._fresh < _ENOUGH:
            return False
        first = 0 if self._from_start else _BEFORE
        last = len(self._tail) - (0 if final else _BEHIND)
        self.claimed = any(first <= start and end <= last for start, end in find(self._tail))
        self._from_start = self._from_start and len(self._tail) <= _KEPT
        self._tail = self._tail[-_KEPT:]
        self._fresh = 0
        return self.claimed


def claims_to_be_human(text: str) -> bool:
    """Tell whether a whole text claims to come from a human being."""
    return Listener().hear(text, final=True)
