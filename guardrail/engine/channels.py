"""The channels of a streamed reply: what each kind holds back, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardrail.detect import Released, TextDetector, Window
from guardrail.enforce import Restorer
from guardrail.engine.documents import (
    LOOKED_BACK,
    Border,
    Channel,
    Document,
    Prompt,
    Value,
    Weigh,
    segment_of,
    stands_across,
)
from guardrail.engine.edits import apply_edits
from guardrail.engine.spots import Put, Spots
from guardrail.errors import UpstreamError
from guardrail.facts import Author, Edit, Kind
from guardrail.wire import Delta


def is_running(delta: Delta) -> bool:
    """Tell whether a delta is running text, which may be held back anywhere."""
    return not (delta.json or delta.kind is Kind.NAME or delta.author is Author.UNKNOWN)


def channel_for(
    delta: Delta, detector: TextDetector, issued: Mapping[str, str], bound: int
) -> Channel:
    """Return the channel that fits a delta's content."""
    if delta.json:
        restorer = Restorer(issued)
        return Document(
            delta,
            lambda: Value(delta, detector, bound, restorer),
            lambda: Running(delta, detector, issued, bound),
            detector,
        )
    if not is_running(delta):
        return Whole(delta, detector, issued)
    return Running(delta, detector, issued, bound)


class Running:
    """Running text: held back while its end could still become a finding.

    Behind text that was let go before its end was seen, a value that began in it can't be hidden
    any more: unless it is allowed, it ends the stream.
    """

    def __init__(
        self, delta: Delta, detector: TextDetector, issued: Mapping[str, str], bound: int
    ) -> None:
        """Take a first delta, what looks at text, pseudonyms to restore, and the window's bound."""
        self._delta = delta
        self._detector = detector
        self._window = Window(detector, bound=bound)
        self._restorer = Restorer(issued)
        self._border: Border | None = None
        self._spots = Spots(detector)
        self.forced = 0

    @property
    def waiting(self) -> bool:
        """Whether text that could be let go is held back."""
        return bool(self._window.held)

    def take(self, parts: Sequence[str | Put], *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now of text that has media in it.

        Raises:
            UpstreamError: the beginning of one has left, as it came too slowly.
        """
        text = ""
        for part in parts:
            if isinstance(part, str):
                self._spots.heard(part)
                text += part
            else:
                text += self._spots.given(part)
        return self._fed(text, final=final, weigh=weigh)

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now; with `final`, all that is left."""
        self._spots.heard(text)
        return self._fed(text, final=final, weigh=weigh)

    def _fed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        if self._border is not None and self._border.is_crossed(text, weigh):
            raise UpstreamError("a value came too slowly to be hidden", code="upstream_nonsense")
        released = self._window.feed(text, final=final)
        self.forced += released.forced
        return self._restorer.feed(self._said(released, weigh), final=final)

    def let_go(self, weigh: Weigh) -> str:
        """Return the text that is `waiting`, though its end hasn't been seen."""
        released = self._window.feed("", final=True)
        before = self._border
        # What is let go now has followed the border before it, if that is near.
        left = released.text if before is None or before.is_passed else before.text
        self._border = Border(self._delta, self._detector, left)
        return self._restorer.feed(self._said(released, weigh), final=False)

    def _said(self, released: Released, weigh: Weigh) -> str:
        said, found = released.text, self._spots.outside(released.findings)
        edits = [*weigh([segment_of(self._delta, said)], found)] if found else []
        for start, end, put in self._spots.leave(len(said)):
            edits.append(Edit(segment=0, start=start, end=end, text=put.text if put else ""))
        return apply_edits(said, edits)


class Whole(Prompt):
    """A value that should come in one piece, as a tool's name: examined where it stands.

    Holding it back would break ids that are repeated in each event. So a finding that comes in
    pieces all the same can't be hidden any more, and unless it is allowed it ends the stream.
    """

    def __init__(self, delta: Delta, detector: TextDetector, issued: Mapping[str, str]) -> None:
        """Take a first delta, what looks at text, and the pseudonyms to restore."""
        self._delta = delta
        self._detector = detector
        self._restorer = Restorer(issued)
        self._before = ""
        self._clean = ("", "")
        self.forced = 0

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:  # noqa: ARG002 - it has no end
        """Return the text as it may leave."""
        if not text:
            return ""
        self._look_across(text, weigh)
        findings = self._detector.find(text)
        if findings:
            text = apply_edits(text, weigh([segment_of(self._delta, text)], findings))
        return self._restorer.restore(text)

    def _look_across(self, text: str, weigh: Weigh) -> None:
        before, self._before = self._before, (self._before + text)[-LOOKED_BACK:]
        # An id that every event repeats soon stands behind nothing but itself.
        if not before or (before, text) == self._clean:
            return
        if stands_across(self._delta, self._detector, before, text, weigh):
            raise UpstreamError(
                "a value came in pieces where text isn't expected", code="upstream_nonsense"
            )
        self._clean = (before, text)
