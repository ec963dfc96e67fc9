"""What recognizers are made of: Presidio's classes, as far as looking at text takes them.

To type checkers, and to whoever has Presidio loaded, they are Presidio's own; until then they are
light ones of the same make.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from presidio_analyzer import (
        AnalysisExplanation,
        Pattern,
        PatternRecognizer,
        RecognizerResult,
    )
    from presidio_analyzer.nlp_engine import NlpArtifacts
else:
    from guardrail.detect.text.light import (
        AnalysisExplanation,
        Pattern,
        PatternRecognizer,
        RecognizerResult,
    )

__all__ = [
    "CATEGORY",
    "LANGUAGE",
    "AnalysisExplanation",
    "NlpArtifacts",
    "Pattern",
    "PatternRecognizer",
    "RecognizerResult",
    "join_presidio",
]

LANGUAGE = "xx"
"""The one language all recognizers are registered under: messages mix kk, ru and en, and Presidio
takes one language a call. ``xx`` is spaCy's own code for "several"."""

CATEGORY = "category"
"""Key of a result's metadata that says which part of the law protects an entity that isn't ours."""


def join_presidio() -> None:
    """Make our recognizers and their results Presidio's, if somebody here has it loaded."""
    if "presidio_analyzer" in sys.modules:
        import_module("guardrail.detect.text.presidio")
