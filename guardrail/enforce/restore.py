"""Put the values of pseudonyms back into what the model says, whole or in a stream.

Only labels that this exchange issued are replaced; case doesn't matter, since models change it, and
whatever stands around a label (a case ending, a hyphen) stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

# A label's inside: printable ASCII without angle brackets and backslash.
_INSIDE = r"[ -;=?-\[\]-~]"

_TOKEN = re.compile(rf"<({_INSIDE}++)>")
_OPEN = re.compile(rf"<({_INSIDE}*+)\Z")


class Restorer:
    """Replaces issued labels by their values; one for each channel of a stream.

    For every way to cut a text into pieces, `feed` gives together what `restore` gives at once.
    It holds back only what can still become an issued label, so never more than the longest; with
    nothing issued, nothing.
    """

    def __init__(self, issued: Mapping[str, str]) -> None:
        """Take the labels and values as they are now."""
        self._values = {label.lower(): value for label, value in issued.items()}
        self._labels = sorted(self._values)
        self._held = ""

    def labels(self, text: str) -> list[tuple[int, int, str]]:
        """Return where issued labels stand in `text`, rising, and the value of each."""
        if not self._values or "<" not in text:
            return []
        found = (
            (*token.span(), self._values.get(token[0].lower())) for token in _TOKEN.finditer(text)
        )
        return [(start, end, value) for start, end, value in found if value is not None]

    def restore(self, text: str) -> str:
        """Return the whole `text` with the values of issued labels."""
        pieces: list[str] = []
        done = 0
        for start, end, value in self.labels(text):
            pieces += (text[done:start], value)
            done = end
        return "".join((*pieces, text[done:])) if pieces else text

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return what can be released after `text`; `final` where no more text follows."""
        if not self._values or not (self._held or "<" in text):
            return text
        text = self._held + text
        edge = len(text) if final else self.settled(text)
        self._held = text[edge:]
        return self.restore(text[:edge])

    def settled(self, text: str) -> int:
        """Return where the part begins that could still become an issued label."""
        if not self._values or "<" not in text:
            return len(text)
        tail = _OPEN.search(text, text.rfind("<"))
        if tail is None:
            return len(text)
        start = f"<{tail[1]}".lower()
        at = bisect_left(self._labels, start)
        could = at < len(self._labels) and self._labels[at].startswith(start)
        return tail.start() if could else len(text)
