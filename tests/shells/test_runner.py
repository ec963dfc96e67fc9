"""The one order of things: examine, fetch consent, decide, enact, record, release."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.consent import ConsentRecord
from guardrail.detect import TextDetector
from guardrail.detect.media.actions import Redaction
from guardrail.detect.text.recognizers import RECOGNIZERS
from guardrail.disclose.layers import Layered, Said
from guardrail.engine import Enacted, Examined, Guard
from guardrail.engine.authorship import Registrar
from guardrail.engine.labels import Labelled
from guardrail.errors import BadInput, EvidenceError, GuardrailError, UpstreamError
from guardrail.evidence import Entry, EntryKind, Receipt
from guardrail.evidence.receipt import parse_receipts
from guardrail.evidence.shard import SECOND
from guardrail.facts import (
    NO_USAGE,
    Category,
    Decision,
    Finding,
    Inspected,
    RawReply,
    RawRequest,
    Seen,
    Segment,
    Tier,
    Usage,
    Verdict,
)
from guardrail.rights.authorship import commits, is_prompt_of, parse_receipt
from guardrail.settings import Labels, Settings, Unmatched
from guardrail.shells.answers import Admitted, Answer, Streaming
from guardrail.shells.assembly import Assembly, prepare
from guardrail.shells.ports import DirectPorts, run_directly
from guardrail.shells.runner import Runner
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.state import State
from guardrail.telemetry import CURRENT, Metrics, Trail
from guardrail.testing import FixedClock, MemoryLog

T = TypeVar("T")

Json = Any

LEAF = "ab" * 32
IIN = "900101300017"
JSON = ((b"content-type", b"application/json"),)
UNKNOWN = Unmatched.model_validate({"ai": "generic"})
Assembled = Callable[..., tuple[Assembly, MemoryLog]]
Consent = Callable[[Sequence[str]], tuple[ConsentRecord, str]]


class Recording:
    """Ports that note each step; `append` waits for `durable`, or fails as `fault` says."""

    def __init__(self, records: Sequence[ConsentRecord] = ()) -> None:
        self.steps: list[str] = []
        self.fetched = 0
        self.entries: list[Entry] = []
        self.durable = asyncio.Event()
        self.durable.set()
        self.fault: Exception | None = None
        self.inspected = Inspected(verdict=Verdict.UNINSPECTABLE, reason="unknown_format")
        self.layers: tuple[str, ...] = ("visible", "tags", "signed")
        self.store = b""
        self.missing: dict[str, str] = {}
        self.jobs: list[tuple[bytes | str, bytes | str]] = []
        self.vouches = False
        self.vouched: list[tuple[bytes, Said, str]] = []
        self._records = records
        self._clock = FixedClock()
        self._ids = 0

    async def records(self, subject: str) -> Sequence[ConsentRecord]:
        await asyncio.sleep(0)
        self.steps.append("records")
        return self._records

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        self.steps += [f"append {entry.kind.value}" for entry in entries]
        if self.fault is not None:
            raise self.fault
        await self.durable.wait()
        self.entries += entries
        self.steps.append("durable")
        return tuple(Receipt(writer="w", n=len(self.entries), leaf=LEAF) for _ in entries)

    async def inspect(self, held: Sequence[bytes | str]) -> tuple[Inspected, ...]:
        self.steps.append("inspect")
        return (self.inspected,) * len(held)

    async def redact(self, held: bytes | str, redaction: Redaction) -> str:
        self.steps.append("redact")
        return "redacted"

    publishes = True
    published_at = "/ai"

    async def detailed(self, enacted: Enacted) -> Enacted:
        return enacted

    async def keep_manifest(self, name: str, store: bytes) -> None:
        self.steps.append(f"keep {name}")

    async def vouch(self, body: bytes, said: Said, media_type: str) -> Layered:
        self.steps.append("vouch")
        self.vouched.append((body, said, media_type))
        written = () if self.missing else ("beside",)
        return Layered(data=b"", medium=media_type, written=written, missing=self.missing)

    async def label(
        self, jobs: Sequence[tuple[bytes | str, bytes | str]], said: Said
    ) -> tuple[Labelled, ...]:
        self.steps.append("label")
        self.jobs += jobs
        made = Layered(
            data=b"",
            medium="image/png",
            written=self.layers,
            missing=self.missing,
            store=self.store,
        )
        held = "labelled" if self.layers else ""
        return tuple(Labelled(held=held, layered=made) for _ in jobs)

    async def compute(self, work: Callable[[], T], size: int) -> T:
        await asyncio.sleep(0)
        self.steps.append("compute")
        return work()

    async def fetch(self, work: Callable[[], T]) -> T:
        await asyncio.sleep(0)
        self.fetched += 1
        return work()

    def now(self) -> datetime:
        return self._clock.now()

    def seconds(self) -> float:
        self._clock.advance(0.001)
        return self._clock.seconds()

    def fresh_id(self) -> str:
        self._ids += 1
        return f"{self._ids:032x}"


def chat(text: str, *headers: tuple[bytes, bytes], **more: object) -> RawRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=(*JSON, *headers),
        body=json.dumps(body, ensure_ascii=False).encode(),
    )


def reply(text: str, status: int = 200) -> RawReply:
    message = {"role": "assistant", "content": text}
    body = {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return RawReply(status=status, headers=JSON, body=json.dumps(body, ensure_ascii=False).encode())


def event(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def header(answer: Answer | Streaming, name: bytes) -> str:
    return next(value for key, value in answer.headers if key == name).decode()


def error(answer: Answer) -> Json:
    return json.loads(answer.body)["error"]


def counted(metrics: Metrics, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples that have these labels."""
    samples = (sample for family in metrics.registry.collect() for sample in family.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def masking(guard_with: Callable[..., Guard]) -> Guard:
    return guard_with(personal_data="mask")


@pytest.fixture
def refusing(guard_with: Callable[..., Guard]) -> Guard:
    return guard_with(personal_data="refuse")


# ------------------------------------------------------------------ the order


async def test_a_request_is_examined_then_consent_is_fetched_then_it_is_recorded_then_released(
    masking: Guard, metrics: Metrics, consent: Consent
) -> None:
    record, token = consent(["KZ_IIN"])
    ports = Recording([record])
    runner = Runner(masking, ports, metrics)
    ports.durable.clear()
    task = asyncio.get_running_loop().create_task(
        runner.admit(chat(IIN, (b"guardrail-consent", token.encode())))
    )
    for _ in range(20):
        await asyncio.sleep(0)
    assert ports.steps == ["compute", "records", "append request"]
    assert not task.done()
    ports.durable.set()
    admitted = await task
    assert isinstance(admitted, Admitted)
    assert ports.steps[-1] == "durable"


async def test_a_key_on_disk_is_looked_at_off_the_loop_and_only_where_it_wasnt_lately(
    masking: Guard, metrics: Metrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = EpochKeys(tmp_path / "epochs", lambda: 0.0)
    monkeypatch.setattr(masking, "pseudonyms", keys)
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    for _ in range(3):
        admitted = await runner.admit(chat("Привет"))
        assert isinstance(admitted, Admitted)
        assert ports.fetched == 1
        assert admitted.decided is not None
        assert admitted.decided.examined.case.names is keys.ready(
            int(ports.now().timestamp()) * SECOND
        )


async def test_a_reply_is_not_released_before_its_evidence_is_durable(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    ports.steps.clear()
    ports.durable.clear()
    task = asyncio.get_running_loop().create_task(runner.answer(admitted, reply("Салем")))
    for _ in range(20):
        await asyncio.sleep(0)
    assert ports.steps == ["compute", "append reply"]
    assert not task.done()
    ports.durable.set()
    answer = await task
    assert header(answer, b"guardrail-evidence") == "w-2"


async def test_a_caller_gets_receipts_for_the_request_and_for_its_reply(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    both = f"guardrail;w=w;n=1;h={LEAF}, guardrail;w=w;n=2;h={LEAF}"
    assert header(await runner.answer(admitted, reply("Салем")), b"guardrail-receipt") == both
    again = await runner.admit(chat("Привет"))
    assert isinstance(again, Admitted)
    streaming = await runner.open_stream(again, again.adapter.stream())
    assert isinstance(streaming, Streaming)
    both = f"guardrail;w=w;n=3;h={LEAF}, guardrail;w=w;n=4;h={LEAF}"
    assert header(streaming, b"guardrail-receipt") == both


CLOSED = re.compile(rb": (guardrail-receipt guardrail;w=w;n=\d+;h=[0-9a-f]{64})\n\n")


async def test_a_stream_ends_with_the_receipt_for_how_it_ended(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    assert not CLOSED.search(await runner.receive(streaming, event("Салем", "stop")))
    data = await runner.receive(streaming, DONE)
    assert data.endswith(DONE), "some readers stop there, so it comes before"
    [said] = CLOSED.findall(data)
    ((log, receipt),) = parse_receipts(said.decode())
    assert (log, receipt.leaf) == ("guardrail", LEAF)
    assert ports.entries[receipt.n - 1].kind is EntryKind.STREAM_CLOSE


@pytest.mark.parametrize("unfinished", [b"", b": ping\n", b'data: {"id":"c","choices":[]}'])
async def test_a_receipt_is_an_event_of_its_own_wherever_the_stream_breaks(
    masking: Guard, metrics: Metrics, unfinished: bytes
) -> None:
    runner = Runner(masking, Recording(), metrics)
    for fails in (False, True):
        admitted = await runner.admit(chat("Привет", stream=True))
        assert isinstance(admitted, Admitted)
        streaming = await runner.open_stream(admitted, admitted.adapter.stream())
        assert isinstance(streaming, Streaming)
        data = await runner.receive(streaming, event("Салем") + unfinished)
        if fails:
            error = UpstreamError("cut off", code="upstream_reset")
            data += await runner.break_off(streaming, error)
        else:
            data += await runner.finish(streaming)
        found = list(CLOSED.finditer(data))
        assert len(found) == 1
        assert data[: found[0].start()].endswith(b"\n\n")


async def test_without_evidence_or_comments_a_stream_ends_without_a_receipt(
    masking: Guard, guard_state: State, metrics: Metrics
) -> None:
    quiet = Settings(state=guard_state.root, labels=Labels(stream_comments=False))
    for guard, fault in ((masking, EvidenceError("disk full")), (prepare(quiet), None)):
        ports = Recording()
        ports.fault = fault
        runner = Runner(guard, ports, metrics, fail_open=True)
        admitted = await runner.admit(chat("Привет", stream=True))
        assert isinstance(admitted, Admitted)
        streaming = await runner.open_stream(admitted, admitted.adapter.stream())
        assert isinstance(streaming, Streaming)
        data = await runner.receive(streaming, event("Салем", "stop") + DONE)
        assert data.endswith(DONE)
        assert b"guardrail-receipt" not in data


async def test_a_refusal_and_what_passes_unexamined_have_a_receipt(
    refusing: Guard, metrics: Metrics
) -> None:
    runner = Runner(refusing, Recording(), metrics)
    refused = await runner.admit(chat(f"ИИН {IIN}"))
    assert isinstance(refused, Answer)
    assert header(refused, b"guardrail-receipt") == f"guardrail;w=w;n=1;h={LEAF}"
    passed = await runner.admit(RawRequest(method="GET", path="/v1/models"))
    assert isinstance(passed, Admitted)
    headers = dict(runner.unexamined_headers(passed))
    assert headers[b"guardrail-receipt"].decode() == f"guardrail;w=w;n=2;h={LEAF}"


async def test_each_piece_of_a_stream_waits_for_the_evidence_of_what_was_found_in_it(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    ports.steps.clear()
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    assert ports.steps == ["append stream.open", "durable"]
    assert b"It is so!" in await runner.receive(streaming, event("It is so!\n"))
    assert ports.steps == ["append stream.open", "durable"]
    ports.durable.clear()
    task = asyncio.get_running_loop().create_task(
        runner.receive(streaming, event(f"ИИН {IIN}. ", "stop"))
    )
    for _ in range(20):
        await asyncio.sleep(0)
    assert ports.steps[2:] == ["append stream.finding"]
    assert not task.done()
    ports.durable.set()
    assert b"<KZ_IIN_1>" in await task
    assert await runner.receive(streaming, DONE)
    assert ports.steps[-2:] == ["append stream.close", "durable"]
    assert await runner.finish(streaming) == b""
    assert await runner.break_off(streaming, UpstreamError("late")) == b""


async def test_consent_is_only_looked_up_where_something_was_found_and_somebody_is_named(
    masking: Guard, metrics: Metrics, consent: Consent
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    await runner.admit(chat(IIN))
    await runner.admit(chat("Привет", (b"guardrail-consent", consent(["KZ_IIN"])[1].encode())))
    assert "records" not in ports.steps


def test_without_an_event_loop_the_same_steps_never_suspend(assembled: Assembled) -> None:
    assembly, log = assembled(personal_data="mask")
    runner = assembly.runner(DirectPorts(assembly.consents, log))
    admitted = run_directly(runner.admit(chat(f"ИИН {IIN}")))
    assert isinstance(admitted, Admitted)
    assert IIN.encode() not in admitted.body
    answer = run_directly(runner.answer(admitted, reply(f"ИИН {IIN}")))
    assert IIN.encode() not in answer.body
    again = run_directly(runner.admit(chat("Привет", stream=True)))
    assert isinstance(again, Admitted)
    streaming = run_directly(runner.open_stream(again, again.adapter.stream()))
    assert isinstance(streaming, Streaming)
    assert run_directly(runner.receive(streaming, event("a. ")))
    run_directly(runner.finish(streaming))
    kinds = [entry.kind.value for entry in log.entries]
    assert kinds == ["request", "reply", "request", "stream.open", "stream.close"]


# ------------------------------------------------------------------ what the caller is told


async def test_a_refused_request_is_answered_in_the_callers_format(
    refusing: Guard, metrics: Metrics
) -> None:
    runner = Runner(refusing, Recording(), metrics)
    answer = await runner.admit(chat(f"ИИН {IIN}"))
    assert isinstance(answer, Answer)
    assert answer.status == 400
    assert error(answer)["code"] == "content_policy_violation"
    assert error(answer)["param"] == "messages[0].content"
    assert header(answer, b"guardrail-decision") == "refused"
    assert header(answer, b"guardrail-rules") == "kz.10.personal-data"
    assert header(answer, b"guardrail-policy").startswith("kz-230-viii@")
    assert header(answer, b"guardrail-evidence") == "w-1"
    assert header(answer, b"guardrail-request-id") == "req_" + f"{1:032x}"
    assert float(header(answer, b"guardrail-duration-ms")) > 0
    assert answer.decision is not None
    assert counted(metrics, "guardrail_requests_total", outcome="refused") == 1
    assert IIN not in repr(answer)


async def test_an_answer_tells_the_strictest_of_both_ways(masking: Guard, metrics: Metrics) -> None:
    runner = Runner(masking, Recording(), metrics)
    for asked, said, word in (
        ("Привет", "Салем", "allowed"),
        (IIN, "Салем", "masked"),
        ("Привет", IIN, "masked"),
    ):
        admitted = await runner.admit(chat(asked))
        assert isinstance(admitted, Admitted)
        answer = await runner.answer(admitted, reply(said))
        assert answer.refusal is None
        assert header(answer, b"guardrail-decision") == word
        assert b"ai-disclosure" in dict(answer.headers)
        runner.delivered(answer)
    assert counted(metrics, "guardrail_disclosures_total", channel="text") == 3


async def test_a_reply_that_is_refused_says_so_and_lets_nothing_out(
    refusing: Guard, metrics: Metrics
) -> None:
    runner = Runner(refusing, Recording(), metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, reply(f"ИИН {IIN}"))
    assert answer.refusal is not None
    assert IIN.encode() not in answer.body
    assert header(answer, b"guardrail-decision") == "refused"


async def test_media_that_pass_are_called_unexamined(
    guard_with: Callable[..., Guard], metrics: Metrics
) -> None:
    runner = Runner(guard_with(media="pass"), Recording(), metrics)
    image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
    body = {"model": "m", "messages": [{"role": "user", "content": image}]}
    raw = RawRequest(
        method="POST", path="/v1/chat/completions", headers=JSON, body=json.dumps(body).encode()
    )
    admitted = await runner.admit(raw)
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, reply("Салем"))
    assert header(answer, b"guardrail-decision") == "unexamined"


async def test_what_passes_unexamined_is_on_record_and_says_so(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    raw = RawRequest(method="GET", path="/v1/models")
    admitted = await runner.admit(raw)
    assert isinstance(admitted, Admitted)
    assert admitted.decided is None
    assert ports.steps == ["append unexamined", "durable"]
    headers = dict(runner.unexamined_headers(admitted))
    assert headers[b"guardrail-decision"] == b"unexamined"
    assert counted(metrics, "guardrail_requests_total", outcome="unexamined") == 1


async def test_an_ai_path_of_no_format_is_an_error_with_its_way_out(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    answer = await runner.admit(RawRequest(method="POST", path="/v1/classify", headers=JSON))
    assert isinstance(answer, Answer)
    assert (answer.status, error(answer)["code"]) == (404, "unsupported_route")
    assert "unmatched.ai" in error(answer)["message"]


async def test_a_request_that_cant_be_read_is_an_error_on_record(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    raw = RawRequest(
        method="POST", path="/v1/chat/completions", headers=JSON, body=b'{"a":1,"a":2}'
    )
    answer = await runner.admit(raw)
    assert isinstance(answer, Answer)
    assert answer.status == 400
    assert ports.entries[-1].fields["code"] == error(answer)["code"]
    assert counted(metrics, "guardrail_errors_total", code=str(error(answer)["code"])) == 1


async def test_a_request_that_couldnt_even_be_received_is_answered_too(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    late = BadInput("late", code="body_too_slow", status=408)
    answer = await runner.refuse_early("POST", "/v1/chat/completions", late)
    assert (answer.status, error(answer)["code"]) == (408, "body_too_slow")
    assert ports.steps == ["append error", "durable"]


async def test_an_upstreams_nonsense_is_a_502_and_none_of_it_leaves(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, RawReply(status=200, body=f"<b>{IIN}".encode()))
    assert (answer.status, error(answer)["code"]) == (502, "upstream_nonsense")
    assert IIN not in repr(answer)


async def test_a_caller_that_leaves_before_and_within_a_reply_is_on_record(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    await runner.caller_gone(admitted)
    assert ports.entries[-1].fields == {"code": "client_gone"}
    await runner.open_stream(admitted, admitted.adapter.stream())
    await runner.caller_gone(admitted)
    assert ports.entries[-1].kind.value == "stream.close"
    assert ports.entries[-1].fields["code"] == "client_gone"
    before = len(ports.entries)
    await runner.caller_gone(admitted)
    assert len(ports.entries) == before


# ------------------------------------------------------------------ what replies took


def tokens(metrics: Metrics) -> tuple[float, float, float]:
    """Return how many replies told what they took, what they read, and what they wrote."""
    name = "gen_ai_client_token_usage"
    return (
        counted(metrics, f"{name}_count", gen_ai_token_type="input"),
        counted(metrics, f"{name}_sum", gen_ai_token_type="input"),
        counted(metrics, f"{name}_sum", gen_ai_token_type="output"),
    )


def used(read: object, wrote: object) -> bytes:
    told = {"id": "c", "model": "m-1", "choices": [], "usage": {"prompt_tokens": read}}
    told["usage"]["completion_tokens"] = wrote  # type: ignore[index]
    return b"data: " + json.dumps(told).encode() + b"\n\n"


async def test_what_a_whole_reply_took_is_counted_and_told_with_the_request(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    body = {**json.loads(reply("Привет").body), "model": "m-1"}
    body["usage"] = {"prompt_tokens": 9, "completion_tokens": 5}
    answer = RawReply(status=200, headers=JSON, body=json.dumps(body).encode())
    await runner.answer(admitted, answer)
    assert tokens(metrics) == (1, 9, 5)
    assert admitted.trail.usage == Usage(input=9, output=5, model="m-1", finished=("stop",))


@pytest.mark.parametrize("split", [1, 40, 10_000])
async def test_what_a_streamed_reply_took_is_counted_once_at_its_end(
    masking: Guard, metrics: Metrics, split: int
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    stream = event("Привет") + event("", "stop") + used(9, 5) + DONE
    for at in range(0, len(stream), split):
        await runner.receive(streaming, stream[at : at + split])
    await runner.finish(streaming)
    await runner.caller_gone(admitted)
    assert tokens(metrics) == (1, 9, 5)
    assert admitted.trail.usage == Usage(input=9, output=5, finished=("stop",))


@pytest.mark.parametrize(("name", "told"), [("m-1", "m-1"), (f"of {IIN}", "")])
async def test_a_streams_model_is_looked_at_before_it_is_told(
    masking: Guard, metrics: Metrics, name: str, told: str
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    admitted.trail.span_id, admitted.trail.sampled = "00f067aa0ba902b7", True
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    await runner.receive(streaming, used(9, 5).replace(b"m-1", name.encode()) + DONE)
    assert admitted.trail.usage.model == told


async def test_what_an_abandoned_stream_took_so_far_is_counted(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    await runner.receive(streaming, used(9, 1))
    for _ in range(2):
        await runner.caller_gone(admitted)
    assert tokens(metrics) == (1, 9, 1)


async def test_what_an_upstream_makes_up_is_no_count(masking: Guard, metrics: Metrics) -> None:
    runner = Runner(masking, Recording(), metrics)
    for read, wrote in ((-1, True), ("9", 10**20), (None, 1.5), ([9], {"n": 5})):
        admitted = await runner.admit(chat("Привет", stream=True))
        assert isinstance(admitted, Admitted)
        streaming = await runner.open_stream(admitted, admitted.adapter.stream())
        assert isinstance(streaming, Streaming)
        await runner.receive(streaming, event("Привет", IIN) + used(read, wrote) + DONE)
        assert admitted.trail.usage == NO_USAGE
    assert tokens(metrics) == (0, 0, 0)


async def test_a_reply_that_is_fetched_again_takes_nothing(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    trail = Trail("GET")
    held = CURRENT.set(trail)
    try:
        fetched = RawRequest(method="GET", path="/v1/responses/resp_1")
        admitted = await runner.admit(fetched)
    finally:
        CURRENT.reset(held)
    assert isinstance(admitted, Admitted)
    assert admitted.decided is not None, "its reply is examined"
    body = json.dumps({"id": "resp_1", "usage": {"input_tokens": 9, "output_tokens": 5}}).encode()
    await runner.answer(admitted, RawReply(status=200, headers=JSON, body=body))
    assert trail.route == "openai-responses/retrieve"
    assert trail.usage == NO_USAGE
    assert tokens(metrics) == (0, 0, 0)


# ------------------------------------------------------------------ evidence that can't be written


async def test_without_evidence_nothing_passes(masking: Guard, metrics: Metrics) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    ports.fault = EvidenceError("disk full")
    for answer in (
        await runner.admit(chat("Привет")),
        await runner.admit(RawRequest(method="GET", path="/v1/models")),
        await runner.answer(admitted, reply("Салем")),
        await runner.open_stream(admitted, admitted.adapter.stream()),
    ):
        assert isinstance(answer, Answer)
        assert (answer.status, error(answer)["code"]) == (503, "evidence_unavailable")
        assert header(answer, b"guardrail-evidence") == "unavailable"
        assert "Салем".encode() not in answer.body
    ended = await runner.receive(streaming, event(f"Салем ИИН {IIN}. ", "stop"))
    assert b"content_filter" in ended
    assert ended.endswith(DONE)
    assert "Салем".encode() not in ended
    assert streaming.stream.ended


async def test_with_fail_open_messages_pass_and_say_that_there_is_no_evidence(
    masking: Guard, refusing: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.fault = EvidenceError("disk full")
    runner = Runner(masking, ports, metrics, fail_open=True)
    admitted = await runner.admit(chat(f"ИИН {IIN}"))
    assert isinstance(admitted, Admitted)
    assert IIN.encode() not in admitted.body
    answer = await runner.answer(admitted, reply("Салем"))
    assert answer.status == 200
    assert header(answer, b"guardrail-evidence") == "unavailable"
    assert b"guardrail-receipt" not in dict(answer.headers)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    assert header(streaming, b"guardrail-evidence") == "unavailable"
    assert b"<KZ_IIN_1>" in await runner.receive(streaming, event(f"ИИН {IIN}. ", "stop"))
    assert counted(metrics, "guardrail_fail_open_total") == 4
    # Open means without evidence, not without law.
    strict = Runner(refusing, ports, metrics, fail_open=True)
    refused = await strict.admit(chat(f"ИИН {IIN}"))
    assert isinstance(refused, Answer)
    assert refused.status == 400


# ------------------------------------------------------------------ faults of the guard itself


class Broken(TextDetector):
    """A detector that fails, and tells in its error what it looked at."""

    def __init__(self, real: TextDetector) -> None:
        super().__init__([RECOGNIZERS[0]()], memo_key=b"k")
        self.sweeper = real.sweeper

    def find(self, text: str) -> tuple[Finding, ...]:
        raise ValueError(f"can't look at {text}")

    def examine(self, segments: Sequence[Segment]) -> tuple[Finding, ...]:
        raise ValueError(f"can't look at {[one.text for one in segments]}")


@pytest.fixture
def broken(guard_with: Callable[..., Guard]) -> Callable[[], Guard]:
    """Return a maker of guards whose detector fails."""

    def make() -> Guard:
        guard = guard_with(personal_data="mask")
        twin = Guard.__new__(Guard)
        twin.__dict__ |= guard.__dict__
        twin.detector = Broken(guard.detector)
        return twin

    return make


async def test_a_fault_of_the_guard_refuses_and_tells_nobody_what_it_looked_at(
    broken: Callable[[], Guard],
    masking: Guard,
    metrics: Metrics,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = Recording()
    runner = Runner(broken(), ports, metrics)
    answer = await runner.admit(chat(f"ИИН {IIN}"))
    assert isinstance(answer, Answer)
    assert (answer.status, error(answer)["code"]) == (500, "guard_failed")
    admitted = await Runner(masking, ports, metrics).admit(chat("Привет"))
    assert isinstance(admitted, Admitted)
    later = await runner.answer(admitted, reply(f"ИИН {IIN}"))
    assert (later.status, error(later)["code"]) == (500, "guard_failed")
    assert caplog.messages == ["the guard failed: ValueError"] * 2
    told = repr((answer, later, [(e.kind, dict(e.fields)) for e in ports.entries], caplog.text))
    assert IIN not in told
    assert counted(metrics, "guardrail_errors_total", code="guard_failed") == 2


async def test_a_fault_within_a_stream_ends_it_in_its_own_format(
    broken: Callable[[], Guard],
    masking: Guard,
    metrics: Metrics,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = Recording()
    admitted = await Runner(masking, ports, metrics).admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    runner = Runner(broken(), ports, metrics)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    call = {"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": f"f {IIN}"}}]}}
    data = await runner.receive(
        streaming, b"data: " + json.dumps({"choices": [call]}).encode() + b"\n\n"
    )
    assert data.endswith(DONE)
    assert b"guard_failed" in data
    assert ports.entries[-1].fields["code"] == "guard_failed"
    assert IIN not in data.decode() + caplog.text
    assert counted(metrics, "guardrail_requests_total", outcome="error") == 1


async def test_a_fault_of_the_upstream_within_a_stream_ends_it_properly(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    await runner.receive(streaming, event("ИИН 9001"))
    data = await runner.break_off(streaming, UpstreamError("cut off", code="upstream_reset"))
    assert data.endswith(DONE)
    assert b"9001" not in data
    assert ports.entries[-1].fields["code"] == "upstream_reset"


class Unready(Guard):
    """A guard that can't open a stream."""

    def judge_reply(self, *args: object, **more: object) -> Decision:
        raise ValueError(IIN)


async def test_a_stream_that_cant_be_opened_is_answered(masking: Guard, metrics: Metrics) -> None:
    admitted = await Runner(masking, Recording(), metrics).admit(chat("Привет", stream=True))
    assert isinstance(admitted, Admitted)
    twin = Unready.__new__(Unready)
    twin.__dict__ |= masking.__dict__
    answer = await Runner(twin, Recording(), metrics).open_stream(
        admitted, admitted.adapter.stream()
    )
    assert isinstance(answer, Answer)
    assert (answer.status, error(answer)["code"]) == (500, "guard_failed")


async def test_errors_of_ours_keep_their_code_and_status(masking: Guard, metrics: Metrics) -> None:
    runner = Runner(masking, Recording(), metrics)
    adapter = masking.wires.named("openai-chat")
    for fault in (
        BadInput("a", code="too_deep"),
        UpstreamError("b", code="upstream_timeout", status=504),
        EvidenceError("c"),
        GuardrailError("d", code="overloaded", status=503),
    ):
        answer = await runner.fault(adapter, "req_1", fault)
        assert (answer.status, error(answer)["code"]) == (fault.status, fault.code)
        assert header(answer, b"guardrail-decision") == "refused"


def test_examined_holds_what_was_found(masking: Guard) -> None:
    raw = chat(IIN)
    route = masking.route("POST", raw.path)
    examined = masking.examine(raw, route, request_id="req_1", label_id="l")
    assert isinstance(examined, Examined)
    assert [finding.entity for finding in examined.findings] == ["KZ_IIN"]


# ------------------------------------------------------------------ media of replies

PNG = "iVBORw0KGgo="
CLEAR = Inspected(verdict=Verdict.INSPECTED, medium="image/png")
PLACE = Seen(
    entity="GEO_LOCATION", category=Category.PERSONAL, tier=Tier.CERTAIN, score=0.9, recognizer="r"
)
NO_LABEL = {"tags": "timeout", "visible": "timeout", "signed": "timeout"}


def image_request(**more: object) -> RawRequest:
    body = json.dumps({"model": "m", "prompt": "A meadow", **more}).encode()
    return RawRequest(method="POST", path="/v1/images/generations", headers=JSON, body=body)


def image_reply(*names: str) -> RawReply:
    body = {"created": 1, "data": [{"b64_json": name} for name in names]}
    return RawReply(status=200, headers=JSON, body=json.dumps(body).encode())


def image_event(name: str, *, last: bool = False) -> bytes:
    kind = "image_generation." + ("completed" if last else "partial_image")
    told = {"type": kind, "b64_json": name, "partial_image_index": 0}
    return f"event: {kind}\ndata: {json.dumps(told)}\n\n".encode()


async def admitted_image(runner: Runner, ports: Recording, **more: object) -> Admitted:
    admitted = await runner.admit(image_request(**more))
    assert isinstance(admitted, Admitted)
    ports.steps.clear()
    return admitted


async def streamed_image(runner: Runner, ports: Recording) -> Streaming:
    admitted = await admitted_image(runner, ports, stream=True)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    ports.steps.clear()
    return streaming


async def test_media_of_a_reply_are_looked_into_then_labelled_then_recorded_then_released(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = CLEAR
    runner = Runner(masking, ports, metrics)
    admitted = await admitted_image(runner, ports)
    ports.durable.clear()
    task = asyncio.get_running_loop().create_task(runner.answer(admitted, image_reply(PNG, PNG)))
    for _ in range(20):
        await asyncio.sleep(0)
    assert ports.steps == ["compute", "inspect", "label", "compute", "append reply"]
    assert not task.done()
    ports.durable.set()
    answer = await task
    assert [one["b64_json"] for one in json.loads(answer.body)["data"]] == ["labelled"] * 2
    [entry] = [one for one in ports.entries if one.kind.value == "reply"]
    marks = entry.fields["marks"]
    assert isinstance(marks, dict)
    assert marks["image_png"] == 2
    assert entry.fields["layers"] == {"visible": 2, "tags": 2, "signed": 2}


async def test_streamed_raw_sound_begins_with_the_rhythm_and_nothing_else_changes(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = replace(CLEAR, medium="audio/wav")
    runner = Runner(masking, ports, metrics)
    audio = {"voice": "alloy", "format": "pcm16"}
    asked = {"model": "m", "messages": [{"role": "user", "content": "a"}], "stream": True}
    body = json.dumps({**asked, "modalities": ["text", "audio"], "audio": audio}).encode()
    admitted = await runner.admit(
        RawRequest(method="POST", path="/v1/chat/completions", headers=JSON, body=body)
    )
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)

    def piece(data: str) -> bytes:
        choice = {"index": 0, "delta": {"audio": {"id": "audio_1", "data": data}}}
        return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"

    first, second = [await runner.receive(streaming, piece(one)) for one in ("AAEC", "AwQF")]
    assert second == piece("AwQF")
    begins, _, rest = first.partition(b'"data": "')
    rhythm, found, end = rest.partition(b'AAEC"')
    assert 80_000 < len(rhythm) < 100_000
    assert found
    assert (begins + b'"data": "AAEC"' + end).endswith(piece("AAEC"))
    await runner.finish(streaming)
    [closed] = [one for one in ports.entries if one.kind.value == "stream.close"]
    assert (closed.fields["layers"], closed.fields["unmarked"]) == (
        {"visible": 1},
        {"in_pieces": 2},
    )


@pytest.mark.parametrize("layer", ["beside", "signed"])
async def test_a_manifest_beside_a_medium_is_kept_before_the_reply_leads_there(
    masking: Guard, metrics: Metrics, layer: str
) -> None:
    ports = Recording()
    ports.inspected, ports.store = CLEAR, b"a manifest"
    ports.layers = ("visible", "tags", layer)
    runner = Runner(masking, ports, metrics)
    answer = await runner.answer(await admitted_image(runner, ports), image_reply(PNG))
    led = [value.decode() for name, value in answer.headers if name == b"link"]
    kept = [step.removeprefix("keep ") for step in ports.steps if step.startswith("keep ")]
    if layer == "signed":  # it is in the picture
        assert led == kept == []
    else:
        assert led == [f'</ai/.well-known/guardrail/m/{kept[0]}.c2pa>; rel="c2pa-manifest"']


PAGE = b"<!doctype html><html><head></head><body><p>Hello</p></body></html>"


async def page_of(guard: Guard, ports: Recording, metrics: Metrics) -> Answer:
    runner = Runner(guard, ports, metrics)
    raw = RawRequest(method="POST", path="/v1/page", headers=JSON, body=b'{"prompt": "a page"}')
    admitted = await runner.admit(raw)
    assert isinstance(admitted, Admitted)
    ports.steps.clear()
    html = ((b"content-type", b"text/html"),)
    return await runner.answer(admitted, RawReply(status=200, headers=html, body=PAGE))


@pytest.fixture
def generic(guard_with: Callable[..., Guard]) -> Guard:
    return guard_with(personal_data="mask", unmatched=UNKNOWN)


async def test_a_page_has_its_manifest_before_it_is_recorded_and_leads_there_twice(
    generic: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.vouches = True
    answer = await page_of(generic, ports, metrics)
    assert [one for one in ports.steps if one != "compute"] == [
        "vouch",
        "append reply",
        "durable",
    ]
    [(body, said, media_type)] = ports.vouched
    assert (body, media_type) == (answer.body, "text/html")
    at = f"/ai/.well-known/guardrail/m/{said.label.id.removeprefix('urn:uuid:')}.c2pa"
    assert header(answer, b"link") == f'<{at}>; rel="c2pa-manifest"'
    assert f'href="{at}"'.encode() in answer.body
    assert ports.entries[-1].fields["layers"] == {"beside": 1}
    assert counted(metrics, "guardrail_media_labels_total", layer="beside") == 1


async def test_a_page_whose_manifest_fails_leaves_labelled_and_leads_nowhere(
    generic: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.vouches, ports.missing = True, {"signed": "crashed"}
    answer = await page_of(generic, ports, metrics)
    assert answer.status == 200
    assert "level=ai-generated" in header(answer, b"guardrail-label")
    assert b'ai-disclosure="ai-generated"' in answer.body
    assert b"link" not in dict(answer.headers)
    assert b"c2pa-manifest" not in answer.body
    assert ports.entries[-1].fields["unmarked"] == {"signed_crashed": 1}
    assert "layers" not in ports.entries[-1].fields


async def test_no_manifest_is_made_where_nobody_signs(generic: Guard, metrics: Metrics) -> None:
    ports = Recording()
    answer = await page_of(generic, ports, metrics)
    assert "vouch" not in ports.steps
    assert b"c2pa-manifest" not in answer.body
    assert "unmarked" not in ports.entries[-1].fields


async def test_what_code_claims_is_put_right_in_a_header(masking: Guard, metrics: Metrics) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    admitted = await runner.admit(chat("Кто ты?"))
    assert isinstance(admitted, Admitted)
    code = "```\nЯ живой человек, а не бот.\n```"
    answer = await runner.answer(admitted, reply(code))
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == code
    assert ', correction=%"' in header(answer, b"guardrail-notice")


async def test_what_a_reply_shows_is_hidden_before_it_is_labelled(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = replace(CLEAR, seen=(PLACE,))
    runner = Runner(masking, ports, metrics)
    admitted = await admitted_image(runner, ports)
    await runner.answer(admitted, image_reply(PNG))
    order = [step for step in ports.steps if step in {"inspect", "redact", "label"}]
    assert order == ["inspect", "redact", "label"]
    assert ports.jobs == [(PNG, "redacted")]


@pytest.mark.parametrize(
    "missing", [NO_LABEL, {"signed": "signer_failed"}, {"visible": "too_small"}], ids=str
)
async def test_a_label_that_fails_refuses_the_reply(
    masking: Guard, metrics: Metrics, missing: dict[str, str]
) -> None:
    ports = Recording()
    ports.inspected = CLEAR
    ports.missing = missing
    ports.layers = tuple(one for one in ports.layers if one not in missing)
    runner = Runner(masking, ports, metrics)
    answer = await runner.answer(await admitted_image(runner, ports), image_reply(PNG))
    assert answer.status == 502
    assert error(answer)["code"] == "media_not_labelled"
    assert PNG.encode() not in answer.body
    assert b'"labelled"' not in answer.body
    assert ports.steps[-2:] == ["append error", "durable"]
    assert "append reply" not in ports.steps
    assert counted(metrics, "guardrail_requests_total", outcome="error") == 1


async def test_requests_and_texts_are_never_labelled(masking: Guard, metrics: Metrics) -> None:
    ports = Recording()
    ports.inspected = CLEAR
    runner = Runner(masking, ports, metrics)
    url = f"data:image/png;base64,{PNG}"
    content = [{"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "m", "messages": [{"role": "user", "content": content}]}
    admitted = await runner.admit(
        RawRequest(
            method="POST", path="/v1/chat/completions", headers=JSON, body=json.dumps(body).encode()
        )
    )
    assert isinstance(admitted, Admitted)
    assert PNG.encode() in admitted.body
    await runner.answer(admitted, reply("Салем"))
    assert "inspect" in ports.steps
    assert "label" not in ports.steps


async def test_a_refused_reply_isnt_labelled(refusing: Guard, metrics: Metrics) -> None:
    ports = Recording()
    runner = Runner(refusing, ports, metrics)
    answer = await runner.answer(await admitted_image(runner, ports), image_reply(PNG))
    assert answer.refusal is not None
    assert "label" not in ports.steps


async def test_a_streamed_picture_is_looked_into_then_labelled_then_recorded_then_released(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = CLEAR
    runner = Runner(masking, ports, metrics)
    streaming = await streamed_image(runner, ports)
    ports.durable.clear()
    both = image_event(PNG) + image_event(PNG, last=True)
    task = asyncio.get_running_loop().create_task(runner.receive(streaming, both))
    for _ in range(20):
        await asyncio.sleep(0)
    assert ports.steps[:2] == ["inspect", "label"]
    assert ports.steps[2].startswith("append stream")
    assert "durable" not in ports.steps
    assert not task.done()
    ports.durable.set()
    data = await task + await runner.finish(streaming)
    assert data.count(b'"labelled"') == 2
    assert PNG.encode() not in data
    assert ports.steps.count("inspect") == ports.steps.count("label") == 2
    assert ports.entries[-1].fields["marks"] == {"image_png": 2}


async def test_a_streamed_picture_is_hidden_before_it_is_labelled(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = replace(CLEAR, seen=(PLACE,))
    runner = Runner(masking, ports, metrics)
    streaming = await streamed_image(runner, ports)
    data = await runner.receive(streaming, image_event(PNG))
    assert ports.steps[:3] == ["inspect", "redact", "label"]
    assert ports.jobs == [(PNG, "redacted")]
    assert b'"labelled"' in data


async def test_a_streamed_label_that_fails_ends_the_stream_behind_what_came_before(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    ports.inspected = CLEAR
    runner = Runner(masking, ports, metrics)
    streaming = await streamed_image(runner, ports)
    first = await runner.receive(streaming, image_event(PNG))
    assert b'"labelled"' in first
    ports.layers, ports.missing = (), NO_LABEL
    data = await runner.receive(streaming, b": ping\n\n" + image_event(PNG, last=True))
    assert data.startswith(b": ping\n\n")
    assert b"media_not_labelled" in data
    assert PNG.encode() not in data
    assert b'"labelled"' not in data
    assert streaming.stream.ended
    assert await runner.finish(streaming) == b""
    assert ports.entries[-1].fields["code"] == "media_not_labelled"
    assert ports.entries[-1].fields["marks"] == {"image_png": 1}


# ------------------------------------------------------------------ what people were told


def asked_by_name(conversation: str) -> RawRequest:
    body = {"model": "m", "input": "Hello there", "conversation": conversation}
    return RawRequest(
        method="POST", path="/v1/responses", headers=JSON, body=json.dumps(body).encode()
    )


def response(conversation: str) -> RawReply:
    text = {"type": "output_text", "text": "Fine.", "annotations": []}
    item = {"type": "message", "id": "m", "role": "assistant", "content": [text]}
    body = {"id": "resp_1", "output": [item], "conversation": {"id": conversation}}
    return RawReply(status=200, headers=JSON, body=json.dumps(body).encode())


async def test_only_an_answer_that_was_sent_has_told_somebody(
    masking: Guard, metrics: Metrics
) -> None:
    ports = Recording()
    runner = Runner(masking, ports, metrics)
    told = []
    for fault, sent in (
        (EvidenceError("disk full"), True),
        (None, False),
        (None, True),
        (None, True),
    ):
        ports.fault = None
        admitted = await runner.admit(asked_by_name("conv_released"))
        assert isinstance(admitted, Admitted)
        ports.fault = fault
        answer = await runner.answer(admitted, response("conv_released"))
        if sent:
            runner.delivered(answer)
        told.append(counted(metrics, "guardrail_disclosures_total", channel="text"))
    assert told == [0, 0, 1, 1], "without evidence none leaves; of the second the caller was gone"


async def test_a_caller_who_goes_away_is_counted_and_told_again(
    masking: Guard, metrics: Metrics
) -> None:
    runner = Runner(masking, Recording(), metrics)
    admitted = await runner.admit(chat("Hello there"))
    assert isinstance(admitted, Admitted)
    await runner.open_stream(admitted, admitted.adapter.stream())
    await runner.caller_gone(admitted)
    assert counted(metrics, "guardrail_disclosures_total", channel="header") == 1


async def test_answers_that_tell_nobody_though_they_should_are_counted(
    guard_with: Callable[..., Guard], metrics: Metrics
) -> None:
    guard = guard_with(policy=("cn-labelling",))  # of which every answer is to be told
    runner = Runner(guard, Recording(), metrics)
    raw = RawRequest(method="CALL", path="/f", headers=JSON, body=b'{"q":"Hi"}')
    admitted = await runner.admit(raw, guard.function_route())
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, RawReply(status=200, headers=JSON, body=b'{"a":"b"}'))
    runner.delivered(answer)
    assert counted(metrics, "guardrail_conversations_undisclosed_total") == 1


# ------------------------------------------------------------------ prompts on record

REGISTER = (b"guardrail-authorship", b"register")
SEALS = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def registering(guard: Guard, ports: Recording, *, fail_open: bool = False) -> Runner:
    registrar = Registrar(guard, SEALS)
    return Runner(guard, ports, Metrics(), fail_open=fail_open, registrar=registrar)


async def test_a_receipt_leaves_when_the_prompt_is_on_record(masking: Guard) -> None:
    ports = Recording()
    runner = registering(masking, ports)
    admitted = await runner.admit(chat("Өлең жаз", REGISTER))
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, reply("Қар"))
    assert [entry.kind for entry in ports.entries[1:]] == ["reply", "authorship"]
    receipt = parse_receipt(header(answer, b"guardrail-authorship"))
    assert is_prompt_of(receipt, "Өлең жаз")
    assert commits(receipt, receipt.record.output, answer.body)


async def test_what_isnt_on_record_has_no_receipt(masking: Guard) -> None:
    ports = Recording()
    runner = registering(masking, ports, fail_open=True)
    admitted = await runner.admit(chat("Өлең жаз", REGISTER))
    assert isinstance(admitted, Admitted)
    ports.fault = EvidenceError("the disk is full")
    answer = await runner.answer(admitted, reply("Қар"))
    assert answer.status == 200
    assert b"guardrail-authorship" not in dict(answer.headers)


async def test_a_refused_reply_registers_nothing(refusing: Guard) -> None:
    ports = Recording()
    runner = registering(refusing, ports)
    admitted = await runner.admit(chat("Өлең жаз", REGISTER))
    assert isinstance(admitted, Admitted)
    answer = await runner.answer(admitted, reply(f"ИИН {IIN}"))
    assert answer.refusal is not None
    assert "authorship" not in [entry.kind for entry in ports.entries]
