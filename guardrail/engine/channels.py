"""The channels of a streamed reply: what each kind holds back, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from guardrail.detect import TextDetector, Window
from guardrail.enforce import Restorer
from guardrail.engine.edits import apply_edits, edited
from guardrail.errors import UpstreamError
from guardrail.facts import Author, Edit, Finding, Kind, Segment
from guardrail.wire import Delta, patch_document, read_document

MAX_DOCUMENT_CHARS = 256 << 10
"""Tool-call arguments wait for their end, up to this."""

Weigh = Callable[[Sequence[Segment], Sequence[Finding]], Sequence[Edit]]
"""Weighs findings by consent and law, and returns the edits; ends the stream for a refusal."""


class Channel(Protocol):
    """Takes a channel's text as it arrives and gives what may leave."""

    forced: int
    """How often the bound on held text was reached."""

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now; with `final`, all that is left."""
        ...


def channel_for(
    delta: Delta, detector: TextDetector, issued: Mapping[str, str], bound: int
) -> Channel:
    """Return the channel that fits a delta's content."""
    if delta.json:
        return _Document(delta, detector, issued)
    if delta.kind is Kind.NAME or delta.author is Author.UNKNOWN:
        return _Whole(delta, detector, issued, bound)
    return _Text(delta, detector, issued, bound)


class _Text:
    """Running text: held back while its end could still become a finding."""

    def __init__(
        self, delta: Delta, detector: TextDetector, issued: Mapping[str, str], bound: int
    ) -> None:
        self._delta = delta
        self._window = Window(detector, bound=bound)
        self._restorer = Restorer(issued)
        self.forced = 0

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        released = self._window.feed(text, final=final)
        self.forced += released.forced
        said = released.text
        if released.findings:
            said = apply_edits(said, weigh([_segment(self._delta, said)], released.findings))
        return self._restorer.feed(said, final=final)


class _Whole:
    """A value that should come in one piece, as a tool's name: examined where it stands.

    Holding it back would break ids that are repeated in each event. So a finding that comes in
    pieces all the same can't be hidden any more, and unless it is allowed it ends the stream.
    """

    def __init__(
        self, delta: Delta, detector: TextDetector, issued: Mapping[str, str], bound: int
    ) -> None:
        self._delta = delta
        self._detector = detector
        self._restorer = Restorer(issued)
        self._bound = bound
        self._before = ""
        self.forced = 0

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:  # noqa: ARG002 - it has no end
        if not text:
            return ""
        self._look_across(text, weigh)
        findings = self._detector.find(text)
        if findings:
            text = apply_edits(text, weigh([_segment(self._delta, text)], findings))
        return self._restorer.restore(text)

    def _look_across(self, text: str, weigh: Weigh) -> None:
        known, joined = len(self._before), self._before + text
        self._before = joined[-self._bound :]
        across = [
            finding
            for finding in (self._detector.find(joined) if known else ())
            if finding.start < known < finding.end
        ]
        if across and weigh([_segment(self._delta, joined)], across):
            raise UpstreamError(
                "a value came in pieces where text isn't expected", code="upstream_nonsense"
            )


class _Document:
    """A JSON document in pieces: it waits for its end, and is examined string by string."""

    def __init__(self, delta: Delta, detector: TextDetector, issued: Mapping[str, str]) -> None:
        self._delta = delta
        self._detector = detector
        self._restorer = Restorer(issued)
        self._pieces: list[str] = []
        self._waiting = 0
        self.forced = 0

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        self._pieces.append(text)
        self._waiting += len(text)
        if self._waiting > MAX_DOCUMENT_CHARS:
            raise UpstreamError(
                f"a tool call's arguments are longer than {MAX_DOCUMENT_CHARS} characters",
                code="upstream_too_large",
            )
        if not final:
            return ""
        whole = "".join(self._pieces)
        self._pieces.clear()
        segments = read_document(whole, author=self._delta.author, kind=self._delta.kind)
        findings = self._detector.examine(segments)
        texts = edited(segments, weigh(segments, findings) if findings else ())
        for index, segment in enumerate(segments):
            text = texts.get(index, segment.text)
            if (restored := self._restorer.restore(text)) != segment.text:
                texts[index] = restored
        return patch_document(whole, segments, texts) if texts else whole


def _segment(delta: Delta, text: str) -> Segment:
    return Segment(place=delta.place, text=text, author=delta.author, kind=delta.kind)
