"""The text detector: Presidio's recognizers, run only where they could find something."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from guardrail.detect.entities import ENTITIES
from guardrail.detect.text.framework import AnalyzerEngine, RecognizerResult, registry
from guardrail.detect.text.framework import analyzer_engine as engine_over
from guardrail.detect.text.memo import Memo
from guardrail.detect.text.normalise import View, fold
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers import RECOGNIZERS
from guardrail.detect.text.sweep import Sweeper
from guardrail.facts import Finding, Segment

_MEMO_LENGTH = 64 * 1024
"""Code points of a text beyond which its findings aren't remembered: it won't come often."""


class TextDetector:
    """Finds personal data in text. Build one, share it between threads."""

    def __init__(self, recognizers: Sequence[TextRecognizer], *, memo_key: bytes) -> None:
        """Take the recognizers and the key that digests of remembered texts are made with."""
        self.registry = registry(recognizers)
        """Presidio's registry of the recognizers."""
        self.sweeper = Sweeper(recognizers)
        self.entities = frozenset(
            entity for one in recognizers for entity in one.supported_entities
        )
        names = "\n".join(sorted(one.label for one in recognizers))
        self.digest = hashlib.sha256(names.encode()).hexdigest()
        """SHA-256 over the names and versions of the recognizers."""
        self._labels = {one.name: one.label for one in recognizers}
        self._memo: Memo[tuple[Finding, ...]] = Memo()
        self._key = memo_key

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return the findings in `text` as of segment 0, by position, without overlaps."""
        hits = self.sweeper.gate.hits(text)
        if not hits:
            return ()
        view = fold(text) if 0 in hits else View(text=text)
        swept = self.sweeper.sweep(view.text, 0, final=True)
        return tuple(self.finding(result, view) for result in swept.results)

    def examine(self, segments: Sequence[Segment]) -> tuple[Finding, ...]:
        """Return the findings in `segments`, in order; texts seen before are free."""
        return tuple(
            found if number == 0 else replace(found, segment=number)
            for number, segment in enumerate(segments)
            for found in self._remembered(segment.text)
        )

    def finding(self, result: RecognizerResult, view: View) -> Finding:
        """Return `result`, found in `view`, with offsets of the view's original."""
        start, end = view.span(result.start, result.end)
        explanation = result.analysis_explanation
        return Finding(
            segment=0,
            start=start,
            end=end,
            entity=result.entity_type,
            category=ENTITIES[result.entity_type].category,
            score=result.score,
            recognizer=self._labels[explanation.recognizer],
            reason=explanation.textual_explanation,
        )

    def analyzer_engine(self) -> AnalyzerEngine:
        """Return a Presidio engine over the same recognizers, for code that speaks Presidio."""
        return engine_over(self.registry)

    def _remembered(self, text: str) -> tuple[Finding, ...]:
        if not text:
            return ()
        if len(text) > _MEMO_LENGTH:
            return self.find(text)
        encoded = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(encoded, key=self._key, digest_size=16).digest()
        found = self._memo.get(digest)
        if found is None:
            found = self.find(text)
            self._memo.put(digest, found)
        return found


def text_detector(*, memo_key: bytes) -> TextDetector:
    """Return a detector with every recognizer there is.

    Args:
        memo_key: up to 64 secret bytes, so that nobody who sees a memory dump can test guesses
            against the digests of remembered texts.
    """
    return TextDetector([recognizer() for recognizer in RECOGNIZERS], memo_key=memo_key)
