"""The admin port, and what is told and done while evidence can't be written."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import openai
import pytest

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
HEALTHY = "guardrail_evidence_healthy"


@contextmanager
def full_disk(guard: Guard) -> Iterator[None]:
    """Let the server write no byte more to any file."""
    process = guard.process.pid
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, NO_LIMIT)


def test_the_admin_port_tells_health_metrics_and_status(guard: Guard) -> None:
    assert httpx.get(f"{guard.admin}/livez").status_code == 200
    ready = httpx.get(f"{guard.admin}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "problems": []})
    guard.chat("Hi")
    assert guard.counted('guardrail_requests_total{outcome="allowed"}') >= 1
    assert guard.counted(HEALTHY) == 1
    status = httpx.get(f"{guard.admin}/status").json()
    assert status["policy"] == ["kz-230-viii@2026.11.4", "eu-ai-act@2026.11.5"]
    assert status["personal_data"] == "refuse"
    assert status["problems"] == []


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/readyz", "/metrics", "/status"])
def test_nothing_of_it_is_on_the_data_port(guard: Guard, assistant: Assistant, path: str) -> None:
    reply = httpx.get(guard.url + path)
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "unknown_url", "it is the upstream that answers"
    assert assistant.received[0].path == path


def test_nothing_of_the_data_port_is_on_the_admin_port(guard: Guard) -> None:
    assert httpx.post(f"{guard.admin}/v1/chat/completions", json={}).status_code == 404
    assert httpx.get(f"{guard.admin}/v1/models").status_code == 404


def test_failing_closed_nothing_passes_while_evidence_cannot_be_written(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], assistant: Assistant
) -> None:
    closed = start(the_assistant[1])
    assert closed.chat("Hi").status_code == 200
    assistant.received.clear()
    with full_disk(closed):
        for _ in range(2):
            with closed.openai() as client, pytest.raises(openai.InternalServerError) as refused:
                client.chat.completions.create(
                    model="m", messages=[{"role": "user", "content": "Hi"}]
                )
            assert refused.value.status_code == 503
            assert refused.value.code == "evidence_unavailable"
            assert refused.value.response.headers["guardrail-evidence"] == "unavailable"
        assert closed.chat("Hi", stream=True).status_code == 503
        assert httpx.get(f"{closed.url}/v1/models").status_code == 503
        assert httpx.get(f"{closed.url}/elsewhere").status_code == 503
        closed.until(lambda: not closed.ready(), 5)
        problems = httpx.get(f"{closed.admin}/readyz").json()["problems"]
        assert problems == ["worker 0 can't write evidence"]
        closed.until(lambda: closed.counted(HEALTHY) == 0, 5)
        assert closed.counted('guardrail_errors_total{code="evidence_unavailable"}') >= 1
        assert httpx.get(f"{closed.admin}/livez").status_code == 200
        assert not assistant.received, "nothing reaches the upstream"
    closed.until(closed.ready, 10)
    assert closed.chat("Hi").status_code == 200
    closed.until(lambda: closed.counted(HEALTHY) == 1, 5)
    closed.stop()


def test_failing_open_messages_pass_and_say_that_there_is_no_evidence(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], assistant: Assistant
) -> None:
    opened = start(the_assistant[1], "--fail", "open")
    with full_disk(opened):
        passed = opened.chat("Hi")
        assert passed.status_code == 200
        assert passed.headers["guardrail-evidence"] == "unavailable"
        assert opened.counted("guardrail_fail_open_total") == 2, "the request and the reply"
        streamed = opened.chat("Hi", stream=True)
        assert streamed.headers["guardrail-evidence"] == "unavailable"
        assert streamed.text.endswith("data: [DONE]\n\n")
        assert opened.chat("ИИН 900101300017").status_code == 400, "refusals stay refusals"
        opened.until(lambda: not opened.ready(), 5)
    opened.until(opened.ready, 10)
    again = opened.chat("Hi")
    assert opened.entry(again.headers["guardrail-evidence"])["t"] == "reply"
    opened.stop()


def test_a_disk_that_fills_up_within_a_stream_ends_the_stream_unreleased(
    start: Callable[..., Guard],
    serve_assistant: Callable[[Assistant], str],
    slow_assistant: Assistant,
) -> None:
    guard = start(serve_assistant(slow_assistant))
    body = {"stream": True, "messages": [{"role": "user", "content": "Tell me !long !iin"}]}
    with httpx.stream("POST", f"{guard.url}/v1/chat/completions", json=body, timeout=20) as reply:
        pieces = reply.iter_text()
        text = next(pieces)
        with full_disk(guard):
            text += "".join(pieces)
    assert '"content_filter"' in text
    assert text.endswith("data: [DONE]\n\n")
    assert "900101300017" not in text
    guard.until(guard.ready, 10)
    guard.stop()
