from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from guardrail.facts import Category, Consent, Direction, Finding, Standing, Tier
from guardrail.policy.conditions import When, compile_condition
from guardrail.policy.reach import MAX_WAYS, TooBranched, World, implies, overlap, possible, ways
from guardrail.policy.situation import Situation

WHEN = TypeAdapter(When)
WORLD = World(
    entities={
        "KZ_IIN": Category.PERSONAL,
        "FACE": Category.BIOMETRIC,
        "EMOTION_INFERENCE": Category.PROHIBITED,
    },
    contexts=("work",),
)


def when(**keys: object) -> When:
    return WHEN.validate_python(keys)


# ---------------------------------------------------------------- every small message

OWN = ("OF_THEIR_OWN", Category.PERSONAL)
FINDINGS = [
    Standing(
        finding=Finding(
            segment=0,
            start=0,
            end=1,
            entity=entity,
            category=category,
            score=1.0,
            recognizer="test",
            tier=tier,
        ),
        consent=consent,
    )
    for (entity, category), consent, tier in product(
        [*WORLD.entities.items(), OWN], [Consent.COVERED, Consent.MISSING, Consent.EXPIRED], Tier
    )
]


def _messages() -> Iterator[Situation]:
    for direction, flags in product(Direction, product((False, True), repeat=6)):
        ai_reply, opaque, remote, synthetic, purpose, context = flags
        if direction is Direction.REQUEST and (ai_reply or synthetic):
            continue
        if synthetic and not (ai_reply and (opaque or remote)):
            continue
        yield Situation(
            direction=direction,
            ai_reply=ai_reply,
            opaque=("image",) if opaque else (),
            remote=("image",) if remote else (),
            synthetic=synthetic,
            purposes=frozenset({"EMOTION_INFERENCE"} if purpose else ()),
            contexts=frozenset({"work"} if context else ()),
        )


MESSAGES = list(_messages())


def met_by(condition: When) -> set[tuple[int, int]]:
    tests = {direction: compile_condition(condition, direction) for direction in Direction}
    met = set()
    for m, message in enumerate(MESSAGES):
        test = tests[message.direction]
        if not isinstance(test, bool):
            met |= {(m, f) for f, finding in enumerate(FINDINGS) if test(message, finding)}
        elif test:
            met |= {(m, f) for f in range(len(FINDINGS))}
    return met


def some(*values: object) -> st.SearchStrategy[list[object]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "direction": some("request", "reply"),
        "category": some("personal", "biometric", "prohibited"),
        "entity": some("KZ_IIN", "FACE", "EMOTION_INFERENCE", "NO_SUCH"),
        "consent": some("covered", "missing"),
        "tier": some("certain", "suspect"),
        "purpose": some("EMOTION_INFERENCE", "NO_SUCH"),
        "context": some("work", "no-such"),
        "opaque": st.booleans(),
        "ai_reply": st.booleans(),
        "synthetic": st.booleans(),
        "remote": st.booleans(),
    },
)


def _above(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "direction": some("request", "reply"),
            "entity": some("KZ_IIN", "FACE"),
            "all": st.lists(inner, min_size=1, max_size=2),
            "any": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    )


def _is_condition(raw: dict[str, Any]) -> bool:
    try:
        WHEN.validate_python(raw)
    except ValidationError:
        return False
    return True


CONDITIONS = (
    st.recursive(LEAVES, _above, max_leaves=4).filter(_is_condition).map(WHEN.validate_python)
)


@settings(deadline=None)
@given(condition=CONDITIONS)
def test_a_condition_is_possible_where_some_message_meets_it_and_nowhere_else(
    condition: When,
) -> None:
    try:
        told = possible(condition, WORLD)
    except TooBranched:
        return
    assert told is bool(met_by(condition))


@settings(deadline=None)
@given(one=CONDITIONS, other=CONDITIONS)
def test_conditions_overlap_and_imply_as_the_messages_that_meet_them_do(
    one: When, other: When
) -> None:
    try:
        told = overlap(one, other, WORLD), implies(one, other, WORLD)
    except TooBranched:
        return
    first, second = met_by(one), met_by(other)
    assert told == (bool(first & second), first <= second)


# ---------------------------------------------------------------- by example


@pytest.mark.parametrize(
    "never",
    [
        when(direction=["request"], ai_reply=True),
        when(direction=["request"], synthetic=True),
        when(synthetic=True, ai_reply=False),
        when(synthetic=True, opaque=False, remote=False),
        when(category=["personal"], entity=["FACE"]),
        when(entity=["NO_SUCH"]),
        when(context=["home"]),
        when(purpose=["FACE"]),
        when(material=["EMOTION_INFERENCE"]),
        when(consent=["covered"], **{"not": {"consent": ["covered"]}}),
        when(entity=["FACE"], **{"not": {"category": ["biometric"]}}),
        when(context=["work"], **{"not": {"context": ["work"]}}),
        when(tier=["suspect"], all=[{"tier": ["certain"]}]),
        when(category=["personal"], **{"not": {"category": ["personal"]}}),
        when(first_turn=True, **{"not": {"first_turn": True}}),
    ],
)
def test_what_no_message_can_meet_is_impossible(never: When) -> None:
    assert not possible(never, WORLD)


def test_where_nothing_is_known_of_the_world_only_contradictions_are_impossible() -> None:
    nowhere = World()
    assert possible(when(entity=["NO_SUCH"], context=["home"], purpose=["FACE"]), nowhere)
    assert possible(when(category=["personal"]), nowhere)
    assert not possible(when(entity=["A1"], **{"not": {"entity": ["A1"]}}), nowhere)


def test_an_entity_of_the_operators_own_is_personal_data() -> None:
    not_ours = {"not": {"entity": ["KZ_IIN"]}}
    assert possible(when(category=["personal"], **not_ours), WORLD)
    assert not possible(when(category=["biometric"], **{"not": {"entity": ["FACE"]}}), WORLD)


def test_too_many_ways_are_given_up() -> None:
    branched = [
        {"any": [{"context": [f"cx{'x' * place}"]}, {"purpose": [f"P{place}"]}]}
        for place in range(1, 14)
    ]
    with pytest.raises(TooBranched):
        ways(when(all=branched), World())
    assert len(ways(when(all=branched[:6]), World())) == 64
    wide = when(**{"not": {"any": [{"all": branched}]}})
    assert possible(wide, World())


def test_so_are_too_many_branches() -> None:
    half = [{"any": [{"context": [f"cx{'x' * a}{'y' * b}"]} for b in range(10)]} for a in range(10)]
    pairs = when(any=[{"all": [one, other]} for one in half[:8] for other in half[:8]])
    with pytest.raises(TooBranched):
        ways(pairs, World())
    assert MAX_WAYS < 8 * 8 * 10 * 10
