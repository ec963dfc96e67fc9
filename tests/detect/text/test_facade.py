from __future__ import annotations

from collections.abc import Callable

import pytest
from presidio_analyzer import BatchAnalyzerEngine
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig

from guardrail.detect import Options, TextDetector
from guardrail.detect.text.facade import LANGUAGES
from guardrail.detect.text.presidio import (
    AnalyzerEngine,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)
from guardrail.detect.text.recognizers.bank import CardRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer

MAIL = "Пишите на ivan@mail.ru"


def spans(results: list[RecognizerResult]) -> list[tuple[str, int, int]]:
    return [(one.entity_type, one.start, one.end) for one in results]


def badge(language: str = "en", name: str = "Badge") -> PatternRecognizer:
    return PatternRecognizer(
        supported_entity="BADGE",
        supported_language=language,
        name=name,
        patterns=[Pattern(name="badge", regex=r"\bQ-\d{3}\b", score=0.6)],
    )


@pytest.fixture
def detector() -> TextDetector:
    kinds = EmailRecognizer, PhoneRecognizer, KzIinRecognizer, PersonRecognizer
    return TextDetector([kind() for kind in kinds], memo_key=b"facade")


@pytest.fixture
def engine(detector: TextDetector) -> AnalyzerEngine:
    return detector.analyzer_engine()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_an_analyzer_engine_for_every_language_of_ours(
    engine: AnalyzerEngine, language: str
) -> None:
    assert isinstance(engine, AnalyzerEngine)
    assert spans(engine.analyze(MAIL, language)) == [("EMAIL_ADDRESS", 10, 22)]
    assert "KZ_IIN" in engine.get_supported_entities(language)


def test_it_looks_as_the_detector_does(
    engine: AnalyzerEngine, detector: TextDetector, iin: Callable[[], str]
) -> None:
    text = f"👩 ЖСН\u00a0{iin()}, И\u200bван Петрович, \uff0b7 701 123 45 67, a@b.kz" * 5
    results = engine.analyze(text, language="ru")
    found = {(one.entity, one.start, one.end) for one in detector.find(text)}
    assert set(spans(results)) == found
    assert [one.score for one in results] == sorted((one.score for one in results), reverse=True)


def test_an_unknown_language_or_nothing_to_look_for_is_a_value_error(
    engine: AnalyzerEngine,
) -> None:
    with pytest.raises(ValueError, match="no recognizers for 'de'"):
        engine.analyze(MAIL, "de")
    with pytest.raises(ValueError, match="No matching recognizers"):
        engine.analyze(MAIL, "ru", entities=["KZ_INN"])


def test_some_entities_can_be_asked_for(engine: AnalyzerEngine) -> None:
    text = f"{MAIL}, +7 701 123 45 67"
    assert len(engine.analyze(text, "ru")) == 2
    (one,) = engine.analyze(text, "ru", entities=["PHONE_NUMBER", "NOTHING"])
    assert one.entity_type == "PHONE_NUMBER"
    assert len(engine.analyze(text, "ru", entities=[])) == 2


def test_a_score_threshold_stands_above_all_others(engine: AnalyzerEngine) -> None:
    assert engine.analyze(MAIL, "ru", score_threshold=0.96) == []
    assert len(engine.analyze(MAIL, "ru", score_threshold=0.9)) == 1
    picky = TextDetector(
        [EmailRecognizer()], memo_key=b"", options=Options(thresholds={"EMAIL_ADDRESS": 0.99})
    )
    assert picky.analyzer_engine().analyze(MAIL, "ru") == []
    assert len(picky.analyzer_engine().analyze(MAIL, "ru", score_threshold=0)) == 1


def test_allowed_values_are_left_out_exactly_or_by_expression(engine: AnalyzerEngine) -> None:
    def allowed(*values: str, match: str = "exact") -> bool:
        return not engine.analyze(MAIL, "ru", allow_list=[*values], allow_list_match=match)

    assert allowed("IVAN@mail.ru")
    assert not allowed("mail.ru")
    assert allowed("@mail", match="regex")
    assert allowed("x", "^ivan", match="regex")
    assert not allowed("^mail", match="regex")


def test_the_decision_process_is_told_when_asked_for(engine: AnalyzerEngine) -> None:
    (plain,) = engine.analyze(MAIL, "ru")
    assert plain.to_dict()["analysis_explanation"] is None
    (told,) = engine.analyze(MAIL, "ru", return_decision_process=True)
    assert told.analysis_explanation.recognizer == "EmailRecognizer"


def test_third_party_recognizers_plug_in_and_out(engine: AnalyzerEngine) -> None:
    text = f"{MAIL}, Q-123"
    engine.registry.add_recognizer(badge())
    assert spans(engine.analyze(text, "en"))[1:] == [("BADGE", 24, 29)]
    assert spans(engine.analyze(text, "xx"))[1:] == [("BADGE", 24, 29)]
    assert len(engine.analyze(text, "ru")) == 1
    assert spans(engine.analyze(text, "en", entities=["BADGE"])) == [("BADGE", 24, 29)]
    assert "BADGE" in engine.get_supported_entities("en")
    assert "BADGE" not in engine.get_supported_entities("ru")
    engine.registry.remove_recognizer("Badge")
    assert len(engine.analyze(text, "en")) == 1


def test_recognizers_of_ours_can_be_taken_out_as_well(engine: AnalyzerEngine) -> None:
    engine.registry.remove_recognizer("EmailRecognizer")
    assert engine.analyze(MAIL, "ru") == []
    assert "EMAIL_ADDRESS" not in engine.get_supported_entities("ru")


def test_recognizers_for_one_text_only_plug_in_too(engine: AnalyzerEngine) -> None:
    text = "Q-123"
    assert spans(engine.analyze(text, "kk", ad_hoc_recognizers=[badge("kk")])) == [("BADGE", 0, 5)]
    assert engine.analyze(text, "kk") == []


def test_recognizers_of_our_own_kind_plug_in_as_they_are(engine: AnalyzerEngine) -> None:
    engine.registry.add_recognizer(CardRecognizer())
    assert spans(engine.analyze("4111111111111111", "ru")) == [("CREDIT_CARD", 0, 16)]
    assert "CREDIT_CARD" in engine.get_supported_entities("kk")


def test_overlapping_findings_are_resolved_with_foreign_ones_too(engine: AnalyzerEngine) -> None:
    theirs = PatternRecognizer(
        supported_entity="ANY",
        supported_language="ru",
        patterns=[Pattern(name="any", regex=r"ivan", score=0.6)],
    )
    engine.registry.add_recognizer(theirs)
    assert spans(engine.analyze(MAIL, "ru")) == [("EMAIL_ADDRESS", 10, 22)]


def test_two_of_one_name_are_told_apart_by_the_text_not_by_us(engine: AnalyzerEngine) -> None:
    engine.registry.add_recognizer(badge("en"))
    engine.registry.add_recognizer(badge("kk"))
    assert len(engine.analyze("Q-123", "xx")) == 1
    assert len(engine.get_recognizers("xx")) == len(engine.get_recognizers("kk")) + 1


def test_presidios_anonymizer_and_batches_take_what_it_gives(engine: AnalyzerEngine) -> None:
    text = f"👩 {MAIL} и +7 701 123 45 67."
    operators = {"DEFAULT": OperatorConfig("replace", {"new_value": "…"})}
    anonymizer = AnonymizerEngine()  # type: ignore[no-untyped-call]  # Presidio's isn't typed
    made = anonymizer.anonymize(
        text,
        engine.analyze(text, "ru"),  # type: ignore[arg-type]  # each has a result of its own
        operators,
    )
    assert made.text == "👩 Пишите на … и …."
    batches = BatchAnalyzerEngine(analyzer_engine=engine)
    assert [len(one) for one in batches.analyze_iterator([MAIL, "ничего"], "ru")] == [1, 0]
