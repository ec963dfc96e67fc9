from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent.reply_keys import tokens_of, uses_in_reply
from guardrail.facts import Author, Kind, Segment, Tier


def _uses(text: str) -> dict[str, Tier]:
    said = [Segment(place=("x",), text=text, author=Author.ASSISTANT)]
    return {one.entity: one.tier for one in uses_in_reply(said)}


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ('{"person": "A", "emotion": "anger", "confidence": 0.93}', "EMOTION_INFERENCE"),
        (
            '```json\n{"face_id": 1, "ethnicity": "x", "confidence": 1}\n```',
            "BIOMETRIC_CATEGORISATION",
        ),
        ('{"citizen": "x", "trustScore": 12}', "SOCIAL_SCORING"),
        ('{"фио": "И.", "уровень_стресса": 7}', "EMOTION_INFERENCE"),
        ('{"адам": "А", "көңіл-күйі": "ашулы"}', "EMOTION_INFERENCE"),
        ('{"selfie": "a", "matchScore": 0.9}', "BIOMETRIC_VERIFICATION"),
        ('{"name": "x", "criminal_probability": 0.2}', "CRIME_PREDICTION"),
    ],
)
def test_keys_next_to_a_person_show_a_use(text: str, use: str) -> None:
    assert _uses(text)[use] is Tier.CERTAIN or use == "CRIME_PREDICTION"


@pytest.mark.parametrize(
    "text",
    [
        '{"review_id": 3, "emotion": "joy"}',
        '{"domain": "x", "trust_score": 9}',
        '{"lap": 1, "race": "Monaco"}',
        '{"team": "b", "match_score": "2:1"}',
        '{"sentiment_of_review": "good"}',
        '{"page": 1, "orientation": "portrait"}',
        '{"interface": 1, "surface_normals": []}',
        "plain words about emotion",
        "",
    ],
)
def test_the_same_words_of_other_things_show_none(text: str) -> None:
    assert not _uses(text)


def test_a_key_without_a_person_is_a_suspicion() -> None:
    assert _uses('{"emotion": "anger"}') == {"EMOTION_INFERENCE": Tier.SUSPECT}


def test_keys_are_read_from_the_places_of_arguments() -> None:
    def one(key: str, text: str) -> Segment:
        return Segment(
            place=("call", key), text=text, author=Author.ASSISTANT, kind=Kind.TOOL_ARGUMENTS
        )

    found = uses_in_reply([one("emotion", "anger"), one("person", "Bob")])
    assert [(use.entity, use.tier, use.segment) for use in found] == [
        ("EMOTION_INFERENCE", Tier.CERTAIN, 0)
    ]


def test_arguments_in_a_string_are_read_as_they_are_spelt() -> None:
    text = json.dumps({"адам": {"id": 7}, "эмоция": 0.9})
    document = Segment(place=("a",), text=text, author=Author.ASSISTANT, kind=Kind.TOOL_ARGUMENTS)
    found = uses_in_reply([], [document])
    assert [(one.entity, one.tier, one.segment) for one in found] == [
        ("EMOTION_INFERENCE", Tier.CERTAIN, 0)
    ]


def test_numbers_among_arguments_count_though_they_are_no_texts() -> None:
    tree = {"args": {"person": "A", "emotion": 0.9, "other": {"n": 1}}}
    name = Segment(
        place=("args", "person"), text="A", author=Author.ASSISTANT, kind=Kind.TOOL_ARGUMENTS
    )
    assert not uses_in_reply([name])
    (one,) = uses_in_reply([name], tree=tree)
    assert (one.entity, one.tier) == ("EMOTION_INFERENCE", Tier.CERTAIN)
    assert not uses_in_reply([name], tree={"args": [1]})


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_json_in_strings_of_json_is_read(depth: int) -> None:
    text = json.dumps({"адам": 1, "көңіл-күйі": "sad"})
    for _ in range(depth):
        text = json.dumps({"data": text})
    assert _uses(text) == {"EMOTION_INFERENCE": Tier.CERTAIN}


def test_too_long_a_key_shows_nothing() -> None:
    assert not _uses('{"face": 1, "' + "\\u0061" * 101 + ' emotion": 1}')


def test_what_people_wrote_is_no_reply() -> None:
    said = Segment(place=("x",), text='{"face": 1, "emotion": 2}', author=Author.USER)
    assert not uses_in_reply([said])


def test_keys_are_cut_at_case_and_signs() -> None:
    assert tokens_of("matchScore") == tokens_of("match_score") == tokens_of("match-score")


@pytest.mark.no_cover
@given(st.text(max_size=300))
def test_every_finding_lies_inside_its_text(text: str) -> None:
    said = f'{{"face": 1, "emotion": 2, "{text}": 3}}'
    for one in uses_in_reply([Segment(place=("x",), text=said, author=Author.ASSISTANT)]):
        assert said[one.start : one.end]
