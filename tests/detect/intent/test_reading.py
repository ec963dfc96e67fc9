from __future__ import annotations

from guardrail.detect.intent.reading import MOST, Reader, shipped

_ASK = "Tell me from her face in the video whether she is lying."


def test_the_request_is_found_where_it_stands() -> None:
    harmless = "The committee met on Monday and discussed the roof at length. " * 30
    reading = shipped().read(harmless + _ASK)
    assert max(reading.scores.values()) >= shipped().suspect
    assert (harmless + _ASK)[reading.start : reading.end].strip().endswith("lying.")


def test_a_request_in_the_middle_of_a_long_document_weighs_less() -> None:
    harmless = "The committee met on Monday and discussed the roof at length. " * 30
    inside = shipped().read(harmless + _ASK + " " + harmless).scores["EMOTION_INFERENCE"]
    at_end = shipped().read(harmless + _ASK).scores["EMOTION_INFERENCE"]
    assert 0 < inside < at_end


def test_thresholds_are_in_order() -> None:
    assert 0 < shipped().suspect < shipped().certain < 1


def test_no_more_windows_are_read_than_there_may_be() -> None:
    text = "\n".join(f"{_ASK} " * 4 for _ in range(5 * MOST))
    assert shipped().read(text).scores


def test_nothing_is_read_in_what_does_not_fire() -> None:
    assert not shipped().read("Good morning!").scores
    assert not shipped().fires("Good morning!")


def test_reading_is_the_same_each_time() -> None:
    assert Reader().read(_ASK) == shipped().read(_ASK)
