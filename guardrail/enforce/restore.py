r"""Put the values of pseudonyms back into what the model says, whole or in a stream.

Only labels that this exchange issued are replaced; case doesn't matter, since models change it.
Inside JSON text an angle bracket may come as ``\u003c`` (Go's encoder writes it so), and the
value is escaped to stay inside its string.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from json import dumps

# A label's inside: printable ASCII without angle brackets and backslash.
_INSIDE = r"[ -;=?-\[\]-~]"

_TOKEN = re.compile(rf"<({_INSIDE}++)>")
_OPEN = re.compile(rf"<({_INSIDE}*+)()\Z")
# In JSON every escape is read as one, so that `\\u003c` (a backslash, then letters) opens nothing;
# but an escaped bracket at the end of the text may open a label that goes on in the next piece.
_CUT = r"\\(?:u(?:0(?:0(?:3)?)?)?)?"
_JSON_OPEN = re.compile(rf"(?:(?:<|\\u003[cC])({_INSIDE}*+)({_CUT})?|{_CUT})\Z")
_JSON_TOKEN = re.compile(
    rf"(?:<|\\u003[cC])({_INSIDE}++)(?:>|\\u003[eE])"
    rf"|(?!\\u003[cC]{_INSIDE}*+(?:{_CUT})?\Z)\\u[0-9a-fA-F]{{4}}|\\[^u]"
)


class Restorer:
    """Replaces issued labels by their values; one for each channel of a stream.

    For every way to cut a text into pieces, `feed` gives together what `restore` gives at once.
    It holds back only what can still become an issued label, so never more than the longest; with
    nothing issued, nothing.
    """

    def __init__(self, issued: Mapping[str, str], *, json: bool = False) -> None:
        """Take the labels and values as they are now; `json` where the text is a JSON document."""
        self._values = {
            label.lower(): dumps(value)[1:-1] if json else value for label, value in issued.items()
        }
        self._labels = sorted(self._values)
        self._token = _JSON_TOKEN if json else _TOKEN
        self._open = _JSON_OPEN if json else _OPEN
        self._json = json
        self._held = ""

    def restore(self, text: str) -> str:
        """Return the whole `text` with the values of issued labels."""
        if not self._values or not self._has_mark(text):
            return text
        return self._token.sub(self._value, text)

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return what can be released after `text`; `final` where no more text follows."""
        if not self._values or not (self._held or self._has_mark(text)):
            return text
        text = self._held + text
        edge = len(text) if final else self._edge(text)
        self._held = text[edge:]
        return self.restore(text[:edge])

    def _has_mark(self, text: str) -> bool:
        return "<" in text or (self._json and "\\" in text)

    def _value(self, token: re.Match[str]) -> str:
        inside = token[1]
        if inside is None:
            return token[0]
        return self._values.get(f"<{inside}>".lower(), token[0])

    def _edge(self, text: str) -> int:
        """Return where the part begins that could still become an issued label."""
        done = 0
        for token in self._token.finditer(text):
            done = token.end()
        tail = self._open.search(text, done)
        if tail is None:
            return len(text)
        if tail[1] is None or self._could_become(tail[1], cut=tail[2]):
            return tail.start()
        # The label is none of ours, but the cut escape at its end may open one that is.
        return tail.start(2) if tail[2] else len(text)

    def _could_become(self, inside: str, *, cut: str | None) -> bool:
        start = f"<{inside}>".lower() if cut else f"<{inside}".lower()
        at = bisect_left(self._labels, start)
        return at < len(self._labels) and self._labels[at].startswith(start)
