from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import STRICTNESS, Action, Decision, Hit, strictest

ACTIONS = st.lists(st.sampled_from(Action))


def hit(rule: str) -> Hit:
    return Hit(rule=rule, article="1", pack="p@1", action=Action.ALLOW)


@given(ACTIONS, ACTIONS)
def test_the_strictest_of_two_lots_is_the_stricter_of_theirs(
    one: list[Action], two: list[Action]
) -> None:
    assert strictest(*one, *two) is strictest(strictest(*one), strictest(*two))
    assert STRICTNESS[strictest(*one, *two)] >= max(
        map(STRICTNESS.__getitem__, [*one, *two]), default=0
    )


def test_nothing_to_do_is_allowed_and_refusal_is_the_strictest() -> None:
    assert strictest() is Action.ALLOW
    assert {strictest(*some) for some in permutations(Action)} == {Action.REFUSE}


def test_a_decision_names_each_rule_once_in_order() -> None:
    hits = tuple(map(hit, ("b", "a", "b")))
    assert Decision(action=Action.ALLOW, hits=hits).rules == ("b", "a")
