"""Events that fit a mould read as they would without: whatever differs in them, and however."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.errors import UpstreamError
from guardrail.facts import Place, Refusal
from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires
from guardrail.wire import LIMITS, StreamCodec, StreamEvent
from guardrail.wire.framing import FRAMINGS, SSE, Framing
from guardrail.wire.json_array import JsonArray
from guardrail.wire.mould import MAX_BYTES, MAX_LOOSE
from guardrail.wire.spec_file import parse_spec
from guardrail.wire.stream import MAX_MOULDS, MOULDS_AHEAD

Json = Any

ROOT = Path(str(shipped("adapters")))
WIRES = shipped_wires()
CHAT = WIRES.named("openai-chat")
LINES = FRAMINGS["application/x-ndjson"]
SUFFIXES: dict[str, Framing] = {
    ".sse": SSE,
    ".ndjson": LINES,
    ".array": JsonArray(),
    ".eventstream": FRAMINGS["application/vnd.amazon.eventstream"],
}
SAMPLES = sorted(path for suffix in SUFFIXES for path in ROOT.glob(f"*/samples/*{suffix}"))
REFUSAL = Refusal(
    status=400, code="content_policy_violation", message="Нельзя", rules=("kz.10",), request_id="r"
)


def sse(data: object, name: str = "") -> bytes:
    return SSE.event(orjson.dumps(data), name)


def event(content: object, *, model: str = "m", finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return sse({"id": "c", "model": model, "choices": [choice]})


def line(**members: object) -> bytes:
    return LINES.event(orjson.dumps(members))


def stream(name: str, framing: Framing, *, moulds: bool = True) -> StreamCodec:
    codec = WIRES.named(name).stream(framing)
    if not moulds:
        codec._credit = 0
    return codec


def is_cast(one: StreamEvent) -> bool:
    return any(delta.span is not None for delta in one.deltas)


def read(codec: StreamCodec, raws: Sequence[bytes]) -> tuple[list[StreamEvent], list[object]]:
    """Return the events, and all that is made of them."""
    events: list[StreamEvent] = []
    made: list[object] = []
    for raw in raws:
        try:
            found = codec.feed(raw)
        except UpstreamError as fault:
            return events, [*made, str(fault)]
        for one in found:
            events.append(one)
            made += [
                codec.refuse(one, REFUSAL, one.parts),
                [codec.carry(one, at, "new") for at in range(len(one.deltas))],
                [codec.rewrite(one, {at: 'n"w'}) for at in range(len(one.deltas))],
                codec.rewrite(one, dict.fromkeys(range(len(one.deltas)), "Ж")),
            ]
    return events, made


def check(name: str, framing: Framing, raws: Sequence[bytes]) -> list[StreamEvent]:
    """Read events with moulds and without, and return them."""
    events, made = read(stream(name, framing), raws)
    assert (events, made) == read(stream(name, framing, moulds=False), raws)
    return events


# Samples, changed at any place.

TOKENS = [
    b'""', b'"two words"', b'"\xd0\x96"', b'"\\u0041"', b'"a\\"b"', b'"990101300123"',
    b'"+7 701 234 56 78"', b'"data:image/png;base64,iVBORw0K"', b'"\xff"', b'"\\ud800"',
    b'"2026-08-04T08:52:19.385406455Z"', b'"' + b"QUJD" * 300 + b'"',
    b"0", b"-1", b"-0", b"1.5", b"1e2", b"01", b"1-", b"1763700000", b"990101300123", b"1e999",
    b"null", b"true", b"false", b"{}", b"[]", b'{"a":"b c"}', b"[1]", b"", b"1,2", b'"v"}',
    b'"v","more":"990101300123"', b'"v","type":"x"', b'1,"index":1', b'"v" ',
]  # fmt: skip
"""What may stand at a place, well-formed or not."""
USUAL = st.sampled_from([b'"a"', b'"b-1"', b'"Zz9"']), st.sampled_from([b"1", b"2", b"7", b"42"])
"""Strings and numbers as they mostly are."""


def leaves(tree: Json, at: Place = ()) -> Iterator[tuple[Place, Json]]:
    """Yield the scalars of a document, with their places."""
    if not isinstance(tree, (dict, list)):
        yield at, tree
        return
    for name, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from leaves(below, (*at, name))


def changed(tree: Json, tokens: dict[Place, bytes]) -> bytes:
    """Return a document with other tokens at some places."""
    tree = orjson.loads(orjson.dumps(tree))
    for number, place in enumerate(tokens):
        inner = tree
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = f"<{number}>"
    body = orjson.dumps(tree)
    for number, token in enumerate(tokens.values()):
        body = body.replace(b'"<%d>"' % number, token)
    return body


@st.composite
def likes(draw: st.DrawFn) -> tuple[str, Framing, list[bytes]]:
    """Draw a sample, where one event is followed by others that differ from it in a few places."""
    path = draw(st.sampled_from(SAMPLES))
    name, framing = path.parts[-3], SUFFIXES[path.suffix]
    codec = stream(name, framing, moulds=False)
    events = codec.feed(path.read_bytes()) + codec.close()
    telling = [
        at for at, one in enumerate(events) if any(not delta.repeats for delta in one.deltas)
    ]
    at = draw(st.sampled_from(telling or range(len(events))))
    tree, raw = events[at].data, events[at].raw
    here = dict(leaves(tree))
    if () in here:  # nothing to change in
        return name, framing, [one.raw for one in events]
    varied = [delta.place for delta in events[at].deltas if delta.place in here]
    varied += draw(st.lists(st.sampled_from([*here]), max_size=3))
    said = [orjson.dumps(value) for one in events for _, value in leaves(one.data)]
    odd = st.sampled_from(TOKENS) | st.sampled_from(said)
    usual = {place: USUAL[type(here[place]) is int] for place in varied}
    alike = st.one_of(
        st.fixed_dictionaries(usual),
        st.fixed_dictionaries(usual),
        st.fixed_dictionaries({place: one | odd for place, one in usual.items()}),
    )
    bodies = [changed(tree, tokens) for tokens in draw(st.lists(alike, min_size=3, max_size=8))]
    bodies += [changed(dict(reversed(tree.items())), {})] if isinstance(tree, dict) else []
    others = [framing.with_data(raw, body) for body in draw(st.permutations(bodies))]
    raws = [one.raw for one in events]
    return name, framing, [*raws[: at + 1], *others, *raws[at:]]


@given(likes())
def test_whatever_differs_in_a_sample_reads_as_it_would_without_moulds(
    drawn: tuple[str, Framing, list[bytes]],
) -> None:
    check(*drawn)


# A format in which much hangs on everything.

TANGLE = b"""
name: tangle
version: 1
operation: talk
routes: []
request: {}
reply: {}
errors: {types: {4xx: bad, 5xx: worse}, body: $message}
stream:
  root: object
  type: kind.name
  done: {at: over}
  error: fault
  finish:
    - {at: last, channels: t}
    - {at: items.*.end, channels: "items[*]"}
    - {of: [z], in: [x, z], channels: "parts[{p.q}]"}
  numbered: {at: [items.*], member: id, ids: true}
  refusal:
    - {data: {a: $like.like, b: $like.count, message: $message}}
  carry: {keep: [count, like]}
  strings:
    - inert: [kind.name, count, last, "p.**", "like.**"]
    - inert: ["items.*.id", "items.*.end", "items.*.type", "items.*.x", "codes.*", "whole.**"]
    - text: {t: t}
      author: assistant
    - text: {"items.*<x|y>.text": "items[*].other"}
      author: tool
    - text: {"items.*<x?>.text": "items[*].third"}
    - text: {"items.*.text": "items[*].text"}
    - text: {q: "parts[{p.q}].q"}
      of: [x]
    - text: [codes]
      tokens: true
    - text: [shot]
      medium: image
    - opaque: [raw]
      medium: file
      base64: true
    - sealed: [seal]
    - opaque: [whole]
      medium: logprobs
      whole: true
    - text: [price, "t u"]
      alone: true
"""
TANGLED = {
    "kind": {"name": "x"},
    "count": 3,
    "t": "a b",
    "items": [{"id": "i", "type": "w", "text": "c d", "end": None, "x": 1}],
    "p": {"q": 2, "type": "x"},
    "q": "e f",
    "codes": [1.5],
    "shot": "g h",
    "raw": "i j",
    "seal": "k l",
    "whole": {"a": 0},
    "like": {"more": 4},
    "last": "",
    "price": 990101300123,
    "free": "m n",
    "t u": 5,
}


def check_tangle(spec: bytes, raws: Sequence[bytes]) -> None:
    """Read events with moulds and without."""
    says = parse_spec(spec, "tangle")
    codec, plain = (StreamCodec(says.stream, says.error_types, LIMITS, LINES, {}) for _ in "ab")
    plain._credit = 0
    assert read(codec, raws) == read(plain, raws)


@st.composite
def tangled(draw: st.DrawFn) -> list[bytes]:
    """Draw events of which some members may be missing, and a few differ."""
    there = set(draw(st.lists(st.sampled_from([*TANGLED]), unique=True, min_size=1)))
    tree = {name: value for name, value in TANGLED.items() if name in there}
    places = [place for place, _ in leaves(tree)]
    varied = draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=3))
    word = st.sampled_from([b'"x"', b'"y"', b'"z"', b'"a b"', b"1", b"2", b"3", b'"QUJD/w=="'])
    odd = word | st.sampled_from(TOKENS)
    tokens = st.lists(st.fixed_dictionaries(dict.fromkeys(varied, word)), min_size=2, max_size=4)
    strange = st.lists(st.fixed_dictionaries(dict.fromkeys(varied, odd)), min_size=1, max_size=3)
    return [changed(tree, one) + b"\n" for one in draw(tokens) + draw(strange)]


@given(tangled())
@example([b'{"t":"a","codes":[%s]}\n' % code for code in (b"1.5", b"2.5", b"3.5", b"4")])
@example([b'{"t":"a","shot":"%s"}\n' % shot for shot in (b"b c", b"d e", b"data:image/png,f")])
@example([b'{"t":"a","raw":%s}\n' % part for part in (b'"x"', b'"y"', b"-1")])
def test_whatever_hangs_on_a_value_moulds_change_nothing(raws: list[bytes]) -> None:
    check_tangle(TANGLE, raws)


def test_an_event_that_ends_the_stream_is_seen_among_those_like_it() -> None:
    spec = TANGLE.replace(b"root: object", b"""end: '{"t":"c"}'""")
    check_tangle(spec, [b'{"t":"%s"}\n' % text for text in (b"a", b"b", b"c")])


# What differs from event to event in the formats as servers speak them.

WORDS = st.text(min_size=1)
PADS = st.text("abcXYZ", min_size=1, max_size=16)
STAMPS = st.integers(0, 10**9 - 1).map(lambda part: f"2026-08-04T08:52:19.{part:09}Z")
COUNTS = st.integers(1, 99_999)


def chat(word: str, pad: str, stamp: str, number: int) -> bytes:
    choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
    return sse({"id": "c", "created": 1763700000, "choices": [choice], "obfuscation": pad})


def responses(word: str, pad: str, stamp: str, number: int) -> bytes:
    kind = "response.output_text.delta"
    told = {"type": kind, "item_id": "m", "output_index": 0, "content_index": 0, "logprobs": []}
    return sse({**told, "sequence_number": number, "delta": word, "obfuscation": pad}, kind)


def realtime(word: str, pad: str, stamp: str, number: int) -> bytes:
    told = {"type": "response.output_text.delta", "response_id": "r", "item_id": "i"}
    return line(**told, event_id=f"event_{pad}", output_index=0, content_index=0, delta=word)


def ollama(word: str, pad: str, stamp: str, number: int) -> bytes:
    message = {"role": "assistant", "content": word}
    return line(model="m", created_at=stamp, message=message, done=False)


def ollama_thinking(word: str, pad: str, stamp: str, number: int) -> bytes:
    message = {"role": "assistant", "content": "", "thinking": word}
    return line(model="m", created_at=stamp, message=message, done=False)


def gemini(word: str, pad: str, stamp: str, number: int) -> bytes:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": number, "totalTokenCount": 5 + number}
    candidate = {"content": {"parts": [{"text": word}], "role": "model"}, "index": 0}
    return sse({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m-1"})


def two_texts(word: str, pad: str, stamp: str, number: int) -> bytes:
    delta = {"reasoning": word, "reasoning_content": word}
    return sse({"id": "c", "choices": [{"index": 0, "delta": delta}]})


Make = Callable[[str, str, str, int], bytes]
SPOKEN = [
    ("openai-chat", SSE, chat),
    ("openai-chat", SSE, two_texts),
    ("openai-responses", SSE, responses),
    ("openai-realtime", LINES, realtime),
    ("ollama-chat", LINES, ollama),
    ("ollama-chat", LINES, ollama_thinking),
    ("gemini", SSE, gemini),
]


@pytest.mark.parametrize(("name", "framing", "make"), SPOKEN)
@given(st.lists(st.tuples(WORDS, PADS, STAMPS, COUNTS), min_size=4, max_size=8))
def test_what_counts_dates_or_pads_events_costs_no_mould(
    name: str, framing: Framing, make: Make, values: list[tuple[str, str, str, int]]
) -> None:
    # All that can differ does so in the first two.
    first = [("a", "ab", "2026-08-04T08:52:19.1Z", 3), ("b", "c", "2026-08-04T08:52:19.2Z", 4)]
    events = check(name, framing, [make(*each) for each in (*first, *values)])
    assert all(map(is_cast, events[2:]))
    assert [one.deltas[-1].text for one in events[2:]] == [word for word, *_ in values]


@pytest.mark.parametrize("odd", ["+7 701 234 56 78", "990101300123", "Айгерим", "two words"])
@pytest.mark.parametrize(("name", "make"), [("openai-chat", chat), ("openai-responses", responses)])
def test_what_pads_an_event_is_examined_where_it_says_something(
    name: str, make: Make, odd: str
) -> None:
    raws = [make(word, pad, "", 2) for word, pad in ("ab", "cd", "ef", ("g", odd), "hi")]
    *_, last, after = check(name, SSE, raws)
    assert [delta.text for delta in last.deltas] == ["g", odd]
    assert is_cast(after)


def raw(body: str, *values: object) -> list[bytes]:
    """Return events that differ in the value at ``?``."""
    return [SSE.event(body.replace("?", str(value)).encode()) for value in values]


HANGING = {
    "what a refusal takes over": (
        "openai-responses",
        raw(
            '{"type":"response.output_text.delta","sequence_number":?,"item_id":"m",'
            '"output_index":0,"content_index":0,"delta":"a"}',
            *range(1, 6),
        ),
    ),
    "what a refusal takes over whole": (
        "openai-chat",
        raw('{"created":{"n":?},"choices":[{"delta":{"content":"a"}}]}', 1, 2, 3, 4),
    ),
    "an end, on a text": (
        "ollama-chat",
        raw('{"message":{"thinking":"a"}}', "")
        + raw('{"message":{"content":"?"}}', "", "b", "c")
        + raw('{"message":{"thinking":"a"}}', "")
        + raw('{"message":{"content":"?"}}', "", "d"),
    ),
    "a channel's name": (
        "openai-responses",
        raw('{"type":"response.output_text.delta","output_index":?,"delta":"a"}', 1, 2, 3, 1),
    ),
    "a part's number": (
        "anthropic-messages",
        raw(
            '{"type":"content_block_delta","index":?,"delta":{"type":"text_delta","text":"a"}}',
            *(1, 1, 2, 3, 1, 2),
        ),
    ),
    "an item's index": (
        "openai-chat",
        raw('{"choices":[{"index":?,"delta":{"content":"a"}}]}', 1, 2, 3, 1, '"b c"'),
    ),
    "the type of an event": (
        "a2a",
        raw(
            '{"result":{"artifactUpdate":{"artifact":{"artifactId":"a","parts":[{"text":"b"}]}},'
            '"statusUpdate":{"status":{"state":"?"}}}}',
            *("X", "Y", "Z", "TASK_STATE_COMPLETED"),
        ),
    ),
    "the type of an object": (
        "openai-responses",
        raw(
            '{"type":"response.content_part.added","output_index":0,"content_index":0,'
            '"part":{"type":"?","text":"a"}}',
            *("x", "y", "output_text", "z"),
        ),
    ),
    "a type that is free text": ("cohere-chat", raw('{"type":"?"}', "a b", "c d", "message-end")),
    "a text that may be a medium": (
        "generic-json",
        raw('{"x":"?"}', "a b", "c d", "data:image/png;base64,AA", "e f", "data:text/plain,a%20b"),
    ),
    "a text that may be an id": (
        "openai-chat",
        raw('{"obfuscation":"?"}', "two words", "some more", "id-1", "two words"),
    ),
    "a text that may be a number": (
        "openai-chat",
        raw('{"choices":[{"delta":{"content":?}}]}', '"a"', '"b"', 5, 990101300123, "null"),
    ),
    "a number that may be a text": (
        "ollama-chat",
        raw(
            '{"message":{"content":"a","tool_calls":[{"function":{"arguments":{"n":?}}}]}}',
            *(990101300123, 990101300124, 990101300125, 5),
        ),
    ),
    "what is opaque where there is anything": (
        "openai-chat",
        raw('{"choices":[{"delta":{"content":"a"},"logprobs":{"a":?}}]}', 0, "0.0", 0, 5),
    ),
}


@pytest.mark.parametrize(("name", "raws"), HANGING.values(), ids=HANGING)
def test_what_hangs_on_a_value_is_found_anew(name: str, raws: list[bytes]) -> None:
    check(name, SSE, raws)


def test_the_answers_of_one_stream_have_a_mould_each() -> None:
    raws = [event("a").replace(b'"index":0', b'"index":%d' % (n % 3)) for n in range(12)]
    events = check("openai-chat", SSE, raws)
    assert all(map(is_cast, events[3:]))
    assert [one.parts for one in events[3:6]] == [(0,), (1,), (2,)]


@given(st.lists(WORDS, min_size=2, max_size=12))
def test_events_that_differ_in_their_text_alone_fit_from_the_second_on(texts: list[str]) -> None:
    assert all(map(is_cast, check("openai-chat", SSE, [event(text) for text in texts])[1:]))


def test_what_differs_in_more_than_its_text_is_read_in_full() -> None:
    codec = CHAT.stream()
    codec.feed(event("a"))
    (other,) = codec.feed(event("b", finish="stop"))
    assert other.finished == ("choices[0].content",)
    (smuggled,) = codec.feed(event("c")[:-5] + b',"extra":"900101300017"}]}\n\n')
    assert [delta.text for delta in smuggled.deltas] == ["c", "900101300017"]


@pytest.mark.parametrize("broken", [b'"\\ud800x"', b'"\xff"', b'"a"x"b"', b'"a","b"', b"1-2"])
def test_a_text_that_is_no_json_string_is_refused_as_ever(broken: bytes) -> None:
    codec = CHAT.stream()
    codec.feed(event("Q"))
    with pytest.raises(UpstreamError):
        codec.feed(event("Q").replace(b'"Q"', broken))


# Bounds.


def test_a_stream_whose_events_never_fit_soon_makes_no_moulds() -> None:
    codec = CHAT.stream()
    for number in range(40):
        (one,) = codec.feed(sse({"choices": [{"delta": {"content": "x"}}], f"n{number}": 1}))
        assert not is_cast(one)
    assert len(codec._moulds) == MOULDS_AHEAD
    (late,) = codec.feed(event("x"))
    assert not is_cast(late)


def test_moulds_that_pay_make_room_for_others_up_to_a_bound() -> None:
    codec = CHAT.stream()
    for number in range(40):
        raw = sse({"choices": [{"delta": {"content": "x"}}], f"n{number}": 1})
        assert [is_cast(one) for _ in range(3) for one in codec.feed(raw)] == [False, True, True]
    assert len(codec._moulds) == MAX_MOULDS


def test_events_that_differ_in_too_much_are_not_alike() -> None:
    raws = [
        sse({"choices": [{"delta": {"content": "x"}}], "usage": dict.fromkeys("abcdefgh", number)})
        for number in range(1, 5)
    ]
    assert len("abcdefgh") + 1 > MAX_LOOSE
    assert not any(map(is_cast, check("openai-chat", SSE, raws)))


def test_a_large_event_is_read_in_full() -> None:
    small, large = event("x"), event("x" * MAX_BYTES)
    assert list(map(is_cast, check("openai-chat", SSE, [small, small, large, small]))) == [
        False,
        True,
        False,
        True,
    ]
