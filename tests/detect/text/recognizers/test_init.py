from __future__ import annotations

from guardrail.detect.text.recognizers import RECOGNIZERS, recognizers_of


def test_every_recognizer_is_there_once_with_those_of_disguises_behind() -> None:
    made = recognizers_of("fast")
    assert [type(one) for one in made[: len(RECOGNIZERS)]] == list(RECOGNIZERS)
    names = [one.name for one in made]
    assert len(set(names)) == len(names)
    assert "Base64Recognizer" in names


def test_recognizers_are_made_anew() -> None:
    assert not set(map(id, recognizers_of("fast"))) & set(map(id, recognizers_of("standard")))
