from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from guardrail.audit import Place
from guardrail.audit.ocsf import PROFILES, VERSION, event

PLACE = Place(shard="2026h2", index=7, leaf="ab" * 32)
HITS = [
    {"rule": "a", "article": "x", "action": "mask", "entities": {}},
    {"rule": "b", "article": "y", "action": "refuse", "entities": {"KZ_IIN": 1}},
]
BASE = {"ts": 1_795_000_000_123_456, "w": "w1", "n": 5, "req": "req_1", "wire": "openai-chat@1",
        "pol": [{"id": "kz-230-viii", "ver": "2026.11.2", "dig": "ab"}]}  # fmt: skip


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
    made = schema.get_class_schema("api_activity", profiles=list(PROFILES))
    return jsonschema.Draft202012Validator(made)


def made(**fields: object) -> Mapping[str, Any]:
    told = event({**BASE, **fields}, PLACE, product="1.0", log="guard.example/2026h2")
    assert told is not None
    return told


@pytest.mark.parametrize(
    "fields",
    [
        {"t": "request", "act": "allow"},
        {"t": "request", "act": "refuse", "hits": HITS, "sub": "p:2026h2:" + "0" * 32},
        {"t": "request", "act": "hold", "model": "gpt-5"},
        {"t": "reply", "act": "mask", "hits": HITS[:1], "lat_us": 5_000, "disclosed": "text"},
        {"t": "stream.open", "act": "allow"},
        {"t": "stream.finding", "act": "pseudonymise"},
        {"t": "stream.close", "act": "allow", "code": "complete"},
        {"t": "error", "code": "upstream_timeout", "status": 504},
        {"t": "unexamined"},
    ],
    ids=lambda fields: f"{fields['t']}-{fields.get('act', '')}",
)
def test_every_event_is_valid_by_the_schema(fields: dict[str, object]) -> None:
    assert [error.message for error in validator().iter_errors(made(**fields))] == []


def test_the_schema_refuses_what_isnt_an_event() -> None:
    wrong = {**made(t="request", act="allow"), "activity_id": "one"}
    assert list(validator().iter_errors(wrong))


@pytest.mark.parametrize(
    ("act", "told"),
    [("allow", (1, 1)), ("mask", (4, 11)), ("pseudonymise", (4, 11)), ("hold", (2, 3)),
     ("refuse", (2, 2))],
)  # fmt: skip
def test_what_was_done_is_an_action_and_a_disposition(act: str, told: tuple[int, int]) -> None:
    found = made(t="request", act=act)
    assert (found["action_id"], found["disposition_id"]) == told


def test_the_strictest_rule_is_told_and_all_are_kept() -> None:
    found = made(t="request", act="refuse", hits=HITS)
    assert found["firewall_rule"] == {"uid": "b", "name": "b", "desc": "y"}
    assert found["unmapped"]["hits"] == HITS
    assert found["policy"]["version"] == "2026.11.2"
    assert found["time"] == 1_795_000_000_123


def test_what_isnt_about_a_message_is_no_event() -> None:
    told = event({**BASE, "t": "log.seal"}, PLACE, product="1.0", log="x")
    assert told is None
