"""Every cited article maps to something that is there; every duty names its rule and test."""

import ast
from functools import cache
from pathlib import Path

import pytest

from guardrail.policy import load_packs, pack_names
from guardrail.policy.obligations import (
    Obligation,
    framework_names,
    load_framework,
    load_register,
    unanswered,
    unmapped,
)
from guardrail.shipped import shipped

CHECKOUT = Path(__file__).parents[2]
ROOT = shipped("policies")
REGISTER = load_register(ROOT)
PACKS = load_packs(ROOT, pack_names(ROOT))
RULES = {rule.id: rule for pack in PACKS for rule in pack.rules}

every_duty = pytest.mark.parametrize(
    "duty", [pytest.param(one, id=one.id) for one in REGISTER.obligations]
)


def test_every_duty_has_a_rule_or_says_why_not_and_every_rule_a_duty() -> None:
    assert list(unanswered(REGISTER, PACKS)) == []


def test_every_cited_article_is_controlled_by_something_that_is_there() -> None:
    for rule in RULES.values():
        assert any(map(REGISTER.controlled, rule.obligation)), f"{rule.id}: {rule.article}"


def test_every_control_is_where_it_says() -> None:
    for name, control in REGISTER.controls.items():
        for path in control.where:
            assert (CHECKOUT / path).exists(), f"{name}: {path}"


def test_every_control_stands_for_some_duty() -> None:
    named = {name for one in REGISTER.obligations for name in one.controls}
    assert named == REGISTER.controls.keys()


@every_duty
def test_every_test_that_a_duty_names_is_there(duty: Obligation) -> None:
    for test in duty.tests:
        path, _, name = test.partition("::")
        assert (CHECKOUT / path).exists(), test
        assert not name or name in _tests_in(path), test


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((CHECKOUT / path).read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@every_duty
def test_no_duty_is_called_met_whose_controls_are_all_missing(duty: Obligation) -> None:
    if duty.met != "no":
        assert REGISTER.controlled(duty.id)
        assert duty.tests


@pytest.mark.parametrize("name", framework_names(ROOT))
def test_every_map_names_duties_and_rules_that_are_there(name: str) -> None:
    framework = load_framework(ROOT, name)
    assert list(unmapped(framework, REGISTER, RULES)) == []
    assert framework.title.keys() >= {"kk", "ru", "en"}


def test_the_maps_are_those_of_the_two_frameworks() -> None:
    assert framework_names(ROOT) == ("iso-42001", "nist-ai-rmf")
