from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from guardrail.shells.tracing import handed_on, traced

PARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
IIN = "900101300017"


@pytest.fixture
def spans() -> tuple[TracerProvider, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, exporter


async def answer(
    provider: TracerProvider, status: int, inside: Callable[[], None] = lambda: None
) -> list[Any]:
    sent: list[Any] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"method": "POST", "headers": [(b"traceparent", PARENT)], "path": f"/v1/{IIN}"}
    with traced(scope, send, provider.get_tracer("test")) as told:
        inside()
        headers = [
            (b"guardrail-decision", b"refused"),
            (b"guardrail-rules", b"kz.10.personal-data"),
            (b"content-type", b"application/json"),
        ]
        await told({"type": "http.response.start", "status": status, "headers": headers})
        await told({"type": "http.response.body", "body": IIN.encode()})
    return sent


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


async def test_a_span_says_what_was_decided_and_nothing_of_what_was_said(
    spans: tuple[TracerProvider, InMemorySpanExporter],
) -> None:
    provider, exporter = spans
    sent = await answer(provider, 400)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    span = only(exporter)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 400,
        "guardrail.decision": "refused",
        "guardrail.rules": "kz.10.personal-data",
    }
    assert IIN not in span.to_json()


async def test_a_refusal_is_no_error_and_a_fault_is_one(
    spans: tuple[TracerProvider, InMemorySpanExporter],
) -> None:
    provider, exporter = spans
    await answer(provider, 400)
    await answer(provider, 503)
    codes = [span.status.status_code for span in exporter.get_finished_spans()]
    assert codes == [StatusCode.UNSET, StatusCode.ERROR]


async def test_the_callers_trace_goes_on_to_the_upstream(
    spans: tuple[TracerProvider, InMemorySpanExporter],
) -> None:
    provider, exporter = spans
    onward: list[tuple[bytes, bytes]] = []
    await answer(
        provider, 200, lambda: onward.extend(handed_on(((b"traceparent", PARENT), (b"a", b"b"))))
    )
    span = only(exporter)
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.parent.trace_id:032x}" in PARENT.decode()
    here = f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
    assert onward == [(b"a", b"b"), (b"traceparent", here.encode())]


async def test_an_exception_leaves_no_message_in_the_span(
    spans: tuple[TracerProvider, InMemorySpanExporter],
) -> None:
    provider, exporter = spans

    def fail() -> None:
        raise ValueError(IIN)

    with pytest.raises(ValueError, match=IIN):
        await answer(provider, 200, fail)
    assert IIN not in only(exporter).to_json()
