from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrail.errors import ConfigError
from guardrail.facts import Action, Decision, Finding, Usage
from guardrail.telemetry import Trail
from guardrail.telemetry.conventions import (
    EVENT,
    SPAN,
    label_name,
    load_conventions,
    metric_name,
    operation_name,
    provider_name,
)

Json = Any

STATUS = {"http.response.status_code"}
OWN: dict[str, Json] = {
    "span": "our.request",
    "span_attributes": {"status": "http.status"},
    "event": "our.event",
    "event_attributes": {"verdict": ["a.verdict", "b.verdict"]},
    "values": {"verdict": {"mask": "hidden"}},
}


def test_a_request_is_told_by_the_conventions_names(trail: Callable[..., Trail]) -> None:
    request = trail(rules=("kz.10",), packs=("kz@1",), spent=0.002, code="", model="")
    told = load_conventions("gen_ai").of_request(request)
    assert told == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "guardrail.request_id": "req_1",
        "guardrail.route": "openai-chat/chat",
        "guardrail.decision": "allowed",
        "guardrail.rules": ("kz.10",),
        "guardrail.policy": ("kz@1",),
        "guardrail.overhead_us": 2_000,
    }


@pytest.mark.parametrize(("names", "begin"), [("gen_ai", "gen_ai"), ("guardrail", "guardrail")])
def test_what_a_reply_took_is_told_where_its_upstream_told_it(
    trail: Callable[..., Trail], names: str, begin: str
) -> None:
    conventions = load_conventions(names)
    usage = Usage(input=12, output=30, model="m-1", finished=("stop", "length"))
    told = conventions.of_request(trail(usage=usage))
    assert told[f"{begin}.usage.input_tokens"] == 12
    assert told[f"{begin}.usage.output_tokens"] == 30
    assert told[f"{begin}.response.model"] == "m-1"
    assert told[f"{begin}.response.finish_reasons"] == ("stop", "length")
    silent = conventions.of_request(trail())
    assert not any(".usage." in name or ".response." in name for name in silent.keys() - STATUS)


def test_a_decision_is_told_by_the_rule_that_decided_it(
    finding: Finding, decision: Decision
) -> None:
    made = (1, "reply", decision, (finding,))
    told = load_conventions("gen_ai").of_decision(made, "req_1")
    assert told["security_rule.name"] == "kz.10"
    assert told["security_rule.reference"] == "230-VIII art. 10"
    assert told["security_rule.ruleset.name"] == "kz"
    assert told["security_rule.version"] == "2026.1"
    assert told["gen_ai.guardrail.verdict.type"] == "modify"
    assert told["gen_ai.guardrail.target.type"] == "output"
    assert told["guardrail.rules"] == ("kz.21", "kz.10")
    assert told["guardrail.entities"] == ("KZ_IIN",)
    assert told["guardrail.findings"] == 1


def test_of_what_no_rule_applied_to_nothing_is_made_up() -> None:
    told = load_conventions("guardrail").of_decision(
        (1, "request", Decision(action=Action.ALLOW), ()), ""
    )
    assert told == {
        "guardrail.direction": "request",
        "guardrail.action": "allow",
        "guardrail.findings": 0,
    }


@pytest.mark.parametrize("name", ["gen_ai", "guardrail"])
def test_every_action_and_direction_has_a_word(name: str) -> None:
    conventions = load_conventions(name)
    for action in Action:
        for direction in ("request", "reply"):
            told = conventions.of_decision((1, direction, Decision(action=action), ()), "")
            assert len(told) >= 3


def test_a_file_of_the_operators_own_is_obeyed(tmp_path: Path, trail: Callable[..., Trail]) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(yaml.safe_dump(OWN), "utf-8")
    names = load_conventions(str(path))
    request = trail(Action.MASK)
    assert (names.span, names.of_request(request)) == ("our.request", {"http.status": 200})
    assert names.of_decision(request.made[0], "") == {"a.verdict": "hidden", "b.verdict": "hidden"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"spam": "x"}, "knows no 'spam' (did you mean 'span'?)"),
        ({"span_attributes": {"statu": "x"}}, "knows no 'statu' (did you mean 'status'?)"),
        ({"event_attributes": {"text": "x"}}, "knows no 'text'"),
        ({"values": {"verdict": {"blok": "x"}}}, "knows no 'blok'"),
        ({"values": {"rule": {}}}, "knows no 'rule'"),
        ({"values": [1]}, "values are a mapping"),
        ({"event": "Not A Name"}, "isn't the name of an attribute or event"),
        ({"span_attributes": {"status": 7}}, "isn't the name of an attribute or event"),
        ({"span_attributes": ["status"]}, "attributes are a mapping"),
        ({"event": None}, "isn't the name"),
    ],
)
def test_a_name_that_the_guard_doesnt_know_is_a_start_up_error(
    tmp_path: Path, changes: dict[str, Json], says: str
) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(yaml.safe_dump({**OWN, **changes}), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_conventions(str(path))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("- a", "no mapping"), ("{span: a.b}", "lacks"), ("a: [", "can't be read: ParserError")],
)
def test_a_file_that_is_no_set_is_a_start_up_error(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=says):
        load_conventions(str(path))


def test_a_set_or_a_file_that_isnt_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'gen_ai'") as caught:
        load_conventions("genai")
    assert "gen_ai, guardrail" in caught.value.fix
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        load_conventions(str(tmp_path / "none.yaml"))


def test_what_the_conventions_have_no_name_for_keeps_its_own() -> None:
    assert (operation_name("embed"), operation_name("upload")) == ("embeddings", "upload")
    assert (provider_name("bedrock-converse"), provider_name("mcp")) == ("aws.bedrock", "mcp")
    assert metric_name("guardrail_requests") == "guardrail_requests"
    assert label_name("gen_ai_operation_name") == "gen_ai.operation.name"


def test_the_page_lists_all_that_can_be_named() -> None:
    page = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text("utf-8")
    assert all(f"`{what}`" in page for what in {*SPAN, *EVENT})
