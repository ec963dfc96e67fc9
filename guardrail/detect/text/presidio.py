"""Presidio itself, imported without spaCy and without network use, by those who speak it.

Everything here that needs Presidio itself takes it from this module; what only looks at text takes
`framework`, and never comes here. No predefined recognizer is ever instantiated: the default
registry holds quadratic patterns, and its e-mail recognizer fetches the public suffix list from the
network.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from guardrail.detect.text import light
from guardrail.detect.text.absent import rebind, stood_in
from guardrail.detect.text.framework import LANGUAGE

with stood_in():
    from presidio_analyzer import (
        AnalysisExplanation,
        AnalyzerEngine,
        EntityRecognizer,
        Pattern,
        PatternRecognizer,
        RecognizerRegistry,
        RecognizerResult,
    )
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

__all__ = [
    "AnalysisExplanation",
    "AnalyzerEngine",
    "BlankNlpEngine",
    "EntityRecognizer",
    "NlpArtifacts",
    "Pattern",
    "PatternRecognizer",
    "RecognizerRegistry",
    "RecognizerResult",
    "load_spacy",
]

# From here on our light classes are Presidio's, and so is whatever was made of them before.
light.AnalysisExplanation.__bases__ = (AnalysisExplanation,)
light.RecognizerResult.__bases__ = (RecognizerResult,)
light.Pattern.__bases__ = (Pattern,)
light.PatternRecognizer.__bases__ = (PatternRecognizer,)


class BlankNlpEngine(NlpEngine):
    """An NLP engine that knows nothing about words: our recognizers need no artifacts.

    Presidio's own `NoOpNlpEngine` makes a spaCy vocabulary.
    """

    def load(self) -> None:
        """Do nothing."""

    def is_loaded(self) -> bool:
        """Return True: there is nothing to load."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:  # noqa: ARG002 - Presidio's
        """Return empty artifacts."""
        return NlpArtifacts(
            entities=[],
            tokens=[],  # type: ignore[arg-type]  # no words, so no document of spaCy's
            tokens_indices=[],
            lemmas=[],
            nlp_engine=self,
            language=language,
        )

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,  # noqa: ARG002 - Presidio's
        n_process: int = 1,  # noqa: ARG002 - Presidio's
        **_more: object,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield each text with empty artifacts."""
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 - Presidio's
        """Return False."""
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 - Presidio's
        """Return False."""
        return False

    def get_supported_entities(self) -> list[str]:
        """Return no entities."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the one pseudo-language."""
        return [LANGUAGE]


def load_spacy() -> int:
    """Import spaCy and hand it to Presidio's modules, for a tier that asks for it.

    Returns:
        How many names were bound anew; 0 where spaCy had been there from the start.
    """
    if "spacy" not in sys.modules:
        __import__("spacy")
    return rebind("presidio_analyzer")
