"""What a streamed reply has said so far, for events that repeat it."""

from __future__ import annotations

from hashlib import blake2b

MOST_CHARS = 1 << 20
"""Characters kept of what left, for events that repeat it. None of them could hold more."""


class SaidTexts:
    """What came in each channel of a stream, and what left of it."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._came: dict[str, blake2b] = {}
        self._left: dict[str, list[str]] = {}
        self._chars = 0

    def note(self, channel: str, came: str, text: str) -> None:
        """Take note of what came in a channel, and what leaves for it."""
        if self._chars > MOST_CHARS:
            self._came.clear()
            self._left.clear()
            return
        self._chars += len(text)
        self._came.setdefault(channel, blake2b()).update(_bytes(came))
        pieces = self._left.setdefault(channel, [])
        if text:  # a stream of empty pieces may never end
            pieces.append(text)

    def is_said(self, channel: str, text: str) -> bool:
        """Tell whether a text that repeats a channel's is all that came in it."""
        came = self._came.get(channel)
        return came is not None and came.digest() == blake2b(_bytes(text)).digest()

    def left(self, channel: str) -> str | None:
        """Return what left of a channel's text; None where nothing is known of it."""
        pieces = self._left.get(channel)
        return None if pieces is None else "".join(pieces)

    def forget(self, channel: str) -> None:
        """Forget a channel."""
        self._came.pop(channel, None)
        self._chars -= sum(map(len, self._left.pop(channel, ())))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
