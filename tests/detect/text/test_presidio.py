from __future__ import annotations

import presidio_analyzer

from guardrail.detect.text import framework
from guardrail.detect.text.framework import LANGUAGE
from guardrail.detect.text.presidio import BlankNlpEngine
from guardrail.detect.text.recognizers.email import EmailRecognizer


def test_the_blank_engine_knows_no_words() -> None:
    engine = BlankNlpEngine()
    engine.load()
    assert engine.is_loaded()
    assert not engine.is_stopword("и", LANGUAGE)
    assert not engine.is_punct(",", LANGUAGE)
    assert engine.get_supported_entities() == []
    assert engine.get_supported_languages() == [LANGUAGE]
    ((text, artifacts),) = engine.process_batch(["текст"], LANGUAGE)
    assert text == "текст"
    assert artifacts.lemmas == []


def test_our_classes_are_presidios_from_then_on() -> None:
    recognizer = EmailRecognizer()
    assert isinstance(recognizer, presidio_analyzer.EntityRecognizer)
    assert isinstance(recognizer, presidio_analyzer.PatternRecognizer)
    recognizer.load()  # type: ignore[no-untyped-call]  # Presidio's isn't typed
    assert recognizer.country_code() is None
    assert recognizer.score_thresholds == {}
    assert recognizer.to_dict()["patterns"] == [
        {"name": "email_address", "score": 0.5, "regex": "@"}
    ]
    result = framework.RecognizerResult("A", 1, 5, 0.5)
    assert result.intersects(presidio_analyzer.RecognizerResult("A", 3, 9, 0.5)) == 2
    explanation = framework.AnalysisExplanation("r", 0.5)
    explanation.append_textual_explanation_line("why")
    theirs = presidio_analyzer.AnalysisExplanation("r", 0.5, textual_explanation="why")
    assert explanation.to_dict() == theirs.to_dict()
