from __future__ import annotations

import pytest

from guardrail.detect import IntentDetector
from guardrail.detect.intent.shown import mentions_a_person
from guardrail.facts import Author, Segment

ASKED = [
    *("who is this?", "what does she feel?", "is he lying?", "same person?"),
    *("кто это?", "Что она чувствует?", "какой он национальности?"),
    *("бұл кім?", "ол не сезініп тұр?"),
]
HARMLESS = [
    *("Hi", "Describe this picture", "What's in this image?", "make it brighter"),
    *("Привет", "Что на фото?", "Сделай ярче", "Сколько тут яблок?"),
    *("Сәлем", "Суретте не бар?", "Шот ашыңыз", "суретті жарығырақ қыл"),
]


def uses(text: str, *, with_media: bool) -> set[str]:
    segment = Segment(place=("content",), text=text, author=Author.USER)
    found = IntentDetector().examine([segment], with_media=with_media)
    return {finding.entity for finding in found}


@pytest.mark.parametrize("text", ASKED)
def test_a_short_question_about_somebody_is_one_beside_a_picture_alone(text: str) -> None:
    assert mentions_a_person(text)
    assert uses(text, with_media=True)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_asks_nothing_of_anybody_is_nothing_beside_a_picture_either(text: str) -> None:
    assert not uses(text, with_media=True)
    assert not uses(text, with_media=False)


def test_a_text_without_a_word_for_a_person_mentions_none() -> None:
    assert not mentions_a_person("Translate the text on the box")
    assert not mentions_a_person("Сколько тут яблок?")
