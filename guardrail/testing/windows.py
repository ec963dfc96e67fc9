"""What a stream finds, to be compared with what the whole text says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from guardrail.detect import TextDetector, Window
from guardrail.facts import Finding


class Span(NamedTuple):
    """A finding, as far as both ways must agree on it."""

    start: int
    end: int
    entity: str
    score: float
    reason: str


def spans(findings: Iterable[Finding], behind: int = 0) -> list[Span]:
    """Return findings as spans; `behind` code points stand before what they are counted in."""
    return [
        Span(one.start + behind, one.end + behind, one.entity, one.score, one.reason)
        for one in findings
    ]


def streamed(detector: TextDetector, feeds: Iterable[str]) -> tuple[str, list[Span]]:
    """Return the text that leaves a window when it is fed so, and what was found in it.

    To be compared with the text itself, and ``spans(detector.find(text))``.
    """
    window = Window(detector)
    text, found = "", list[Span]()
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        found += spans(released.findings, len(text))
        text += released.text
    return text, found
