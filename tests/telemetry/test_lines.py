from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from guardrail.telemetry import CURRENT, Trail
from guardrail.telemetry.lines import Forwarding, JsonLines, TextLines
from guardrail.telemetry.outbox import Outbox, Waiting

Make = Callable[..., Trail]


@pytest.fixture
def followed(trail: Make) -> Iterator[Trail]:
    """A request that is under way."""
    under_way = trail()
    token = CURRENT.set(under_way)
    yield under_way
    CURRENT.reset(token)


def record(message: str, *values: object, name: str = "guardrail") -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "", 0, message, values, None)


def test_a_line_of_text_ends_with_its_requests_id(followed: Trail) -> None:
    line = TextLines().format(record("%s of two", "one"))
    assert line.endswith(f" WARNING guardrail: one of two [{followed.request_id}]")


def test_a_line_of_json_names_its_request_and_its_trace(followed: Trail) -> None:
    told = json.loads(JsonLines().format(record("“two”\nlines")))
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "warning",
        "logger": "guardrail",
        "message": "“two”\nlines",
        "request_id": followed.request_id,
        "trace_id": followed.trace_id,
    }


def test_outside_of_requests_lines_name_none() -> None:
    assert TextLines().format(record("hello")).endswith("guardrail: hello")
    told = json.loads(JsonLines().format(record("hello")))
    assert told.keys() == {"time", "level", "logger", "message"}


def test_a_request_that_has_no_id_yet_is_named_by_nothing(followed: Trail) -> None:
    followed.request_id = followed.trace_id = ""
    assert TextLines().format(record("hello")).endswith("guardrail: hello")
    assert "trace_id" not in json.loads(JsonLines().format(record("hello")))


def fail() -> NoReturn:
    raise ValueError("what a person wrote")


def failed(name: str = "guardrail", message: str = "it failed") -> logging.LogRecord:
    try:
        fail()
    except ValueError:
        return logging.LogRecord(name, logging.ERROR, "", 0, message, (), sys.exc_info())


def test_of_an_exception_its_type_and_its_way_are_told_and_not_what_it_says() -> None:
    told = failed()
    assert "a person wrote" in logging.Formatter().format(told), "which stays with the record"
    line = TextLines().format(told)
    assert line.endswith("\nValueError")
    assert __file__ in line
    assert "a person" not in line.rsplit("\n", 1)[1]
    assert json.loads(JsonLines().format(told))["error"] == "ValueError"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Task exception was lost\nfuture: <Task x='wrote'>", "Task exception was lost"),
        ("Exception in callback send('wrote')", "Exception in callback send"),
        ("<wrote>", ""),
    ],
)
def test_an_event_loops_words_end_where_values_begin(said: str, kept: str) -> None:
    told = failed("asyncio", said)
    outbox = Outbox(16, lambda _: None)
    Forwarding(outbox).handle(told)
    assert outbox.lines.take(1)[0][4] == kept
    assert json.loads(JsonLines().format(told))["message"] == kept
    assert f"asyncio: {kept}\n" in TextLines().format(told)


def test_lines_are_forwarded_but_for_those_on_sending(followed: Trail) -> None:
    outbox = Outbox(16, lambda _: None)
    handler = Forwarding(outbox)
    handler.handle(record("hello"))
    for name in ("opentelemetry.sdk", "guardrail.telemetry", "urllib3.connectionpool", "grpc"):
        handler.handle(record("round and round", name=name))
    (line,) = outbox.lines.take(9)
    ids = (followed.request_id, followed.trace_id, followed.span_id)
    assert line[1:] == (30, "WARNING", "guardrail", "hello", *ids)


def test_a_span_that_isnt_sent_is_named_by_no_line(followed: Trail) -> None:
    followed.sampled = False
    outbox = Outbox(16, lambda _: None)
    Forwarding(outbox).handle(record("hello"))
    assert outbox.lines.take(1)[0][-1] == ""


def test_a_full_outbox_drops_lines_and_counts_them() -> None:
    dropped: list[str] = []
    outbox = Outbox(16, dropped.append)
    outbox.lines = Waiting("logs", 1, dropped.append, threading.Event())
    handler = Forwarding(outbox)
    for _ in range(3):
        handler.handle(record("hello"))
    assert dropped == ["logs", "logs"]
