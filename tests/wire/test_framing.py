"""How a reply is cut follows from its media type."""

from __future__ import annotations

import pytest

from guardrail.wire.framing import SSE, framing_of
from guardrail.wire.ndjson import JsonLines


@pytest.mark.parametrize(
    "content_type", ["text/event-stream", "Text/Event-Stream ; charset=utf-8", "text/event-stream;"]
)
def test_an_event_stream_is_cut_into_server_sent_events(content_type: str) -> None:
    assert framing_of(content_type) is SSE


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl; charset=x"])
def test_json_lines_are_cut_into_lines(content_type: str) -> None:
    assert isinstance(framing_of(content_type), JsonLines)


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "text/event-streams", "text/html; text/event-stream"]
)
def test_everything_else_is_whole(content_type: str) -> None:
    assert framing_of(content_type) is None
