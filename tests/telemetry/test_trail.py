from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.facts import Action
from guardrail.telemetry import CURRENT, Trail

Make = Callable[..., Trail]


def test_a_new_trail_shares_nothing_with_another() -> None:
    one, other = Trail("GET"), Trail("POST")
    one.made.append((0, "request", None, ()))  # type: ignore[arg-type]
    one.status = 500
    assert (other.made, other.status, other.method) == ([], 0, "POST")


@pytest.mark.parametrize("action", [Action.REFUSE, Action.HOLD])
def test_what_was_withheld_is_told_though_its_trace_isnt(trail: Make, action: Action) -> None:
    made = trail(Action.ALLOW, Action.MASK, action, sampled=False)
    assert [one[2].action for one in made.events] == [action]
    assert made.told
    assert not made.traced


def test_what_was_hidden_is_told_with_its_trace_or_where_there_are_none(trail: Make) -> None:
    actions = (Action.ALLOW, Action.MASK, Action.PSEUDONYMISE)
    assert len(trail(*actions).events) == 2
    assert len(trail(*actions, span_id="", sampled=False).events) == 2
    assert trail(*actions, sampled=False).events == []


def test_what_did_nothing_and_isnt_sampled_is_told_nobody(trail: Make) -> None:
    assert not trail(Action.ALLOW, sampled=False).told
    assert trail(Action.ALLOW).told
    assert not trail(Action.ALLOW, span_id="").told, "there is no span to be told"


def test_nobody_is_followed_at_first() -> None:
    assert CURRENT.get() is None
