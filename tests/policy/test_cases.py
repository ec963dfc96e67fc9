from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import ConfigError
from guardrail.policy.cases import failures, load_cases
from guardrail.policy.pack import load_packs

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

FOUND = [{"entity": "KZ_IIN", "category": "personal", "consent": "missing"}]


def _case(**changes: object) -> dict[str, Any]:
    return {
        "rule": "xx.1.a",
        "name": "one",
        "today": "2026-11-22",
        "situation": {"direction": "request", "findings": FOUND},
        "expect": {"action": "refuse"},
    } | changes


ALLOWED = _case(
    name="two", situation={"direction": "request"}, expect={"action": "allow"}, choices={}
)


def _failures(root: Path) -> tuple[str, ...]:
    return failures(load_packs(root, ["xx"])[0], load_cases(root, "xx"))


def test_a_pack_whose_cases_hold_has_no_failures(rule: MakeRule, write: Write) -> None:
    assert _failures(write(rule(), cases=[_case(), ALLOWED])) == ()


def test_a_duty_has_cases_too(rule: MakeRule, write: Write) -> None:
    labels = rule(action=None, duties=["label"], when={"ai_reply": True})
    reply = {"direction": "reply", "ai_reply": True}
    owed = _case(situation=reply, expect={"duties": ["label"]})
    not_owed = _case(situation={"direction": "reply"}, expect={"duties": []})
    assert _failures(write(labels, cases=[owed, not_owed])) == ()
    assert _failures(write(labels, cases=[_case(expect={"duties": ["label"]}), not_owed])) == (
        "xx.1.a: one: owes []",
    )


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        ([ALLOWED], ("xx.1.a: no case where it applies",)),
        ([_case()], ("xx.1.a: no case where it doesn't apply",)),
        (
            [],
            ("xx.1.a: no case where it applies", "xx.1.a: no case where it doesn't apply"),
        ),
        ([_case(), ALLOWED, _case(rule="xx.9")], ("xx.9: one: no such rule",)),
        (
            [_case(expect={"action": "mask"}), ALLOWED],
            ("xx.1.a: one: comes to refuse",),
        ),
        (
            [_case(today="2026-01-17"), ALLOWED],
            ("xx.1.a: one: comes to allow",),
        ),
    ],
)
def test_a_case_that_is_missing_or_doesnt_hold_is_named(
    rule: MakeRule, write: Write, cases: list[dict[str, Any]], found: tuple[str, ...]
) -> None:
    assert _failures(write(rule(), cases=cases)) == found


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (_case(expect={}), "xx/cases.yaml: case 'one': expect: a case expects either"),
        (_case(expect={"action": "mask", "duties": []}), "a case expects either"),
        (_case(expects={}), "unknown key 'expects' (did you mean 'expect'?)"),
        (_case(situation={"direction": "request", "opaq": []}), "(did you mean 'opaque'?)"),
    ],
)
def test_a_case_that_isnt_right_is_refused_by_name(
    rule: MakeRule, write: Write, case: dict[str, Any], said: str
) -> None:
    root = write(rule(), cases=[case])
    with pytest.raises(ConfigError) as caught:
        load_cases(root, "xx")
    assert said in str(caught.value)
