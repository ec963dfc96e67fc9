from __future__ import annotations

import subprocess
import sys


def _run(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_looking_at_text_loads_no_presidio_and_its_engine_does() -> None:
    _run(
        """
import sys
from guardrail.detect import Window, text_detector
detector = text_detector(memo_key=b"k")
(result, _), = detector.results("mail a@b.kz")
assert Window(detector).feed("mail a@b.kz", final=True).findings
assert "presidio_analyzer" not in sys.modules
engine = detector.analyzer_engine()
import presidio_analyzer
assert isinstance(engine, presidio_analyzer.AnalyzerEngine)
assert isinstance(result, presidio_analyzer.RecognizerResult)
assert isinstance(result.analysis_explanation, presidio_analyzer.AnalysisExplanation)
"""
    )


def test_who_has_presidio_loaded_gets_its_objects() -> None:
    _run(
        """
import presidio_analyzer
from guardrail.detect import text_detector
detector = text_detector(memo_key=b"k")
one = detector.recognizers[0]
assert isinstance(one, presidio_analyzer.PatternRecognizer)
assert isinstance(one, presidio_analyzer.EntityRecognizer)
assert one.to_dict()["supported_entity"] == one.ENTITY
assert one.get_supported_language() == "xx"
(result, _), = detector.results("mail a@b.kz")
assert isinstance(result, presidio_analyzer.RecognizerResult)
assert result.to_dict()["start"] == 5
assert result.contains(result)
"""
    )
