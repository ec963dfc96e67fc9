"""Where media stand in a text that a window sees, and what stands in their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrail.detect import TextDetector
from guardrail.errors import UpstreamError
from guardrail.facts import Finding
from guardrail.wire import Unit, spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A medium in a text, and what stands in its place."""

    run: str
    """Its characters."""
    given: int
    """How many of them came before, as a plain word."""
    new: str | None = None
    """What stands in their place; None where they stay."""
    units: Sequence[Unit] = ()
    """How the characters that weren't given are spelt, in a document's string."""

    @property
    def text(self) -> str:
        """What stands where the spot's own characters do."""
        return self.run[self.given :] if self.new is None else self.new

    @property
    def spelt(self) -> Sequence[Unit]:
        """The same as it is spelt in a document's string."""
        return self.units if self.new is None else [(self.new, spelling.quoted(self.new))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a medium stands in what a window sees, and what stands in its place."""

    start: int
    at: int
    """From where on something else stands there: what was given of a medium that stays, stays."""
    end: int
    put: Put


class Spots:
    """The media of one text that its window hasn't let go yet."""

    def __init__(self, detector: TextDetector) -> None:
        """Take what looks at the text."""
        self._sweeper = detector.sweeper
        self._spots: list[Spot] = []
        self._came = 0
        self._gone = 0

    def heard(self, text: str) -> None:
        """Take note of text that the window was given."""
        self._came += len(text)

    def given(self, put: Put) -> str:
        """Take note of a medium; return what the window is given of it.

        That is as much as verdicts on the text around it may rest on.

        Raises:
            UpstreamError: its beginning has left, as it came too slowly.
        """
        start = self._came - put.given
        if start < self._gone:
            raise UpstreamError("a picture came too slowly", code="upstream_nonsense")
        run, seen = put.run[put.given :], max(self._sweeper.reach, self._sweeper.sight)
        text = run if len(run) <= 2 * seen else run[:seen] + run[-seen:]
        self.heard(text)
        at = start if put.new is not None else self._came - len(text)
        self._spots.append(Spot(start=start, at=at, end=self._came, put=put))
        return text

    def outside(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return those of the findings in what leaves next that are of no medium's characters.

        These say nothing of anybody.
        """
        return [
            one
            for one in findings
            if not any(
                one.start + self._gone < spot.end and spot.start < one.end + self._gone
                for spot in self._spots
            )
        ]

    def leave(self, length: int) -> Iterator[tuple[int, int, Put | None]]:
        """Let go of the next characters; yield the stretches of them that are media's.

        What stands in a medium's place comes with the first of its stretches.
        """
        begun = self._gone
        self._gone += length
        spots, self._spots = self._spots, [one for one in self._spots if one.end > self._gone]
        for spot in spots:
            if spot.at < self._gone:
                put = spot.put if spot.at >= begun else None
                yield max(spot.at, begun) - begun, min(spot.end, self._gone) - begun, put
