"""Templates are filled in, and what they don't know is found at start-up."""

from __future__ import annotations

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Refusal
from guardrail.wire.template import ANSWER, asks, check_template, fill, likes, refusal_values

TYPES = {"429": "rate", "4xx": "caller", "5xx": "server"}


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "caller"), (429, "rate"), (503, "server"), (302, "")]
)
def test_the_type_goes_by_status_then_by_its_class(status: int, kind: str) -> None:
    values = refusal_values(Refusal(status=status, code="c", message="m"), TYPES)
    assert values["type"] == kind
    assert values.keys() == ANSWER


def test_placeholders_take_their_values_and_all_else_stays() -> None:
    template = {"a": ["$code", "code", 1, None, {"b": "$rules"}], "first": {"first": 1}}
    assert fill(template, {"code": "c", "rules": ["r"]}) == {
        "a": ["c", "code", 1, None, {"b": ["r"]}],
        "first": {"first": 1},
    }


def test_a_likes_member_is_taken_where_there_is_one() -> None:
    template = {"id": {"first": ["$like.id", "$code"]}, "model": "$like.model"}
    assert fill(template, {"code": "c"}, {"id": 0, "model": "m"}.get) == {"id": 0, "model": "m"}
    assert fill(template, {"code": "c"}, {"id": None}.get) == {"id": "c"}
    assert fill(template, {"code": "c"}) == {"id": "c"}
    assert fill({"first": ["$like.id"]}, {}) is None


def test_an_unknown_placeholder_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"body\.a\[0\].*\$massage.*did you mean 'message'"):
        check_template({"a": ["$massage"]}, ANSWER, "body")
    check_template({"a": ["$message", "$like.id", 1, "text"]}, ANSWER, "body")


def test_a_choice_goes_by_a_value_and_takes_the_rest_otherwise() -> None:
    template = {
        "case": "$asked.method",
        "tools/call": {"result": "$code"},
        "otherwise": {"error": "$code", "id": {"first": ["$asked.id", None]}},
    }
    values = {"code": "c"}
    assert fill(template, values, asked={"method": "tools/call"}.get) == {"result": "c"}
    assert fill(template, values, asked={"method": "ping", "id": 0}.get) == {"error": "c", "id": 0}
    for odd in (None, 7, ["tools/call"], "case", "otherwise"):
        assert fill(template, values, asked={"method": odd}.get) == {"error": "c", "id": None}
    assert fill({"case": "$code", "c": 1, "otherwise": 2}, values) == 1


def test_what_was_asked_is_told_apart_from_what_is_imitated() -> None:
    template = {"a": "$asked.id", "b": ["$like.id", {"c": "$asked.x.y"}]}
    assert (list(asks(template)), list(likes(template))) == (["id", "x.y"], ["id"])
    assert fill(template, {}, {"id": 1}.get, {"id": 2}.get) == {"a": 2, "b": [1, {}]}


@pytest.mark.parametrize(
    "template",
    [{"case": "$code"}, {"case": "code", "otherwise": 1}, {"case": 1, "otherwise": 1}],
)
def test_a_choice_needs_something_to_go_by_and_something_else(template: object) -> None:
    with pytest.raises(ConfigError, match=r"body\.x needs a case"):
        check_template({"x": template}, ANSWER, "body")
    with pytest.raises(ConfigError, match=r"body\.tools.*\$massage"):
        check_template({"case": "$asked.m", "tools": "$massage", "otherwise": 1}, ANSWER, "body")
