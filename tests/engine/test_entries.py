from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from guardrail.engine import Case, Guard
from guardrail.engine.entries import entry_of
from guardrail.evidence import EntryKind
from guardrail.facts import Action, Decision, RawRequest

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ASKED = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'


def case_of(guard: Guard) -> tuple[Case, Decision]:
    raw = RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=((b"content-type", b"application/json"),),
        body=ASKED,
    )
    route = guard.route("POST", raw.path)
    decided = guard.decide(
        guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1"), (), NOW
    )
    return decided.examined.case, decided.decision


def test_an_entry_names_its_request_its_way_and_the_formats_specification(
    make_guard: Callable[..., Guard],
) -> None:
    guard = make_guard()
    case, decision = case_of(guard)
    asked = entry_of(EntryKind.REQUEST, case, decision, (), card="ab" * 32)
    replied = entry_of(EntryKind.STREAM_OPEN, case, decision, (), code="")
    assert (asked.req, asked.fields["dir"], asked.fields["card"]) == ("req_1", "request", "ab" * 32)
    assert asked.fields["spec"] == case.route.adapter.digest
    assert asked.fields["act"] == Action.ALLOW.value
    assert replied.fields["dir"] == "reply"
    assert "code" not in replied.fields


def test_a_guards_entries_name_what_they_were_decided_under(
    make_guard: Callable[..., Guard],
) -> None:
    guard = make_guard()
    guard.card = "cd" * 32
    case, decision = case_of(guard)
    fields = guard.entry(EntryKind.REQUEST, case, decision).fields
    assert fields["card"] == "cd" * 32
    assert fields["det"] == guard.detector.digest
    assert fields["use"] == guard.intent.digest
    assert fields["pol"] == guard.judge.listed
