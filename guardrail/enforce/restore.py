r"""Put the values of pseudonyms back into what the model says, whole or in a stream.

Only labels that this exchange issued are replaced; case doesn't matter, since models change it, and
whatever stands around a label (a case ending, a hyphen) stays. A model that writes Markdown or a
page may escape a label: `<KZ\_IIN\_…>`, `\<KZ\_IIN\_…\>` and `&lt;KZ_IIN_…&gt;` are labels, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

_TOKEN = re.compile(r"\\?<[^<>&\s]++>|&lt;\w++&gt;", re.ASCII | re.IGNORECASE)
"""Whatever may be a label: none begins inside another, so that no cut of a text changes them."""

_STARTS = re.compile(r"[<&\\]")


class Restorer:
    """Replaces issued labels by their values; one for each channel of a stream.

    For every way to cut a text into pieces, `feed` gives together what `restore` gives at once.
    It holds back only what can still become an issued label, so never more than the longest; with
    nothing issued, nothing.
    """

    def __init__(self, issued: Mapping[str, str]) -> None:
        """Take the labels and values as they are now."""
        self._values = {
            spelling.lower(): value
            for label, value in issued.items()
            for spelling in _spellings(label)
        }
        self._labels = sorted(self._values)
        self._longest = max(map(len, self._labels), default=0)
        self._held = ""

    def labels(self, text: str) -> list[tuple[int, int, str]]:
        """Return where issued labels stand in `text`, rising, and the value of each."""
        if not self._values or not ("<" in text or "&" in text):
            return []
        found = []
        for token in _TOKEN.finditer(text):
            start, end = token.span()
            value = self._values.get(token[0].lower())
            if value is None and token[0].startswith("\\"):
                start += 1
                value = self._values.get(text[start:end].lower())
            if value is not None:
                found.append((start, end, value))
        return found

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
        if not self._values or not (self._held or _STARTS.search(text)):
            return text
        text = self._held + text
        edge = len(text) if final else self.settled(text)
        self._held = text[edge:]
        return self.restore(text[:edge])

    def settled(self, text: str) -> int:
        """Return where the part begins that could still become an issued label."""
        if not self._values:
            return len(text)
        for start in _STARTS.finditer(text, max(0, len(text) - self._longest)):
            open_ = text[start.start() :].lower()
            at = bisect_right(self._labels, open_)
            if at < len(self._labels) and self._labels[at].startswith(open_):
                return start.start()
        return len(text)


def _spellings(label: str) -> tuple[str, ...]:
    """Return a label as it was issued, as Markdown may escape it, and as a page does."""
    inside = label[1:-1]
    escaped = inside.replace("_", "\\_")
    return label, f"<{escaped}>", f"\\<{escaped}\\>", f"&lt;{inside}&gt;"
