from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings

from guardrail.disclose import LabelSigner, hash_of, label
from guardrail.engine import Guard, ReplyStream
from guardrail.engine.member_labels import MemberLabels
from guardrail.facts import Author, Kind, Label, RawRequest
from guardrail.testing import chunkings
from guardrail.wire import Delta, EventLabels, StreamEvent
from guardrail.wire.event_labels import EventLabel, LabelSpec
from guardrail.wire.framing import FRAMINGS, Framing, framing_of

Json = Any
IIN = "900101300017"
LINES = FRAMINGS["application/x-ndjson"]
SIGNER = LabelSigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32), "kid-1")
FIRST = EventLabel(at=("label",), given=("text",))
LAST = EventLabel(at=("label",), given=("done",))
OWN = EventLabel(at=("label",), given=("done",), own=True)


def made() -> Label:
    return label(id="urn:uuid:1", model="m", created=5)


def labels(last: EventLabel = LAST, is_exempt: Callable[[], bool] = lambda: False) -> MemberLabels:
    places = EventLabels(LabelSpec(first=FIRST, last=last), LINES, lambda _, name: name)
    return MemberLabels(places, made, SIGNER, is_exempt=is_exempt, is_said=is_text)


def is_text(delta: Delta) -> bool:
    return delta.kind is Kind.TEXT


def event(**data: object) -> StreamEvent:
    return StreamEvent(raw=json.dumps(data).encode() + b"\n", data=data)


def told(one: MemberLabels, of: StreamEvent) -> dict[str, Any] | None:
    """Return the label that an event leaves with; all else of it must be as it came."""
    left = json.loads(one.first(of.raw, of))
    found: dict[str, Any] | None = left.pop("label", None)
    assert left == of.data
    return found


def test_the_first_event_says_what_the_stream_is_and_the_last_is_signed() -> None:
    one = labels()
    one.logged("w1-7")
    assert told(one, event(other=1)) is None
    first = told(one, event(text="a"))
    assert first is not None
    assert (first["id"], first["log"]) == ("urn:uuid:1", "w1-7")
    assert "sig" not in first
    assert told(one, event(text="b")) is None
    one.heard("x", "ab")
    one.left()
    last = told(one, event(done=True))
    assert last is not None
    assert (last["sha256"], last["kid"]) == (hash_of(["ab"]), "kid-1")


def test_a_stream_of_one_event_has_one_label_and_it_is_signed() -> None:
    one = labels()
    one.heard("x", "ab")
    one.left()
    last = told(one, event(text="ab", done=True))
    assert last is not None
    assert last["sha256"] == hash_of(["ab"])
    assert told(one, event(text="b")) is None


def test_of_several_last_events_each_is_signed_over_what_left_so_far() -> None:
    one = labels()
    signed = []
    for channel in ("a", "b"):
        one.heard(channel, channel)
        one.left()
        signed.append(told(one, event(done=True)))
    assert [said["sha256"] for said in signed if said] == [hash_of(["a"]), hash_of(["a", "b"])]


def test_where_nobody_knows_what_left_nothing_is_signed() -> None:
    one = labels()
    one.heard("a", "b")
    one.left()
    one.lose()
    last = told(one, event(done=True))
    assert last is not None
    assert "sig" not in last


def test_a_label_that_is_there_stays_and_no_other_event_gets_one() -> None:
    one = labels()
    there = event(label={"level": "none"}, text="a")
    assert one.first(there.raw, there) == there.raw
    assert told(one, event(text="b")) is None


def test_what_is_exempt_says_nothing_unless_it_turns_out_not_to_be() -> None:
    exempt = True
    one = labels(is_exempt=lambda: exempt)
    assert told(one, event(text="a")) is None
    assert one.last(b'{"done":true}\n') == b'{"done":true}\n'
    exempt = False
    assert told(one, event(done=True)) is not None


def test_what_was_given_to_no_event_stays_as_it_is() -> None:
    one = labels()
    assert one.first(b'{"text":"a"}\n') == b'{"text":"a"}\n'
    assert one.first(b"", event(text="a")) == b""
    assert one.first(b"\n", StreamEvent(raw=b"\n")) == b"\n"


def test_a_stream_that_is_ended_early_is_signed_in_the_event_that_ends_it() -> None:
    one = labels()
    one.first(event(text="a").raw, event(text="a"))
    one.heard("x", "a")
    one.left()
    first, end = one.last(b'{"text":"b"}\n', b'{"done":true}\n').splitlines()
    assert first == b'{"text":"b"}'
    assert json.loads(end)["label"]["sha256"] == hash_of(["a"])


def test_a_refusal_before_the_first_event_has_no_label() -> None:
    assert labels().last(end=b'{"done":true}\n') == b'{"done":true}\n'


def test_an_end_without_room_for_a_label_stays_as_it_is() -> None:
    one = labels()
    one.first(event(text="a").raw, event(text="a"))
    assert one.last() == b""
    assert one.last(b'{"text":"b"}\n') == b'{"text":"b"}\n'


def test_an_answers_own_event_is_signed_over_what_it_says_as_it_leaves() -> None:
    one = labels(OWN)
    deltas = [
        Delta(place=("text", at), channel="x", text="IIN", author=Author.ASSISTANT, kind=kind)
        for at, kind in enumerate((Kind.TEXT, Kind.REASONING, Kind.TEXT))
    ]
    came = StreamEvent(raw=b"", data={"text": ["IIN"] * 3, "done": True}, deltas=tuple(deltas))
    one.heard("x", "of another answer")
    one.left()
    one.lose()
    left = json.loads(one.first(b'{"text":["masked","thought",""],"done":true}\n', came))
    assert left["label"]["sha256"] == hash_of(["masked"])
    assert "sha256" not in (told(one, event(done=True)) or {"sha256": ""})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A streamed answer of a format, and where its labels go."""

    path: str
    asked: Json
    kind: str
    events: tuple[tuple[str, Json], ...]
    """The framing's name of each event, and its data."""
    first: int = 0
    last: int = -1
    at: tuple[str, ...] = ("ai_disclosure",)
    """Of the last label."""

    @property
    def framing(self) -> Framing:
        found = framing_of(self.kind, array=True)
        assert found is not None
        return found

    @property
    def raw(self) -> bytes:
        made = [
            self.framing.event(json.dumps(data, ensure_ascii=False).encode(), name)
            for name, data in self.events
        ]
        if self.kind != "application/json":
            return b"".join(made)
        return b"[" + b"".join(made).removeprefix(b",\n") + b"]\n"

    def read(self, data: bytes) -> list[Json]:
        splitter = self.framing.splitter()
        pieces = [self.framing.data_of(one) for one in [*splitter.feed(data), splitter.close()]]
        return [json.loads(one) for one in pieces if one]


TEXTS = (
    "Good morning, this is the answer of today. ",
    f"ЖСН {IIN[:6]}",
    f"{IIN[6:]}, пош",
    "та aigerim@example.kz. Рақмет!",
)
CANDIDATES = tuple(
    ("", {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
                         | ({"finishReason": "STOP"} if text == TEXTS[-1] else {})]})
    for text in TEXTS
)  # fmt: skip
GEMINI = {"contents": [{"role": "model", "parts": [{"text": "Hi"}]}]}
TURNS = [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Hello"}]
OLLAMA = tuple(("", {"model": "m", "message": {"content": text}, "done": False}) for text in TEXTS)
BLOCKS = tuple(
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}) for text in TEXTS
)
TOLD = {"model_name": "m", "model_version": "1"}
ANSWERS = {
    "gemini": Answer(
        path="/v1beta/models/m:streamGenerateContent",
        asked=GEMINI, kind="text/event-stream", events=CANDIDATES,
    ),
    "gemini, one array": Answer(
        path="/v1beta/models/m:streamGenerateContent",
        asked=GEMINI, kind="application/json", events=CANDIDATES,
    ),
    "ollama": Answer(
        path="/api/chat",
        asked={"model": "m", "messages": TURNS},
        kind="application/x-ndjson",
        events=(*OLLAMA, ("", {"model": "m", "message": {"content": ""}, "done": True})),
    ),
    "bedrock": Answer(
        path="/model/m/converse-stream",
        asked={"messages": [{"role": "assistant", "content": [{"text": "Hi"}]}]},
        kind="application/vnd.amazon.eventstream",
        events=(
            ("messageStart", {"role": "assistant"}),
            *BLOCKS,
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": "end_turn"}),
            ("metadata", {"usage": {"inputTokens": 1}}),
        ),
        last=-2,
        at=("additionalModelResponseFields", "ai_disclosure"),
    ),
    "kserve": Answer(
        path="/v2/models/m/generate_stream",
        asked={"text_input": "Hello"},
        kind="text/event-stream",
        events=(
            *(("", {**TOLD, "text_output": text}) for text in TEXTS),
            ("", {**TOLD, "text_output": "", "done": True}),
        ),
    ),
}  # fmt: skip


def left_of(answer: Answer, guard: Guard, chunks: Sequence[bytes], now: datetime) -> bytes:
    raw = RawRequest(
        method="POST",
        path=answer.path,
        headers=((b"content-type", b"application/json"),),
        body=json.dumps(answer.asked).encode(),
    )
    route = guard.route(raw.method, raw.path)
    examined = guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1", now=now)
    codec = route.adapter.stream(answer.framing)
    stream = ReplyStream(guard, guard.decide(examined, (), now), codec, now)
    left = b"".join(out.data for chunk in chunks for out in stream.receive(chunk, now))
    return left if stream.ended else left + b"".join(out.data for out in stream.finish(now))


def taken(told: Json, at: Sequence[str]) -> Json:
    """Take a label out of an event, with what was made for it."""
    if len(at) == 1:
        return told.pop(at[0], None)
    found = taken(told.get(at[0], {}), at[1:])
    if told.get(at[0]) == {}:
        del told[at[0]]
    return found


def texts_in(tree: Json) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in {"text", "content", "text_output"} and isinstance(value, str):
                yield value
            yield from texts_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from texts_in(value)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_formats_stream_is_labelled_in_two_events_and_all_else_is_as_without(
    make_guard: Callable[..., Guard], now: datetime, name: str
) -> None:
    answer = ANSWERS[name]
    guard, plain = make_guard(signs=SIGNER), make_guard()
    told = answer.read(left_of(answer, guard, [answer.raw], now))
    first, signed = (
        taken(told[answer.first], ("ai_disclosure",)),
        taken(told[answer.last], answer.at),
    )
    assert told == answer.read(left_of(answer, plain, [answer.raw], now))
    assert (first["level"], first["id"], "sig" in first) == ("ai-generated", signed["id"], False)
    said = "".join(texts_in(told))
    assert IIN not in said
    assert signed["sha256"] == hash_of([said])


@pytest.mark.parametrize("name", ANSWERS)
def test_every_cut_of_it_leaves_with_the_same_labels(
    make_guard: Callable[..., Guard], now: datetime, name: str
) -> None:
    answer, guard = ANSWERS[name], make_guard(signs=SIGNER)
    whole = left_of(answer, guard, [answer.raw], now)

    @settings(max_examples=15, deadline=None)
    @given(chunks=chunkings(answer.raw))
    def cut(chunks: list[bytes]) -> None:
        assert left_of(answer, guard, chunks, now) == whole

    cut()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_labels_of_a_guard_before_this_one_stay(
    make_guard: Callable[..., Guard], now: datetime, name: str
) -> None:
    answer, guard = ANSWERS[name], make_guard(signs=SIGNER)
    once = left_of(answer, guard, [answer.raw], now)
    first, again = answer.read(once), answer.read(left_of(answer, guard, [once], now))
    for at, place in ((answer.first, ("ai_disclosure",)), (answer.last, answer.at)):
        there = taken(first[at], place)
        assert there
        assert taken(again[at], place) == there
    assert "ai_disclosure" not in json.dumps(again)


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "kserve"])
def test_a_stream_that_is_refused_is_signed_in_the_event_that_ends_it(
    make_guard: Callable[..., Guard], now: datetime, name: str
) -> None:
    answer = ANSWERS[name]
    guard = make_guard("refuse", signs=SIGNER)
    told = answer.read(left_of(answer, guard, [answer.raw], now))
    signed = taken(told[-1], answer.at)
    assert signed["sha256"] == hash_of(["".join(texts_in(told))])
