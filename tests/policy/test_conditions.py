from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from guardrail.errors import ConfigError
from guardrail.facts import Category, Consent, Direction, Finding, Standing, Tier
from guardrail.policy.closed import parse
from guardrail.policy.conditions import When, compile_condition, entities, per_finding
from guardrail.policy.situation import Situation

WHEN = TypeAdapter(When)
ENTITIES = ("KZ_IIN", "EMAIL_ADDRESS", "HEALTH")
SHOWN = ("FACE", "VOICE", "EMOTION_INFERENCE")
CONTEXTS = ("work", "education", "public-space")


def few(values: Iterable[str]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from([*values]), min_size=1, max_size=3, unique=True)


FINDING_KEYS = {
    "category": few(Category),
    "entity": few(ENTITIES),
    "consent": few(Consent),
    "tier": few(Tier),
}
MESSAGE_KEYS: dict[str, st.SearchStrategy[Any]] = {
    "direction": few(Direction),
    "material": few(SHOWN),
    "purpose": few(SHOWN),
    "context": few(CONTEXTS),
    **{name: st.booleans() for name in ("opaque", "remote", "first_turn", "ai_reply", "synthetic")},
}


def conditions(keys: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    leaf = st.fixed_dictionaries({}, optional=keys).filter(bool)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
            st.builds(lambda a, b: {**a, "not": b}, leaf, inner),
        ),
        max_leaves=6,
    )


standings = st.builds(
    lambda entity, category, consent, tier: Standing(
        finding=Finding(
            segment=0,
            start=0,
            end=1,
            entity=entity,
            category=category,
            score=1.0,
            recognizer="r",
            tier=tier,
        ),
        consent=consent,
    ),
    st.sampled_from(ENTITIES),
    st.sampled_from(Category),
    st.sampled_from(Consent),
    st.sampled_from(Tier),
)
situations = st.builds(
    Situation,
    direction=st.sampled_from(Direction),
    opaque=st.sampled_from([(), ("image",)]),
    remote=st.sampled_from([(), ("video",)]),
    materials=st.frozensets(st.sampled_from(SHOWN)),
    purposes=st.frozensets(st.sampled_from(SHOWN)),
    contexts=st.frozensets(st.sampled_from(CONTEXTS)),
    first_turn=st.booleans(),
    ai_reply=st.booleans(),
    synthetic=st.booleans(),
)


def holds(when: dict[str, Any], situation: Situation, standing: Standing) -> bool:
    """Read a condition as a person would, word by word."""
    facts = {
        "direction": situation.direction,
        "category": standing.finding.category,
        "entity": standing.finding.entity,
        "consent": standing.consent,
        "tier": standing.finding.tier,
    }
    many = {
        "material": situation.materials,
        "purpose": situation.purposes,
        "context": situation.contexts,
    }
    for key, wanted in when.items():
        match key:
            case "not":
                ok = not holds(wanted, situation, standing)
            case "all":
                ok = all(holds(part, situation, standing) for part in wanted)
            case "any":
                ok = any(holds(part, situation, standing) for part in wanted)
            case "opaque" | "remote":
                ok = bool(getattr(situation, key)) == wanted
            case _ if key in many:
                ok = any(one in many[key] for one in wanted)
            case _ if key in facts:
                ok = facts[key] in wanted
            case _:
                ok = getattr(situation, key) == wanted
        if not ok:
            return False
    return True


@settings(deadline=None)
@given(conditions({**FINDING_KEYS}) | conditions(MESSAGE_KEYS), situations, standings)
def test_every_compiled_condition_says_what_its_words_say(
    when: dict[str, Any], situation: Situation, standing: Standing
) -> None:
    compiled = compile_condition(When.model_validate(when), situation.direction)
    said = compiled if isinstance(compiled, bool) else compiled(situation, standing)
    assert said is holds(when, situation, standing)


@settings(deadline=None)
@given(few(Direction), conditions(FINDING_KEYS), situations, standings)
def test_conditions_on_message_and_finding_join(
    directions: list[Direction], inner: dict[str, Any], situation: Situation, standing: Standing
) -> None:
    when = {"direction": directions, "ai_reply": True, "all": [inner]}
    compiled = compile_condition(When.model_validate(when), situation.direction)
    said = compiled if isinstance(compiled, bool) else compiled(situation, standing)
    assert said is holds(when, situation, standing)


@settings(deadline=None)
@given(conditions(FINDING_KEYS))
def test_a_condition_on_findings_is_asked_of_each(when: dict[str, Any]) -> None:
    assert per_finding(When.model_validate(when))


@settings(deadline=None)
@given(conditions(MESSAGE_KEYS))
def test_a_condition_on_the_message_is_asked_once(when: dict[str, Any]) -> None:
    assert not per_finding(When.model_validate(when))


def test_a_finding_condition_never_holds_without_a_finding() -> None:
    for when in (
        {"category": ["personal"]},
        {"entity": ["KZ_IIN"]},
        {"consent": ["missing"]},
        {"tier": ["certain"]},
    ):
        test = compile_condition(When.model_validate(when), Direction.REQUEST)
        assert not isinstance(test, bool)
        assert not test(Situation(direction=Direction.REQUEST), None)


def test_a_rule_for_the_other_direction_is_settled_when_compiled() -> None:
    when = When.model_validate({"direction": ["reply"], "ai_reply": True})
    assert compile_condition(when, Direction.REQUEST) is False
    alone = When.model_validate({"direction": ["reply"]})
    assert compile_condition(alone, Direction.REPLY) is True


def test_every_entity_is_found_however_deep() -> None:
    when = When.model_validate(
        {"any": [{"entity": ["A1"]}, {"all": [{"not": {"entity": ["B1", "C1"]}}]}]}
    )
    assert entities(when) == {"A1", "B1", "C1"}
    used = {"material": ["D1"], "all": [{"purpose": ["E1"]}], "context": ["work"]}
    assert entities(When.model_validate(used)) == {"D1", "E1"}


def test_a_face_and_the_question_who_it_is_are_asked_for_together() -> None:
    when = {"material": ["FACE"], "purpose": ["BIOMETRIC_IDENTIFICATION"]}
    test = compile_condition(When.model_validate(when), Direction.REQUEST)
    assert not isinstance(test, bool)
    face, who = frozenset({"FACE"}), frozenset({"BIOMETRIC_IDENTIFICATION"})
    assert not test(Situation(direction=Direction.REQUEST, materials=face), None)
    assert not test(Situation(direction=Direction.REQUEST, purposes=who), None)
    assert test(Situation(direction=Direction.REQUEST, materials=face, purposes=who), None)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({}, "a condition without a key would always hold"),
        ({"not": {}}, "not: a condition without a key"),
        ({"any": []}, "any: Tuple should have at least 1 item"),
        ({"category": []}, "category: Tuple should have at least 1 item"),
        ({"category": ["personel"]}, "(did you mean 'personal'?)"),
        ({"consent": ["coverd"]}, "(did you mean 'covered'?)"),
        ({"tier": ["sure"]}, "(did you mean 'suspect'?)"),
        ({"context": ["At work"]}, "context.1: String should match pattern"),
        ({"purpose": ["emotion"]}, "purpose.1: String should match pattern"),
        ({"materials": ["FACE"]}, "(did you mean 'material'?)"),
        ({"remote": 1}, "remote: Input should be a valid boolean"),
        ({"direction": ["replies"]}, "(did you mean 'reply'?)"),
        ({"entity": ["kz_iin"]}, "entity.1: String should match pattern"),
        ({"first_turn": "yes"}, "first_turn: Input should be a valid boolean"),
        ({"frst_turn": True}, "unknown key 'frst_turn' (did you mean 'first_turn'?)"),
        ({"none_of": {"opaque": True}}, "unknown key 'none_of'"),
        (
            {"any": [{"category": ["special"]}, {"opaque": True}]},
            "'any' mixes findings and the whole message: write two rules",
        ),
    ],
)
def test_a_condition_that_would_mislead_is_refused(when: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(WHEN, when, "f")
    assert said in str(caught.value)
