"""What the steps tell telemetry: how each request went, and nothing of what was said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from guardrail.consent import ConsentRecord
from guardrail.errors import UpstreamError
from guardrail.facts import Action, Decision, RawReply, RawRequest
from guardrail.settings import Telemetry
from guardrail.shells.answers import Admitted, Answer, Streaming
from guardrail.shells.assembly import Assembly
from guardrail.shells.steps import MOST_MADE, made
from guardrail.shells.tracing import Tracing
from guardrail.telemetry import Metrics, Trail
from guardrail.telemetry.outbox import Outbox
from guardrail.testing import MemoryLog

IIN = "900101300017"
JSON = ((b"content-type", b"application/json"),)
ROUTE = "openai-chat/chat"
Assembled = Callable[..., tuple[Assembly, MemoryLog]]
Consent = Callable[[Sequence[str]], tuple[ConsentRecord, str]]


def chat(text: str, *headers: tuple[bytes, bytes], stream: bool = False) -> RawRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": text}], "stream": stream}
    return RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=(*JSON, *headers),
        body=json.dumps(body).encode(),
    )


def reply(text: str) -> RawReply:
    message = {"role": "assistant", "content": text}
    body = {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return RawReply(status=200, headers=JSON, body=json.dumps(body).encode())


def event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


def counted(metrics: Metrics, name: str, **labels: str) -> float:
    samples = (sample for family in metrics.registry.collect() for sample in family.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


@pytest.fixture
def refusing(assembled: Assembled) -> Assembly:
    return assembled()[0]


@pytest.fixture
def masking(assembled: Assembled) -> Assembly:
    return assembled(personal_data="mask", reply_personal_data="mask")[0]


@pytest.fixture
def followed() -> Iterator[Trail]:
    """A request that is followed, as the shells do it."""
    tracing = Tracing(Telemetry(traces="otlp"), Outbox(16, lambda _: None))
    with tracing.follow("POST", ()) as trail:
        yield trail


async def test_a_whole_exchange_is_counted_by_its_route_and_timed_by_its_steps(
    refusing: Assembly,
) -> None:
    runner, metrics = refusing.runner(), refusing.metrics
    admitted = await runner.admit(chat("Hello"))
    assert isinstance(admitted, Admitted)
    runner.delivered(await runner.answer(admitted, reply("Hello to you")))
    told = {"route": ROUTE, "direction": "reply", "outcome": "allowed"}
    assert counted(metrics, "guardrail_requests_total", **told) == 1
    for stage in ("detect", "decide", "evidence"):
        assert counted(metrics, "guardrail_check_duration_seconds_count", stage=stage) == 2
    assert counted(metrics, "guardrail_upstream_duration_seconds_count", route=ROUTE) == 1
    operated = "gen_ai_client_operation_duration_seconds_count"
    assert counted(metrics, operated, gen_ai_operation_name="chat") == 1
    assert counted(metrics, "guardrail_labels_total", kind="result") == 1
    assert counted(metrics, "guardrail_disclosures_total", channel="text") == 1


async def test_a_refusal_says_on_which_way_and_in_whose_language(refusing: Assembly) -> None:
    answer = await refusing.runner().admit(chat(f"Мой ИИН {IIN}, проверьте, пожалуйста"))
    assert isinstance(answer, Answer)
    metrics = refusing.metrics
    told = {"route": ROUTE, "direction": "request", "outcome": "refused"}
    assert counted(metrics, "guardrail_requests_total", **told) == 1
    assert counted(metrics, "guardrail_detections_total", entity="KZ_IIN", lang="ru") == 1
    refused = {"action": "refuse", "pack": "kz-230-viii", "mode": "enforce"}
    assert counted(metrics, "guardrail_decisions_total", **refused) >= 1
    assert counted(metrics, "guardrail_policy_info", pack="kz-230-viii") == 1


async def test_what_is_decided_within_a_stream_is_counted_too(masking: Assembly) -> None:
    runner, metrics = masking.runner(), masking.metrics
    admitted = await runner.admit(chat("Hello", stream=True))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    await runner.receive(streaming, event(f"ИИН {IIN} is his.\n"))
    await runner.receive(streaming, b"data: [DONE]\n\n")
    await runner.finish(streaming)
    found = {"direction": "reply", "entity": "KZ_IIN"}
    assert counted(metrics, "guardrail_detections_total", **found) == 1
    hidden = {"direction": "reply", "action": "mask", "pack": "kz-230-viii"}
    assert counted(metrics, "guardrail_decisions_total", **hidden) >= 1
    assert counted(metrics, "guardrail_requests_total", outcome="masked", route=ROUTE) == 1
    assert counted(metrics, "guardrail_labels_total", kind="result") == 1
    assert counted(metrics, "guardrail_disclosures_total", channel="text") == 1
    assert [one[2].action for one in admitted.trail.made] == [Action.MASK]


async def test_questions_to_the_registry_are_counted_by_their_answer(
    assembled: Assembled, consent: Consent
) -> None:
    assembly, _ = assembled(personal_data="mask")
    runner, metrics = assembly.runner(), assembly.metrics
    _, token = consent(["KZ_IIN"])
    await runner.admit(chat(f"ИИН {IIN}", (b"guardrail-consent", token.encode())))
    assert counted(metrics, "guardrail_consent_lookups_total", result="found") == 1
    assert counted(metrics, "guardrail_check_duration_seconds_count", stage="consent") == 1
    await runner.admit(chat(f"ИИН {IIN}"))
    assert counted(metrics, "guardrail_consent_lookups_total") == 1, "nobody to ask about"


async def test_a_followed_request_leaves_a_trail_without_its_words(
    refusing: Assembly, followed: Trail
) -> None:
    answer = await refusing.runner().admit(chat(f"secret-words ИИН {IIN}"))
    assert isinstance(answer, Answer)
    headers = dict(answer.headers)
    assert followed.request_id.encode() == headers[b"guardrail-request-id"]
    assert (followed.route, followed.wire, followed.operation) == (ROUTE, "openai-chat", "chat")
    assert (followed.outcome, followed.direction) == ("refused", "request")
    assert ", ".join(followed.rules).encode() == headers[b"guardrail-rules"]
    assert [str(one) for one in followed.evidence] == [headers[b"guardrail-evidence"].decode()]
    assert followed.events
    told = repr(vars(followed))
    assert "secret-words" not in told
    assert IIN not in told


async def test_a_fault_is_told_by_its_code(refusing: Assembly, followed: Trail) -> None:
    runner = refusing.runner()
    admitted = await runner.admit(chat("Hello"))
    assert isinstance(admitted, Admitted)
    error = UpstreamError("gone", code="upstream_reset")
    await runner.fault(admitted.adapter, admitted.request_id, error)
    assert (followed.code, followed.outcome) == ("upstream_reset", "error")
    told = {"route": ROUTE, "direction": "reply", "outcome": "error"}
    assert counted(refusing.metrics, "guardrail_requests_total", **told) == 1


async def test_a_fault_of_a_request_that_nobody_follows_is_counted_by_its_format(
    refusing: Assembly,
) -> None:
    runner = refusing.runner()
    await runner.refuse_early("POST", "/v1/chat/completions", UpstreamError("gone"))
    told = {"route": "openai-chat/other", "outcome": "error"}
    assert counted(refusing.metrics, "guardrail_requests_total", **told) == 1


async def test_a_function_guarded_within_a_guarded_request_has_a_trail_of_its_own(
    refusing: Assembly, followed: Trail
) -> None:
    runner = refusing.runner()
    outer = await runner.admit(chat("Hello"))
    inner = await runner.admit(chat("Hello again"))
    assert isinstance(outer, Admitted)
    assert isinstance(inner, Admitted)
    assert outer.trail is followed
    assert inner.trail is not followed
    assert followed.request_id == outer.request_id


def test_of_many_decisions_the_first_are_told() -> None:
    trail = Trail()
    for _ in range(MOST_MADE + 5):
        made(trail, "request", Decision(action=Action.ALLOW), ())
    made(None, "request", Decision(action=Action.ALLOW), ())
    assert len(trail.made) == MOST_MADE
