"""Whatever stands wherever in a message of whatever format, no sink of the guard's shows it.

The guard is run without a server, on every sample of every wire format, with made-up values at each
place in turn. `tests/e2e/test_sinks.py` looks at a real server's sinks.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
import pytest
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as as_openmetrics

from guardrail.consent import ConsentRecord
from guardrail.disclose.layers import Layered, Said
from guardrail.engine import Guard, Handling, Route
from guardrail.engine.labels import Job, Labelled
from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, Receipt
from guardrail.evidence.canonical import encode
from guardrail.facts import Headers, Inspected, Place, RawReply, RawRequest, Verdict
from guardrail.settings import Settings, Telemetry
from guardrail.shells.answers import Admitted, Answer, Streaming
from guardrail.shells.assembly import prepare
from guardrail.shells.ports import DirectPorts, run_directly
from guardrail.shells.runner import Runner
from guardrail.shells.tracing import Tracing
from guardrail.shipped import shipped
from guardrail.stores.memory import MemoryConsents
from guardrail.telemetry import CURRENT, Metrics
from guardrail.telemetry.conventions import load_conventions
from guardrail.telemetry.lines import Forwarding, JsonLines, TextLines
from guardrail.telemetry.outbox import Outbox
from guardrail.telemetry.records import Records
from guardrail.testing import MemoryLog
from guardrail.testing.leaks import Planted
from guardrail.wire import Adapter
from guardrail.wire.framing import framing_of

Json = Any
T = TypeVar("T")

ROOT = Path(str(shipped("adapters")))
TELEMETRY = Telemetry(traces="otlp", metrics="otlp", logs="otlp", log_level="debug")
TYPES = {
    ".json": "application/json",
    ".form": "application/x-www-form-urlencoded",
    ".multipart": "multipart/form-data; boundary=sample",
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html",
    ".mp3": "audio/mpeg",
    ".bin": "application/octet-stream",
}
FRAMING = {
    ".sse": "text/event-stream",
    ".ndjson": "application/x-ndjson",
    ".array": "application/json",
    ".eventstream": "application/vnd.amazon.eventstream",
}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
GROUPS = 6
"""Exchanges in which all places of a sample are tried."""
FORM = b'--sample\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--sample--\r\n'
BROKEN = {
    "no JSON": b'{"messages": [{"role": "user", "content": "%s',
    "invalid UTF-8": b'{"messages": [{"role": "user", "content": "%s \xff\xfe"}]}',
    "the wrong type": b'"%s"',
    "a name twice": b'{"model": "%s", "model": "m", "messages": []}',
    "too deep": b'{"a":' + b"[" * 3_000 + b'"%s"' + b"]" * 3_000 + b"}",
    "no body": b"",
}


def samples(prefix: str, suffixes: Sequence[str]) -> list[Any]:
    found = [path for suffix in suffixes for path in ROOT.glob(f"*/samples/{prefix}*{suffix}")]
    first = {path.parts[-3]: path for path in sorted(found, reverse=True)}
    return [
        pytest.param(
            path,
            id=f"{path.parts[-3]}/{path.name}",
            # One of each format always, all with `make thorough`.
            marks=() if first[path.parts[-3]] == path else pytest.mark.thorough,
        )
        for path in sorted(found)
    ]


class Ports(DirectPorts):
    """Without processes that look into media, which have tests of their own."""

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        unseen = Inspected(verdict=Verdict.UNINSPECTABLE, reason="unknown_format")
        return (unseen,) * len(held)

    async def label(self, jobs: Sequence[Job], said: Said) -> tuple[Labelled, ...]:
        made = Layered(data=b"", medium="image/png", missing={"signed": "unknown_format"})
        return tuple(Labelled(held="", layered=made) for _ in jobs)


class Watched:
    """A guard of which everything that it leaves behind is kept."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.planted = Planted()
        self.word = self.planted.word()
        self.log = MemoryLog()
        self.metrics = Metrics(exemplars=True)
        self.outbox = Outbox(100_000, self.metrics.dropped)
        self.answers: list[bytes] = []
        self.outcomes: Counter[object] = Counter()
        self.lines = StringIO()
        self.handlers: list[logging.Handler] = [Forwarding(self.outbox)]
        for form in (TextLines(), JsonLines()):
            handler = logging.StreamHandler(self.lines)
            handler.setFormatter(form)
            self.handlers.append(handler)
        self._tracing = Tracing(TELEMETRY, self.outbox)
        self.use(Ports(MemoryConsents(), self.log))

    def use(self, ports: DirectPorts) -> None:
        """Go on with another world."""
        self._runner = Runner(self.guard, ports, self.metrics)

    def adapter(self, path: Path) -> Adapter:
        return self.guard.wires.named(path.parts[-3])

    def ask(
        self,
        adapter: Adapter,
        body: bytes,
        kind: str = TYPES[".json"],
        head: str = "",
        query: str = "",
    ) -> Admitted | None:
        """Let a request in; None where the guard answers in the upstream's stead.

        Args:
            adapter: its wire format.
            body: of the request.
            kind: its media type.
            head: what every field says that a caller may fill; a word of its own otherwise.
            query: the address's, likewise.
        """
        operation = adapter.operation("POST", "/")
        route = Route(handling=Handling.EXAMINE, adapter=adapter, operation=operation)
        raw = RawRequest(
            method="POST",
            path=f"/v1/{quote(query or self.word)}",
            query=f"q={quote(query or self.word)}",
            headers=_head(head or self.word, kind),
            body=body,
        )
        with self._tracing.follow("POST", raw.headers):
            return self._told(run_directly(self._runner.admit(raw, route)), adapter.echo(body))

    def opened(self, adapter: Adapter) -> Admitted:
        """Let a request in that says nothing."""
        for body, kind in ((b"{}", TYPES[".json"]), (FORM, TYPES[".multipart"])):
            if admitted := self.ask(adapter, body, kind):
                return admitted
        pytest.fail(f"{adapter.name} takes neither")

    def answer(self, admitted: Admitted, body: bytes, kind: str) -> None:
        """Let the upstream answer."""
        word = self.word.encode()
        headers = ((b"content-type", kind.encode()), (b"x-request-id", word), (b"set-cookie", word))
        reply = RawReply(status=200, headers=headers, body=body)
        mark = CURRENT.set(admitted.trail)
        try:
            self._told(run_directly(self._runner.answer(admitted, reply)), admitted.echo)
        finally:
            CURRENT.reset(mark)
            self.outbox.trails.put(admitted.trail)

    def stream(self, admitted: Admitted, pieces: Sequence[bytes], suffix: str) -> None:
        """Let the upstream answer with a stream."""
        framing = framing_of(FRAMING[suffix], array=suffix == ".array")
        assert framing is not None
        codec = admitted.adapter.stream(framing, admitted.echo)
        mark = CURRENT.set(admitted.trail)
        try:
            opened = self._told(
                run_directly(self._runner.open_stream(admitted, codec)), admitted.echo
            )
            if not isinstance(opened, Streaming):
                return
            for piece in pieces:
                run_directly(self._runner.receive(opened, piece))
            run_directly(self._runner.finish(opened))
            self.outcomes[admitted.trail.outcome] += 1
        finally:
            CURRENT.reset(mark)
            self.outbox.trails.put(admitted.trail)

    def _told(self, come: T | Answer, echo: Mapping[str, object]) -> T | None:
        if not isinstance(come, Answer):
            self.outcomes["passed"] += 1
            return come
        if come.refusal is None:
            self.outcomes[come.status] += 1
            return None
        self.outcomes[come.refusal.code] += 1
        # What a protocol wants back in its answers, such as JSON-RPC's id, is for the caller alone.
        whole = b"".join(b"%b: %b\n" % field for field in come.headers) + come.body
        for value in echo.values():
            whole = whole.replace(orjson.dumps(value), b"")
        self.answers.append(whole)
        return None

    def sinks(self) -> Iterator[tuple[str, bytes]]:
        """Give everything that was left behind."""
        told = [{"t": one.kind.value, "req": one.req, **one.fields} for one in self.log.entries]
        yield "evidence", b"\n".join(map(encode, told))
        yield "log lines", self.lines.getvalue().encode()
        yield "metrics", generate_latest(self.metrics.registry)
        yield "OpenMetrics", as_openmetrics(self.metrics.registry)  # type: ignore[no-untyped-call]
        records = Records(load_conventions("gen_ai"), Resource({}), "0")
        trails, lines = self.outbox.trails.take(100_000), self.outbox.lines.take(100_000)
        spans = [records.span(one) for one in trails if one.traced]
        yield "spans", encode_spans(spans).SerializeToString()
        events = [*records.events(trails), *records.lines(lines)]
        yield "telemetry's log", encode_logs(events).SerializeToString()

    def assert_silent(self) -> None:
        """Assert that no sink has anything that was planted, nor what callers were told instead."""
        for sink, data in self.sinks():
            assert not self.planted.leaks(data), f"{sink}: {self.planted.leaks(data)}"
        told = b"\n".join(self.answers)
        assert not self.planted.leaks(told), f"an answer: {self.planted.leaks(told)}"


@pytest.fixture(scope="module")
def guards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Guard]:
    state = tmp_path_factory.mktemp("state")
    return {
        todo: prepare(
            Settings.model_validate({
                "state": state,
                "policy": ("kz-230-viii", "eu-ai-act"),
                "personal_data": todo,
                "media": "pass",
                "consent": {"trust_subject_header": True},
                "detect": {"embeddings": False},
                "telemetry": TELEMETRY,
            })
        )
        for todo in ("refuse", "mask")
    }  # fmt: skip


@pytest.fixture(params=["refuse", "mask"])
def watched(guards: dict[str, Guard], request: pytest.FixtureRequest) -> Iterator[Watched]:
    made = Watched(guards[request.param])
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    for handler in made.handlers:
        root.addHandler(handler)
    yield made
    for handler in made.handlers:
        root.removeHandler(handler)
    root.setLevel(before)


def places(tree: object, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every string, and of every object, that may get a member more."""
    if isinstance(tree, dict):
        yield at
        for name, value in tree.items():
            yield from places(value, (*at, name))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from places(value, (*at, index))
    elif isinstance(tree, str):
        yield at


def planted(tree: Json, place: Place, text: str) -> Json:
    """Return a tree with another text at a place; an object gets a member of that name."""
    changed = deepcopy([tree])
    inner, last = changed, 0
    for part in place:
        inner, last = inner[last], part  # type: ignore[assignment]
    if isinstance(inner[last], dict):
        inner[last][text] = text
    else:
        inner[last] = text
    return changed[0]


def _head(said: str, kind: str) -> Headers:
    """Return a request's head with something in every field that a caller may fill."""
    fields = {
        "content-type": kind,
        "authorization": f"Bearer {said}",
        "cookie": f"session={said}",
        "x-api-key": said,
        "x-forwarded-for": f"10.0.0.1, {said}",
        "user-agent": said,
        "referer": f"https://example.kz/{said}",
        "guardrail-subject": said,
        "guardrail-consent": f"{said}.{said}.{said}",
        "guardrail-lang": said,
        "accept-language": f"kk, {said}",
        "traceparent": PARENT,
        "tracestate": f"v={said}",
        "baggage": f"who={said}",
    }
    return tuple((name.encode(), value.encode()) for name, value in fields.items())


def batches(tree: object) -> Iterator[list[Place]]:
    """Yield the places of a document in groups, so that one that can't be read hides few others."""
    found = list(places(tree))
    for first in range(min(GROUPS, len(found))):
        yield found[first::GROUPS]


def planted_all(tree: Json, group: Sequence[Place], values: Planted) -> bytes:
    for place in reversed(group):  # what is deeper first: a member more changes no other place
        tree = planted(tree, place, values.text())
    return orjson.dumps(tree)


@pytest.mark.parametrize("path", samples("request", [".json"]))
def test_nothing_that_is_asked_gets_into_a_sink(path: Path, watched: Watched) -> None:
    whole = orjson.loads(path.read_bytes())
    for group in batches(whole):
        watched.ask(watched.adapter(path), planted_all(whole, group, watched.planted))
    assert watched.outcomes.total() == min(GROUPS, len(list(places(whole))))
    watched.assert_silent()


@pytest.mark.parametrize("path", samples("request", [".form", ".multipart"]))
def test_nothing_in_a_form_gets_into_a_sink(path: Path, watched: Watched) -> None:
    body = path.read_bytes()
    for found in re.finditer(rb"[A-Za-z]{4,}", body):
        text = watched.planted.text()
        value = quote(text).encode() if path.suffix == ".form" else text.encode()
        changed = body[: found.start()] + value + body[found.end() :]
        watched.ask(watched.adapter(path), changed, TYPES[path.suffix])
    assert watched.outcomes.total() > 3
    watched.assert_silent()


@pytest.mark.parametrize("path", samples("reply", [".json"]))
def test_nothing_that_is_answered_gets_into_a_sink(path: Path, watched: Watched) -> None:
    whole = orjson.loads(path.read_bytes())
    for group in batches(whole):
        admitted = watched.opened(watched.adapter(path))
        watched.answer(admitted, planted_all(whole, group, watched.planted), TYPES[".json"])
    watched.assert_silent()


@pytest.mark.parametrize("path", samples("reply", [".txt", ".html", ".bin", ".mp3"]))
def test_nothing_in_a_reply_of_another_kind_gets_into_a_sink(path: Path, watched: Watched) -> None:
    body = path.read_bytes()
    for at in (0, len(body) // 2, len(body)):
        admitted = watched.opened(watched.adapter(path))
        changed = body[:at] + watched.planted.text().encode() + body[at:]
        watched.answer(admitted, changed, TYPES[path.suffix])
    watched.assert_silent()


@pytest.mark.parametrize("path", samples("stream", list(FRAMING)))
def test_nothing_in_a_stream_gets_into_a_sink(path: Path, watched: Watched) -> None:
    framing = framing_of(FRAMING[path.suffix], array=path.suffix == ".array")
    assert framing is not None
    adapter = watched.adapter(path)
    codec = adapter.stream(framing)
    events = codec.feed(path.read_bytes()) + codec.close()
    where = [
        (number, place)
        for number, event in enumerate(events)
        if event.data is not None
        for place in places(event.data)
    ]
    for first in range(min(GROUPS, len(where))):
        pieces = [event.raw for event in events]
        trees = [event.data for event in events]
        for number, place in reversed(where[first::GROUPS]):
            trees[number] = planted(trees[number], place, watched.planted.text())
            pieces[number] = framing.with_data(events[number].raw, orjson.dumps(trees[number]))
        admitted = watched.opened(adapter)
        watched.stream(admitted, pieces, path.suffix)
    watched.assert_silent()


@pytest.mark.parametrize("suffix", FRAMING)
def test_nothing_in_a_broken_stream_gets_into_a_sink(suffix: str, watched: Watched) -> None:
    for broken in (b"%s", b"data: {%s\n\n", b'{"a": "%s', b"[{%s}]\n", b"event: %s\ndata: x\n\n"):
        admitted = watched.opened(watched.guard.wires.named("openai-chat"))
        text = watched.planted.text().encode()
        watched.stream(admitted, [broken.replace(b"%s", text), b"\xff" + text], suffix)
    watched.assert_silent()


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_nothing_in_what_cant_be_read_gets_into_a_sink(broken: bytes, watched: Watched) -> None:
    for adapter in watched.guard.wires.adapters:
        text = watched.planted.text().encode()
        for kind in TYPES.values():
            watched.ask(adapter, broken.replace(b"%s", text), kind)
        admitted = watched.opened(adapter)
        watched.answer(admitted, broken.replace(b"%s", text), TYPES[".json"])
    watched.assert_silent()


def test_nothing_in_a_head_gets_into_a_sink(watched: Watched) -> None:
    for adapter in watched.guard.wires.adapters:
        text = watched.planted.text()
        for body, kind in ((b"{}", TYPES[".json"]), (FORM, TYPES[".multipart"])):
            watched.ask(adapter, body, kind, head=text)
            watched.ask(adapter, body, kind, query=text)
        watched.ask(adapter, b"{}", kind=f"text/{watched.word}; charset={watched.word}")
        watched.ask(adapter, b"{}", kind=text)
    assert watched.outcomes["personal_data_in_head"] >= 2 * len(watched.guard.wires.adapters)
    watched.assert_silent()


class Failing(Ports):
    """Whose step `what` fails, and says with what."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(MemoryConsents(), MemoryLog())
        self._what, self._error = what, error

    def _fail(self, what: str) -> None:
        if what == self._what:
            raise self._error

    async def records(self, subject: str) -> Sequence[ConsentRecord]:
        self._fail("records")
        return await super().records(subject)

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        self._fail("append")
        return await super().append(entries)

    async def compute(self, work: Callable[[], T], size: int) -> T:
        self._fail("compute")
        return await super().compute(work, size)

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        self._fail("inspect")
        return await super().inspect(held)

    async def label(self, jobs: Sequence[Job], said: Said) -> tuple[Labelled, ...]:
        self._fail("label")
        return await super().label(jobs, said)


@pytest.mark.parametrize("kind", [ValueError, OSError, RecursionError])
@pytest.mark.parametrize("what", ["records", "append", "compute", "inspect", "label"])
def test_a_fault_of_the_guards_doesnt_tell_what_it_was_about(
    what: str, kind: type[Exception], watched: Watched
) -> None:
    """Whatever an error says: an assertion or a library's exception may quote the message."""
    text = watched.planted.text()
    adapter = watched.guard.wires.named("openai-chat")
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    content = [{"type": "text", "text": text}, picture]
    body = orjson.dumps({"messages": [{"role": "user", "content": content}]})
    message = {"role": "assistant", "content": text, "images": [picture]}
    reply = orjson.dumps({"choices": [{"index": 0, "message": message}]})
    admitted = watched.opened(adapter)
    error = EvidenceError("the disk is full") if what == "append" else kind(f"can't read {text}")
    watched.use(Failing(what, error))
    watched.ask(adapter, body)
    watched.answer(admitted, reply, TYPES[".json"])
    watched.stream(admitted, [b"data: " + reply + b"\n\n"], ".sse")
    watched.assert_silent()


def leak(watched: Watched, sink: str) -> None:
    """Do what the guard never must."""
    word = watched.word
    match sink:
        case "evidence":
            entry = Entry(kind=EntryKind.ERROR, req="r", fields={"model": word})
            watched.log.append([entry]).result()
        case "log lines":
            logging.getLogger("any").debug("about %s", word)
        case "metrics":
            watched.metrics.failed(word)
        case "spans":
            watched.opened(watched.guard.wires.named("openai-chat")).trail.model = word
        case _:
            watched.answers.append(word.encode())


@pytest.mark.parametrize("sink", ["evidence", "log lines", "metrics", "spans", "an answer"])
def test_a_leak_into_any_sink_would_be_seen(sink: str, watched: Watched) -> None:
    leak(watched, sink)
    with pytest.raises(AssertionError, match=sink):
        watched.assert_silent()
