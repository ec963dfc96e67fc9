"""Third-party Presidio recognizers among ours: they still plug in, under bounds of ours.

A foreign recognizer promises nothing. So it runs on every text, and gets folded text: a whole one
up to some 8,000 code points at once, a longer one in pieces of that, of a stream what has come and
isn't settled. Findings up to `LONGEST` code points that look no further than `LOOK_BEHIND` before
them are the same in a stream as in the whole; what needs more of a text is better kept to whole
messages. Its cost is its own: bounds on time are for recognizers of ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from guardrail.detect.text.custom import context_of, with_context
from guardrail.detect.text.framework import (
    CATEGORY,
    LANGUAGE,
    AnalysisExplanation,
    RecognizerResult,
)
from guardrail.detect.text.presidio import BlankNlpEngine, EntityRecognizer
from guardrail.detect.text.recognizer import TextRecognizer, said
from guardrail.facts import Category

LONGEST = 128
"""Code points of a stream that wait for a foreign finding to be complete."""

_NLP = BlankNlpEngine()


class ForeignRecognizer(TextRecognizer):
    """Any `presidio_analyzer.EntityRecognizer`, adapted.

    It gets artifacts without words: one that needs spaCy's brings its own pipeline. Its context
    words count where they stand before a finding, as for all recognizers here.
    """

    ENTITY = "FOREIGN"
    PATTERN = r"\S"
    TRIGGERS = (r"[\pL\pN]",)
    BACKWARD = rf"[\s\S]{{1,{LONGEST}}}"
    LONGEST = LONGEST

    def __init__(self, recognizer: EntityRecognizer, *, category: Category | None = None) -> None:
        """Take the recognizer, and the category of its entities that aren't ours."""
        super().__init__()
        self.recognizer = recognizer
        if not recognizer.is_loaded:
            recognizer.load()
            recognizer.is_loaded = True
        self.name = recognizer.name  # type: ignore[has-type]  # of an untyped library
        self.version = recognizer.version
        self.supported_entities = list(recognizer.supported_entities)
        self.supported_language = recognizer.supported_language
        self._category = category
        self._context = context_of(recognizer.context or ())

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield findings that start at `start` or later; what stands before is only looked at."""
        artifacts = _NLP.process_text(text, LANGUAGE)
        found = self.recognizer.analyze(text, self.supported_entities, artifacts) or ()
        for one in found:
            if one.entity_type in self.supported_entities and start <= one.start < one.end:
                score = float(one.score)
                if one.end <= len(text) and not math.isnan(score):
                    yield self._adapted(one, text, min(1.0, score))

    def _adapted(self, found: RecognizerResult, text: str, score: float) -> RecognizerResult:
        reason = "foreign"
        if self._context is not None and said(self._context, text, found.start):
            score, reason = with_context(score), "foreign, context"
        theirs = found.analysis_explanation
        explanation = AnalysisExplanation(
            recognizer=self.name,
            original_score=score,
            pattern_name=getattr(theirs, "pattern_name", None) or self.name,
            pattern=getattr(theirs, "pattern", None) or "",
            textual_explanation=reason,
        )
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.recognizer.id,
        }
        if self._category is not None:
            metadata[CATEGORY] = self._category.value
        return RecognizerResult(
            entity_type=found.entity_type,
            start=found.start,
            end=found.end,
            score=score,
            analysis_explanation=explanation,
            recognition_metadata=metadata,
        )
