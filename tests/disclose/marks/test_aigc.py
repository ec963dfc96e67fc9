from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import aigc

OURS = aigc.value(label="1", producer="Second", produce_id="b")
THEIRS = aigc.value(label="1", producer="First", produce_id="a")


def test_the_first_writer_is_the_first_to_pass_it_on() -> None:
    assert json.loads(THEIRS) == {
        "Label": "1",
        "ContentProducer": "First",
        "ProduceID": "a",
        "ReservedCode1": "",
        "ContentPropagator": "First",
        "PropagateID": "a",
        "ReservedCode2": "",
    }
    assert tuple(json.loads(THEIRS)) == aigc.KEYS


@given(st.text(), st.text(min_size=100, max_size=200))
def test_every_name_becomes_a_value_that_is_valid(short: str, long: str) -> None:
    for producer in (short, long, short + long):
        found = aigc.read(aigc.value(label="1", producer=producer, produce_id="x"))
        assert (found.valid, found.level) == (True, "ai-generated")
        assert found.producer == aigc.code(producer)
        assert len(found.producer) <= 127


@pytest.mark.parametrize(
    "text",
    [
        f'{{"AIGC":{THEIRS}}}',
        json.dumps({"AIGC": THEIRS}),
        THEIRS.replace("ReservedCode", "ReserveCode"),
        '{"Label":1,"ContentProducer":"First","ProduceID":"a"}',
        THEIRS + "\0",
    ],
)
def test_others_ways_to_write_it_are_read(text: str) -> None:
    found = aigc.read(text)
    assert (found.level, found.producer, found.id) == ("ai-generated", "First", "a")


@pytest.mark.parametrize(
    "text",
    [
        THEIRS.replace("ReservedCode", "ReserveCode"),
        THEIRS.replace("First", "Первый"),
        THEIRS.replace("First", "a b"),
        THEIRS.replace("First", "a" * 128),
        THEIRS.replace('"1"', '"4"'),
        THEIRS[:-1] + ',"More":""}',
        '{"Label":"1"}',
    ],
)
def test_what_the_standard_doesnt_allow_is_read_but_not_valid(text: str) -> None:
    assert aigc.read(text).valid is False


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"a":1}', '{"AIGC":"x"}', " " * 20_000])
def test_what_isnt_a_mark_says_nothing(text: str) -> None:
    found = aigc.read(text)
    assert (found.valid, found.level, found.stated) == (False, "", "")


@pytest.mark.parametrize("label", ["2", "3"])
def test_suspicion_is_no_statement_of_a_maker(label: str) -> None:
    found = aigc.read(aigc.value(label=label, producer="p", produce_id="i"))
    assert (found.level, found.stated) == ("", label)


def test_where_there_is_none_or_nothing_confirmed_ours_stands() -> None:
    suspected = aigc.value(label="3", producer="First", produce_id="a")
    assert {aigc.merged(held, OURS) for held in (None, "", "{}", suspected)} == {OURS}


@pytest.mark.parametrize("wrap", ["%s", '{"AIGC":%s}'])
def test_another_makers_fields_stay_and_we_pass_it_on(wrap: str) -> None:
    merged = aigc.merged(wrap % THEIRS, OURS)
    held = json.loads(merged)
    fields = held.get("AIGC", held)
    assert (fields["ContentProducer"], fields["ProduceID"]) == ("First", "a")
    assert (fields["ContentPropagator"], fields["PropagateID"]) == ("Second", "b")
    assert aigc.merged(merged, OURS) == merged
    assert ("AIGC" in held) == ("AIGC" in wrap)


def test_who_passed_it_on_before_stays() -> None:
    passed = aigc.merged(THEIRS, OURS)
    third = aigc.value(label="1", producer="Third", produce_id="c")
    assert aigc.merged(passed, third) == passed
