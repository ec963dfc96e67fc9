"""What every reply says of itself, and what no sink ever holds."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from guardrail.disclose import read_label

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

ALWAYS = (
    "guardrail-request-id",
    "guardrail-decision",
    "guardrail-rules",
    "guardrail-policy",
    "guardrail-evidence",
    "guardrail-receipt",
    "guardrail-duration-ms",
)
REQUESTS: dict[str, tuple[str, Any]] = {
    "allowed": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
    "streamed": (
        "/v1/chat/completions",
        {"stream": True, "messages": [{"role": "user", "content": "Hi"}]},
    ),
    "refused": (
        "/v1/chat/completions",
        {"messages": [{"role": "user", "content": "ИИН 900101300017, +7 701 555 01 23"}]},
    ),
    "refused reply": (
        "/v1/chat/completions",
        {"messages": [{"role": "user", "content": "Say !email"}]},
    ),
    "refused stream": (
        "/v1/chat/completions",
        {"stream": True, "messages": [{"role": "user", "content": "Say !iin !phone !email"}]},
    ),
    "malformed": ("/v1/chat/completions", b'{"messages": aigerim@example.kz'),
    "unsupported": ("/v1/aigerim@example.kz", {"input": "Hi"}),
    "unexamined": ("/elsewhere/900101300017?who=aigerim@example.kz", {"input": "Hi"}),
    "upstream's error": ("/v1/chat/completions", {"messages": []}),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_every_reply_says_what_was_decided_and_where_that_is_on_record(
    guard: Guard, case: str
) -> None:
    path, body = REQUESTS[case]
    reply = guard.post(body, path)
    for name in ALWAYS:
        assert len(reply.headers.get_list(name)) == 1, name
    assert re.fullmatch(r"req_[0-9a-f]{32}", reply.headers["guardrail-request-id"])
    assert reply.headers["guardrail-policy"] == "kz-230-viii@2026.11.4, eu-ai-act@2026.11.5"
    assert 0 <= float(reply.headers["guardrail-duration-ms"]) < 5_000
    decided = {"allowed", "refused", "unexamined", "masked", "held"}
    assert reply.headers["guardrail-decision"] in decided
    entry = guard.entry(reply.headers["guardrail-evidence"])
    assert entry["req"] == reply.headers["guardrail-request-id"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_labelled_for_machines_and_the_label_verifies(
    guard: Guard, *, stream: bool
) -> None:
    reply = guard.chat("Hi", stream=stream)
    headers = tuple((k.lower().encode(), v.encode()) for k, v in reply.headers.multi_items())
    label = read_label(headers)
    assert label is not None
    assert label.level == "ai-generated"
    assert label.id.startswith("urn:uuid:")
    assert "mode=ai-originated" in reply.headers["ai-disclosure"]
    assert {"kz.21-1.disclosure", "kz.22.machine-readable"} <= set(
        reply.headers["guardrail-rules"].split(", ")
    )


def test_a_refusal_is_not_labelled_as_an_answer_of_an_ai(guard: Guard) -> None:
    reply = guard.chat("ИИН 900101300017")
    assert "ai-disclosure" not in reply.headers
    assert "guardrail-label" not in reply.headers


def test_request_and_reply_are_both_on_record(guard: Guard) -> None:
    assert [e["t"] for e in guard.of_request(guard.chat("Hi"))] == ["request", "reply"]
    streamed = guard.of_request(guard.chat("Hi", stream=True))
    assert [e["t"] for e in streamed] == ["request", "stream.open", "stream.close"]
    assert streamed[-1]["code"] == "complete"
    assert streamed[-1]["disclosed"] == "text"


def test_no_sink_holds_a_personal_value(guard: Guard) -> None:
    """Each value in each place, refused and masked; every server's end looks once more."""
    for text in ("900101300017", "+7 701 555 01 23", "aigerim@example.kz"):
        guard.chat(text)
        guard.chat(text, stream=True, guardrail_subject=text.strip("+"))
        guard.post({"messages": [{"role": text, "content": text}], "model": text})
        guard.post({text: text})
        guard.post(text.encode(), content_type=text.strip("+"))
        guard.post({"messages": []}, f"/v1/{text}", authorization=text)
        guard.raw(b"GET /%b HTTP/9.9\r\n\r\n" % text.replace(" ", "").encode())
    assert guard.counted('guardrail_detections_total{direction="request",entity="KZ_IIN"}')
    guard.assert_silent(guard.metrics())
    guard.verify()


def test_people_are_informed_on_the_data_port(guard: Guard, assistant: Assistant) -> None:
    told = httpx.get(f"{guard.url}/.well-known/ai-transparency.json")
    assert told.status_code == 200
    assert "KZ_IIN" in told.text
    assert not assistant.received


def test_each_decision_names_what_people_were_told_of_the_system(guard: Guard) -> None:
    told = httpx.get(f"{guard.url}/.well-known/ai-transparency.json")
    entries = guard.of_request(guard.chat("Hi"))
    digest = hashlib.sha256(told.content).hexdigest()
    assert [entry["card"] for entry in entries] == [digest, digest]
    assert all(len(entry["spec"]) == 64 for entry in entries)


def test_a_flipped_byte_in_the_evidence_is_found_and_named(guard: Guard, tmp_path: Path) -> None:
    reply = guard.chat("Hi")
    writer, _, number = reply.headers["guardrail-evidence"].rpartition("-")
    told = b'"n":%b,' % number.encode()
    copy = tmp_path / "state"
    shutil.copytree(guard.state, copy, ignore=shutil.ignore_patterns("*.sqlite*", "staging"))
    (segment,) = copy.glob(f"evidence/wal/{writer}/*")
    lines = segment.read_bytes().splitlines(keepends=True)
    assert told in lines[int(number)]
    lines[int(number)] = lines[int(number)].replace(b'"allow"', b'"alloW"', 1)
    segment.write_bytes(b"".join(lines))
    done = guard.cli("evidence", "verify", str(copy))
    assert done.returncode == 1
    assert "NOT VERIFIED" in done.stdout
    assert f"wal/{writer}/" in done.stdout
    assert f" line {int(number) + 1}: " in done.stdout
