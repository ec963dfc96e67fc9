from __future__ import annotations

from guardrail.detect import TextDetector
from guardrail.detect.text.framework import LANGUAGE, AnalyzerEngine, BlankNlpEngine


def test_a_genuine_presidio_engine_runs_over_the_same_registry(detector: TextDetector) -> None:
    engine = detector.analyzer_engine()
    assert isinstance(engine, AnalyzerEngine)
    results = engine.analyze(
        "Пишите на ivan@mail.ru", language=LANGUAGE, return_decision_process=True
    )
    assert [(one.entity_type, one.start, one.end) for one in results] == [("EMAIL_ADDRESS", 10, 22)]
    assert results[0].analysis_explanation.recognizer == "EmailRecognizer"
    assert set(engine.get_supported_entities(LANGUAGE)) == detector.entities


def test_presidio_asks_for_some_entities_only(detector: TextDetector) -> None:
    engine = detector.analyzer_engine()
    text = "ivan@mail.ru, +7 701 123 45 67"
    assert len(engine.analyze(text, language=LANGUAGE)) == 2
    (one,) = engine.analyze(text, language=LANGUAGE, entities=["PHONE_NUMBER"])
    assert one.entity_type == "PHONE_NUMBER"


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
