"""Our detector as a Presidio `AnalyzerEngine`, for code that speaks Presidio."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from guardrail.detect.text.foreign import ForeignRecognizer
from guardrail.detect.text.framework import LANGUAGE
from guardrail.detect.text.options import ALL, Options
from guardrail.detect.text.presidio import (
    AnalyzerEngine,
    BlankNlpEngine,
    EntityRecognizer,
    NlpArtifacts,
    RecognizerRegistry,
    RecognizerResult,
)
from guardrail.detect.text.profiles import REGEX
from guardrail.detect.text.recognizer import TextRecognizer

if TYPE_CHECKING:
    from guardrail.detect.text.detector import TextDetector

LANGUAGES = ("kk", "ru", "en", LANGUAGE)
"""What `language` may be. It matters for foreign recognizers only: ours look at every text."""


class Analyzer(AnalyzerEngine):
    """Presidio's engine over our fast path: normalisation, gate and resolution.

    Results don't overlap, and a score below 0.5 is no finding unless `score_threshold` says so.
    `registry` takes and gives up recognizers, as Presidio's does.
    """

    def __init__(self, detector: TextDetector) -> None:
        """Take the detector whose recognizers are the first ones in the registry."""
        held = RecognizerRegistry(
            recognizers=list(detector.recognizers), supported_languages=list(LANGUAGES)
        )
        super().__init__(
            registry=held, nlp_engine=BlankNlpEngine(), supported_languages=list(LANGUAGES)
        )
        self._detector = detector
        self._adapters: dict[str, ForeignRecognizer] = {}

    def get_recognizers(self, language: str | None = None) -> list[EntityRecognizer]:
        """Return the recognizers that look at texts of a language; of any where None."""
        return [one for one in self.registry.recognizers if _speaks(one, language or LANGUAGE)]

    def get_supported_entities(self, language: str | None = None) -> list[str]:
        """Return what can be found in texts of a language, sorted."""
        speakers = self.get_recognizers(language)
        found = {name for one in speakers for name in one.supported_entities}
        hidden = self._detector.known - self._detector.entities
        return sorted(found - hidden)

    def analyze(  # noqa: PLR0913, PLR0917 - Presidio's signature
        self,
        text: str,
        language: str,
        entities: list[str] | None = None,
        correlation_id: str | None = None,  # noqa: ARG002 - Presidio's, for its own traces
        score_threshold: float | None = None,
        return_decision_process: bool | None = False,  # noqa: FBT001, FBT002 - Presidio's
        ad_hoc_recognizers: list[EntityRecognizer] | None = None,
        context: list[str] | None = None,  # noqa: ARG002 - only what stands in the text counts
        allow_list: list[str] | None = None,
        allow_list_match: str | None = "exact",
        regex_flags: int | None = None,  # noqa: ARG002 - expressions are RE2's, case doesn't count
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - nobody here needs any
    ) -> list[RecognizerResult]:
        """Return what is in `text`, the surest first; see Presidio's own for the arguments.

        Raises:
            ValueError: an unknown language, or nothing finds any of `entities`.
        """
        if language not in LANGUAGES:
            raise ValueError(f"no recognizers for {language!r}: use {', '.join(LANGUAGES)}")
        guests = self._guests(language, ad_hoc_recognizers or ())
        options = self._options(score_threshold, allow_list or (), allow_list_match)
        if entities:
            known = {*self.get_supported_entities(language)}
            known.update(name for one in guests for name in one.supported_entities)
            if not (only := known.intersection(entities)):
                raise ValueError("No matching recognizers were found to serve the request.")
            options = replace(options, only=frozenset(only))
        detector = self._detector.but(options, guests=guests, muted=self._removed())
        results = []
        for result, view in detector.results(text):
            result.start, result.end = view.span(result.start, result.end)
            if not return_decision_process:
                result.analysis_explanation = None  # type: ignore[assignment]  # as Presidio does
            results.append(result)
        return sorted(results, key=lambda one: (-one.score, one.start))

    def _options(self, threshold: float | None, allow: Sequence[str], match: str | None) -> Options:
        options = self._detector.options
        if threshold is not None:
            # As in Presidio it stands above whatever else is said of scores.
            least = max(threshold, 1e-9)
            said = {ALL, *options.thresholds, *self._detector.choice.thresholds}
            options = replace(options, thresholds=dict.fromkeys(said, least))
        if allow and match == "regex":
            # Presidio searches, allowed values here are matched whole.
            allow = [rf"{REGEX}(?s:.*(?:{one}).*)" for one in allow]
        return replace(options, allow=(*options.allow, *allow)) if allow else options

    def _guests(
        self, language: str, more: Iterable[EntityRecognizer]
    ) -> tuple[TextRecognizer, ...]:
        own = frozenset(self._detector.recognizers)
        foreign = (one for one in (*self.registry.recognizers, *more) if one not in own)
        return tuple(self._adapted(one) for one in foreign if _speaks(one, language))

    def _adapted(self, recognizer: EntityRecognizer) -> TextRecognizer:
        if isinstance(recognizer, TextRecognizer):
            return recognizer
        known = self._adapters.get(recognizer.id)
        if known is None or known.recognizer is not recognizer:
            known = self._adapters[recognizer.id] = ForeignRecognizer(recognizer)
        return known

    def _removed(self) -> frozenset[str]:
        held = {one.name for one in self.registry.recognizers}  # type: ignore[has-type]  # untyped
        return frozenset(one.name for one in self._detector.recognizers) - held


def _speaks(recognizer: EntityRecognizer, language: str) -> bool:
    theirs = recognizer.supported_language
    return LANGUAGE in {theirs, language} or theirs == language
