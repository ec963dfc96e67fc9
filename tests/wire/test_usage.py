"""What a reply took is read where the wire spec says, and an upstream's nonsense is no count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import NO_USAGE, Usage
from guardrail.wire.usage import MAX_ANSWERS, MAX_NAME, MAX_TOKENS, UsageSpec, usage_in

Json = Any

SPEC = UsageSpec(
    at=(("usage",), ("message", "usage")),
    input=("read", "cached"),
    output=("wrote",),
    model=(("model",), ("message", "model")),
    finish=(("choices", "*", "end"), ("end",)),
    reasons=frozenset({"stop", "length"}),
)
SESSION = UsageSpec(at=(("usage",),), input=("read",), output=("wrote",), adds=True)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below),
    max_leaves=6,
)


def test_counts_that_belong_together_add_up() -> None:
    told = usage_in({"usage": {"read": 5, "cached": 7, "wrote": 3}}, SPEC)
    assert told == Usage(input=12, output=3)


def test_the_first_object_with_a_count_is_the_one() -> None:
    tree = {"usage": {"read": None}, "message": {"usage": {"wrote": 0}}}
    assert usage_in(tree, SPEC) == Usage(output=0)


def test_what_says_nothing_changes_nothing() -> None:
    before = Usage(input=1, output=2, model="m", finished=("stop",))
    trees: list[Json] = [
        {},
        [],
        None,
        "usage",
        {"usage": None},
        {"usage": [1]},
        {"usage": {"n": 9}},
    ]
    for tree in trees:
        assert usage_in(tree, SPEC, before) is before


@pytest.mark.parametrize(
    "nonsense", [-1, MAX_TOKENS + 1, 10**400, True, False, 1.0, "12", [1], {"n": 1}]
)
def test_nonsense_is_no_count_and_takes_what_it_would_be_added_to_with_it(nonsense: Json) -> None:
    told = usage_in({"usage": {"read": 5, "cached": nonsense, "wrote": 3}}, SPEC)
    assert told == Usage(output=3)


def test_a_sum_over_the_bound_is_no_count() -> None:
    assert usage_in({"usage": {"read": MAX_TOKENS, "cached": 1}}, SPEC) == NO_USAGE


def test_of_a_streams_counts_the_largest_is_the_replys() -> None:
    first = usage_in({"message": {"usage": {"read": 12, "wrote": 1}}}, SPEC)
    assert usage_in({"usage": {"read": 0, "wrote": 30}}, SPEC, first) == Usage(input=12, output=30)


def test_the_counts_of_a_sessions_replies_add_up_and_stay_in_bounds() -> None:
    told = NO_USAGE
    for wrote in (3, 4, MAX_TOKENS):
        told = usage_in({"usage": {"read": 1, "wrote": wrote}}, SESSION, told)
    assert told == Usage(input=3, output=MAX_TOKENS)


def test_only_reasons_that_the_spec_lists_are_told_and_each_once() -> None:
    ends = [{"end": end} for end in ("length", "Айгерім", None, "length", "stop", ["stop"], 5)]
    told = usage_in({"choices": ends, "end": "stop"}, SPEC)
    assert told.finished == ("length", "stop")
    assert usage_in({"end": "length"}, SPEC, Usage(finished=("stop",))).finished == (
        "stop",
        "length",
    )


def test_not_more_answers_are_asked_for_their_end_than_a_format_has() -> None:
    ends = [{"end": None}] * MAX_ANSWERS + [{"end": "stop"}]
    assert usage_in({"choices": ends}, SPEC) == NO_USAGE
    assert usage_in({"choices": ends[1:]}, SPEC).finished == ("stop",)


@pytest.mark.parametrize("name", ["", "m" * (MAX_NAME + 1), 5, None, ["m"]])
def test_what_is_no_name_of_a_model_is_passed_over(name: Json) -> None:
    told = usage_in({"model": name, "message": {"model": "m-1"}}, SPEC)
    assert told.model == "m-1"
    assert usage_in({"model": "m-2"}, SPEC, told).model == "m-1", "the first that was told stays"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "usage": ANYTHING | st.dictionaries(st.sampled_from(["read", "wrote"]), ANYTHING),
            "choices": ANYTHING | st.lists(st.fixed_dictionaries({"end": ANYTHING})),
            "model": ANYTHING,
        },
    )
)
def test_every_document_is_read_without_a_fault_and_within_bounds(tree: Json) -> None:
    told = usage_in(tree, SPEC, Usage(input=4))
    for count in (told.input, told.output):
        assert count is None or (type(count) is int and 0 <= count <= MAX_TOKENS)
    assert set(told.finished) <= SPEC.reasons
    assert len(told.model) <= MAX_NAME
