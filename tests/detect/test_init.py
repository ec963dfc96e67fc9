from __future__ import annotations

import subprocess
import sys

import pytest

import guardrail.detect
from guardrail.detect.text.custom import recognizers_from


def test_what_few_need_is_there_when_it_is_asked_for() -> None:
    assert guardrail.detect.recognizers_from is recognizers_from


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'no_such_thing'"):
        guardrail.detect.no_such_thing  # noqa: B018 - asking for it is the test


def test_a_detector_is_made_without_presidio() -> None:
    """It takes longer to import than everything else: only who asks for it pays."""
    code = (
        "import guardrail.detect, sys\n"
        "detector = guardrail.detect.text_detector(memo_key=b'x')\n"
        "detector.find('Айгуль Ахметова, +7 701 123 45 67')\n"
        "print([name for name in ('presidio_analyzer', 'spacy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
