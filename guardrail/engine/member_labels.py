"""Labels of streams as members of their events, where the format says that these have room.

Clients of such formats read whatever stands between the events, or can be given nothing there: JSON
lines, AWS event streams, the messages of a WebSocket, Gemini.
"""

from __future__ import annotations

from collections.abc import Callable

from guardrail.disclose import LabelSigner, hash_of
from guardrail.engine.stream_labels import NO_WORDS, Signing
from guardrail.facts import Label
from guardrail.wire import Delta, EventLabels, StreamEvent


class MemberLabels(Signing):
    """Labels a stream in its own events: the first one that may, and each that says what left."""

    def __init__(
        self,
        places: EventLabels,
        label: Callable[[], Label],
        signer: LabelSigner,
        *,
        is_exempt: Callable[[], bool] = lambda: False,
        is_said: Callable[[Delta], bool] = lambda _: True,
    ) -> None:
        """Take where labels go, and what is said to people of what an event tells.

        Args:
            places: of labels in the stream's events.
            label: as in `Signing`.
            signer: as in `Signing`.
            is_exempt: as in `Signing`.
            is_said: tells whether a text of an event is of what the assistant says to the person.
        """
        super().__init__(label, signer, is_exempt=is_exempt)
        self._places = places
        self._is_said = is_said

    def heard(self, channel: str, text: str) -> None:
        """Take note of an answer's text, unless each label is of its own event's."""
        if not self._places.own:
            super().heard(channel, text)

    def first(self, data: bytes, event: StreamEvent | None = None) -> bytes:
        """Return the stream's next bytes, with a label in the event that they end with."""
        if not data or event is None or event.data is None:
            return data
        places, tree = self._places, event.data
        last = places.is_last(tree, event.name)
        if not last and (self.begun or not places.is_first(tree, event.name)):
            return data
        self.begun = True
        if not last:
            value = self.unsigned()
        else:
            value = self.signed(self._own(data, event) if places.own else None)
            if places.own:
                self.correct(NO_WORDS)  # the next answer may need none
        return places.put(data, tree, value, last=last) if value else data

    def last(self, data: bytes = b"", end: bytes = b"") -> bytes:
        """Return the stream's last bytes, with the signed label in an event that ends it."""
        rest = data + end
        closing = self._places.closing(rest) if rest and self.begun else None
        value = self.signed("" if self._places.own else None) if closing is not None else b""
        if closing is None or not value:
            return rest
        head, tree, tail = closing
        return self._places.put(head, tree, value, last=True) + tail

    def _own(self, data: bytes, event: StreamEvent) -> str:
        """Return the hash of what an event tells once more, as it leaves; empty for nothing."""
        said = [one.place for one in event.deltas if self._is_said(one)]
        texts = self._places.told(data, said)
        return hash_of(texts) if texts else ""
