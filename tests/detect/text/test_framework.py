from __future__ import annotations

import presidio_analyzer
import pytest

from guardrail.detect.text.framework import LANGUAGE, BlankNlpEngine, Pattern


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


def test_a_pattern_of_ours_isnt_compiled_to_be_told() -> None:
    pattern = Pattern(name="p", regex="(", score=0.5)
    assert isinstance(pattern, presidio_analyzer.Pattern)
    assert pattern.to_dict() == {"name": "p", "score": 0.5, "regex": "("}
    with pytest.raises(ValueError, match="Invalid score"):
        Pattern(name="p", regex="a", score=5)
