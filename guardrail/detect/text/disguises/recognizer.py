"""What all recognizers of disguised values are: others run on what the text says in plain.

A disguise knows no entity. It turns a stretch of text into plain text with a way back, runs the
recognizers it was given on that, and hands on what they find, a little less sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import re2

from guardrail.detect.text.framework import AnalysisExplanation, RecognizerResult
from guardrail.detect.text.gate import Gate
from guardrail.detect.text.recognizer import TextRecognizer

if TYPE_CHECKING:
    from guardrail.detect.text.framework import NlpArtifacts

_LESS_SURE = 0.95
"""What a score is multiplied by: a plain reading of the same span wins."""


class Inner:
    """The recognizers that run on plain readings, behind a gate of their own."""

    def __init__(self, recognizers: Sequence[TextRecognizer]) -> None:
        """Take the recognizers; their gate is made when it is first needed."""
        self._recognizers = recognizers
        self.entities = sorted({name for one in recognizers for name in one.supported_entities})

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._recognizers)

    def find(self, text: str, start: int) -> Iterator[tuple[TextRecognizer, RecognizerResult]]:
        """Yield what is found in folded `text` from `start` on, and who found it."""
        for recognizer in self._gate.passed(self._gate.hits(text)):
            for found in recognizer.scan(text, start):
                yield recognizer, found


class DisguiseRecognizer(TextRecognizer):
    """A kind of disguise; what it hides are the entities of the recognizers inside."""

    ENTITY = "DISGUISE"
    HOW: ClassVar[str]
    """How the value was written, for the reason of a finding."""

    def __init__(self, inner: Inner) -> None:
        """Take the recognizers that judge what was hidden."""
        super().__init__()
        self.inner = inner
        self.supported_entities = list(inner.entities)

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's signature
        regex_flags: int | None = None,  # noqa: ARG002 - Presidio's signature
    ) -> list[RecognizerResult]:
        """Return the findings in `text` that are of `entities`, as Presidio calls for them."""
        return [one for one in self.scan(text, 0) if one.score and one.entity_type in entities]

    def is_signed(self, text: str) -> bool:
        """Tell whether `text`, a value and what stands before it, has all signs of the disguise.

        Else whether it is found would hang on what the gate sees elsewhere in the same piece.
        """
        return all(sign.search(text) for sign in self._signs)

    @cached_property
    def _signs(self) -> list[re.Pattern[str]]:
        return [re2.compile(trigger) for trigger in self.TRIGGERS]

    def disguised(self, found: RecognizerResult, span: tuple[int, int]) -> RecognizerResult:
        """Return what was `found` in plain as a finding at `span` of the text."""
        explanation = AnalysisExplanation(
            recognizer=self.name,
            original_score=found.score,
            pattern_name=self.patterns[0].name,
            pattern=self.PATTERN,
            textual_explanation=f"{reason_of(found)}, {self.HOW}",
        )
        return RecognizerResult(
            entity_type=found.entity_type,
            start=span[0],
            end=span[1],
            score=found.score * _LESS_SURE,
            analysis_explanation=explanation,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )


def reason_of(found: RecognizerResult) -> str:
    """Return the words that explain `found`."""
    reason: str = found.analysis_explanation.textual_explanation
    return reason
