"""Recognizers that know nothing of us, as other people publish them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from guardrail.detect import ForeignRecognizer, Options, TextDetector
from guardrail.detect.text.presidio import (
    EntityRecognizer,
    NlpArtifacts,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)
from guardrail.facts import Category


class Words(EntityRecognizer):
    """Finds what it was told to, right or wrong."""

    def __init__(self, *results: tuple[str, int, int, float]) -> None:
        self.told = results
        self.seen: list[str] = []
        self.loads = 0
        super().__init__(supported_entities=["THING", "HEALTH"], name="Words", version="3")

    def load(self) -> None:
        self.loads += 1

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        assert nlp_artifacts.lemmas == []
        self.seen.append(text)
        return [RecognizerResult(*one) for one in self.told]


def detector(*recognizers: EntityRecognizer, category: Category | None = None) -> TextDetector:
    custom = tuple(ForeignRecognizer(one, category=category) for one in recognizers)
    return TextDetector([], memo_key=b"foreign", options=Options(custom=custom))


def found(text: str, *recognizers: EntityRecognizer) -> list[tuple[str, str, float, str, str]]:
    return [
        (one.entity, text[one.start : one.end], round(one.score, 2), one.recognizer, one.reason)
        for one in detector(*recognizers).find(text)
    ]


def test_a_foreign_recognizer_gets_folded_text_and_its_findings_are_ours() -> None:
    theirs = Words(("THING", 0, 3, 0.7), ("HEALTH", 4, 6, 0.8))
    text = "\uff11\u200b\uff12\uff13 ab"
    assert found(text, theirs) == [
        ("THING", "\uff11\u200b\uff12\uff13", 0.7, "Words@3", "foreign"),
        ("HEALTH", "ab", 0.8, "Words@3", "foreign"),
    ]
    assert theirs.seen == ["123 ab"]
    assert theirs.loads == 1


def test_the_category_of_an_unknown_entity_can_be_said() -> None:
    theirs = Words(("THING", 0, 2, 0.7), ("HEALTH", 3, 5, 0.7))
    said = {one.entity: one.category for one in detector(theirs).find("ab cd")}
    assert said == {"THING": Category.PERSONAL, "HEALTH": Category.SPECIAL}
    (one, _) = detector(theirs, category=Category.SECRET).find("ab cd")
    assert one.category is Category.SECRET


def test_one_that_isnt_loaded_yet_is_loaded() -> None:
    theirs = Words(("THING", 0, 2, 0.7))
    theirs.is_loaded = False
    assert found("ab", theirs)
    assert (theirs.loads, theirs.is_loaded) == (2, True)


@pytest.mark.parametrize(
    "wrong",
    [
        ("THING", -1, 2, 0.9),
        ("THING", 2, 2, 0.9),
        ("THING", 3, 2, 0.9),
        ("THING", 0, 99, 0.9),
        ("OTHER", 0, 2, 0.9),
        ("THING", 0, 2, float("nan")),
        ("THING", 0, 2, -0.9),
    ],
)
def test_nonsense_is_passed_over(wrong: tuple[str, int, int, float]) -> None:
    assert found("ab cd", Words(wrong)) == []


def test_a_score_beyond_one_is_one() -> None:
    assert [score for *_, score, _, _ in found("ab", Words(("THING", 0, 2, 1.7)))] == [1.0]


def test_context_words_count_before_a_finding() -> None:
    theirs = PatternRecognizer(
        supported_entity="THING",
        name="Th",
        patterns=[Pattern(name="p", regex=r"\d{4}", score=0.3)],
        context=["шкаф"],
    )
    assert found("шкафа 1234", theirs) == [("THING", "1234", 0.65, "Th@0.0.1", "foreign, context")]
    assert found("1234 в шкафу", theirs) == []


def test_the_pattern_of_a_pattern_recognizer_is_told() -> None:
    theirs = PatternRecognizer(
        supported_entity="THING", patterns=[Pattern(name="four", regex=r"\d{4}", score=0.8)]
    )
    ((result, _),) = detector(theirs).results("1234")
    assert result.analysis_explanation.pattern_name == "four"
    assert result.analysis_explanation.pattern == r"\d{4}"


def test_one_that_finds_nothing_may_say_so_by_none() -> None:
    class Silent(Words):
        def analyze(
            self, text: str, entities: Sequence[str], nlp_artifacts: NlpArtifacts
        ) -> list[RecognizerResult]:
            return None  # type: ignore[return-value]  # as some do

    assert found("ab", Silent()) == []


def test_a_long_text_comes_in_pieces_and_nothing_short_is_lost_between() -> None:
    theirs = PatternRecognizer(
        supported_entity="THING", patterns=[Pattern(name="p", regex=r"x[- ]\d{4}", score=0.8)]
    )
    text = "слово x-1234 и " * 1_500
    assert len(found(text, theirs)) == 1_500
    seen = Words()
    found(text, seen)
    assert 1 < len(seen.seen) < 10
