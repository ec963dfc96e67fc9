from __future__ import annotations

import pytest

from guardrail.detect.text.light import AnalysisExplanation, Pattern, RecognizerResult
from guardrail.detect.text.recognizers.us import UsSsnRecognizer


def test_a_pattern_of_ours_isnt_compiled_to_be_told() -> None:
    assert Pattern(name="p", regex="(", score=0.5).regex == "("
    with pytest.raises(ValueError, match="Invalid score"):
        Pattern(name="p", regex="a", score=5)


def test_results_are_the_same_if_they_say_the_same() -> None:
    one, same = RecognizerResult("A", 1, 2, 0.5), RecognizerResult("A", 1, 2, 0.5)
    assert one == same
    assert len({one, same}) == 1
    assert one != RecognizerResult("A", 1, 2, 0.6)
    assert one != "A"
    assert repr(one) == "type: A, start: 1, end: 2, score: 0.5"


def test_an_explanation_has_what_presidios_has() -> None:
    explanation = AnalysisExplanation("r", 0.5, pattern="p", textual_explanation="why")
    assert (explanation.recognizer, explanation.pattern) == ("r", "p")
    assert (explanation.original_score, explanation.score) == (0.5, 0.5)
    assert explanation.textual_explanation == "why"


def test_a_recognizer_tells_of_itself() -> None:
    one, other = UsSsnRecognizer(), UsSsnRecognizer()
    assert one.name == "UsSsnRecognizer"
    assert one.id != other.id
    assert one.supported_entities == ["US_SSN"]
    assert one.is_loaded
