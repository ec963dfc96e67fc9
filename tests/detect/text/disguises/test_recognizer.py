from __future__ import annotations

from guardrail.detect import TextDetector
from guardrail.detect.text.disguises.escapes import PercentEscapeRecognizer
from guardrail.detect.text.disguises.recognizer import Inner, reason_of
from guardrail.detect.text.disguises.separated import SeparatedNumberRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer

_INNER = Inner([KzIinRecognizer(), EmailRecognizer()])


def test_the_inner_recognizers_run_behind_their_own_gate() -> None:
    ((recognizer, found),) = _INNER.find("x a@b.kz", 0)
    assert (recognizer.name, found.start, found.end) == ("EmailRecognizer", 2, 8)
    assert list(_INNER.find("x a@b.kz", 3)) == []
    assert _INNER.entities == ["EMAIL_ADDRESS", "KZ_IIN"]


def test_a_disguise_finds_the_entities_of_the_recognizers_inside() -> None:
    disguise = PercentEscapeRecognizer(_INNER)
    assert disguise.supported_entities == ["EMAIL_ADDRESS", "KZ_IIN"]
    (one,) = disguise.analyze("a%40b.kz", ["EMAIL_ADDRESS"])
    assert (one.entity_type, one.start, one.end) == ("EMAIL_ADDRESS", 0, 8)
    assert reason_of(one) == "pattern, percent-encoded"
    assert one.recognition_metadata["recognizer_name"] == "PercentEscapeRecognizer"
    assert disguise.analyze("a%40b.kz", ["KZ_IIN"]) == []


def test_a_disguised_finding_is_a_little_less_sure_than_a_plain_one() -> None:
    (plain,) = EmailRecognizer().analyze("a@b.kz", ["EMAIL_ADDRESS"])
    (hidden,) = PercentEscapeRecognizer(_INNER).analyze("a%40b.kz", ["EMAIL_ADDRESS"])
    assert 0.5 <= hidden.score < plain.score


def test_presidio_never_sees_what_only_keeps_a_run_together() -> None:
    disguise = SeparatedNumberRecognizer(_INNER)
    text = "ИИН 85041\n2300125"
    assert [one.score > 0 for one in disguise.scan(text, 0)] == [False, True]
    assert len(disguise.analyze(text, ["KZ_IIN"])) == 1


def test_a_finding_names_the_disguise_and_its_version() -> None:
    detector = TextDetector([PercentEscapeRecognizer(_INNER)], memo_key=b"x")
    (one,) = detector.find("a%40b.kz")
    assert one.recognizer == "PercentEscapeRecognizer@1"
