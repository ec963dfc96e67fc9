"""Media in streamed texts that can't be waited for: names, and text of unknown use.

Half a picture can't be looked into, and these leave as they come: as soon as one surely holds the
beginning of a medium, it counts as a medium that nobody looked into. Running text and the arguments
of tools are waited for (`guardrail.engine.ahead`).
"""

from __future__ import annotations

import string

from guardrail.detect.media.hidden import hidden_in
from guardrail.facts import Opaque

HIDDEN = Opaque(place=(), medium="unknown", reason="hidden")
"""What is judged then."""
ENOUGH = 512
"""Characters of base64 that have come of it by then: no picture that shows anything is so small."""
_MOST = 2 * ENOUGH
"""Of a run that is no medium; what goes on behind that isn't looked at."""
_BASE64 = string.ascii_letters + string.digits + "+/_=-\\%\r\n"
"""With the lines and escapes that it may have."""


class HiddenMedia:
    """The texts of one stream, each in its channel. Takes time linear in them."""

    def __init__(self) -> None:
        """Have heard nothing yet."""
        self._runs: dict[str, str] = {}
        """The base64 that each channel's text ends with so far."""
        self._told: set[str] = set()
        """Channels in the midst of a medium."""

    def begins(self, channel: str, text: str) -> bool:
        """Tell, once, whether a medium has surely begun in a channel.

        Args:
            channel: of the text.
            text: what comes next in it.
        """
        before = self._runs.get(channel, "")
        if channel in self._told or len(before) >= _MOST:
            going = len(text) - len(text.lstrip(_BASE64))
            if going == len(text):
                return False
            self._told.discard(channel)
            before, text = "", text[going:]
        whole = before + text
        found: list[int] = []
        if len(whole) >= ENOUGH:
            found = [one.end for one in hidden_in(whole) if one.end - one.start >= ENOUGH]
        start = len(whole.rstrip(_BASE64))
        self._runs[channel] = whole[start : start + _MOST]
        if found and found[-1] > start:
            self._told.add(channel)
        return bool(found)
