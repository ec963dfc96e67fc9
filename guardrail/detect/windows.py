"""Streamed text, released as early as its verdicts are settled and never earlier.

However a text is cut into feeds, what is released and found is exactly what `TextDetector.find`
says of the whole. Only where a run of candidates outgrows the bound is the window settled by force:
then no complete finding is cut either, but a whole look might have weighed rivals differently.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.detect.text.detector import TextDetector
from guardrail.detect.text.normalise import fold
from guardrail.errors import ConfigError
from guardrail.facts import Finding

BOUND = 4096
"""Code points held back at most, invisible ones aside; ordinary prose holds back a word or two."""

_INVISIBLE = 8
"""Times the bound that held text may be long with its invisible characters. A value stuffed with
more of them is let go in parts; no reader would take it for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Text that may leave now."""

    text: str
    findings: tuple[Finding, ...]
    """By position in `text`; none goes beyond it."""
    forced: bool = False
    """Whether the bound, not the text, said what to release."""


class Window:
    """What is held back of one channel of a stream. Not for two threads at once."""

    def __init__(self, detector: TextDetector, *, bound: int = BOUND) -> None:
        """Take the detector and the bound in code points.

        Raises:
            ConfigError: `bound` is below what the longest finding needs.
        """
        least = detector.sweeper.reach
        if bound < least:
            raise ConfigError(f"a stream window needs at least {least} characters, not {bound}")
        self._detector = detector
        self._bound = bound
        self._held = ""
        self._tail = ""

    @property
    def held(self) -> int:
        """Code points held back."""
        return len(self._held)

    def feed(self, text: str, *, final: bool = False) -> Released:
        """Take the next piece, the last where `final`; return what may leave, maybe nothing."""
        self._held += text
        if not self._held:
            return Released(text="", findings=())
        view = fold(self._held)
        known = len(self._tail)
        swept = self._detector.sweeper.sweep(
            self._tail + view.text, known, final=final, bound=self._bound
        )
        settled = swept.settled - known
        cut = len(self._held) if settled == len(view.text) else view.origin(settled)
        forced = swept.forced
        if len(self._held) - cut > self._bound * _INVISIBLE:
            cut, settled, forced = len(self._held), len(view.text), True
        for result in swept.results:
            result.start -= known
            result.end -= known
        findings = tuple(self._detector.finding(result, view) for result in swept.results)
        released, self._held = self._held[:cut], self._held[cut:]
        self._tail = (self._tail + view.text[:settled])[-self._detector.sweeper.sight :]
        return Released(text=released, findings=findings, forced=forced)
