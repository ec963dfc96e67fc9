from __future__ import annotations

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.testing.windows import Span, spans, streamed

_DETECTOR = TextDetector([EmailRecognizer()], memo_key=b"testing")
_TEXT = "to ivan@mail.kz or ann@mail.kz!"


def test_what_is_found_in_pieces_has_its_place_in_the_whole() -> None:
    text, found = streamed(_DETECTOR, list(_TEXT))
    assert text == _TEXT
    assert [_TEXT[one.start : one.end] for one in found] == ["ivan@mail.kz", "ann@mail.kz"]
    assert found == spans(_DETECTOR.find(_TEXT))


def test_spans_are_moved_by_what_stands_before() -> None:
    (first, _) = spans(_DETECTOR.find(_TEXT), behind=10)
    assert first == Span(13, 25, "EMAIL_ADDRESS", first.score, first.reason)
