"""A picture, or data, in a streamed text leaves as it does in the whole, however it came."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.media.hidden_stream import Run
from guardrail.disclose.layers import Layered
from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.ahead import MOST_CHARS, Ahead
from guardrail.engine.labels import Job, Labelled
from guardrail.errors import UpstreamError
from guardrail.facts import (
    Author,
    Category,
    Inspected,
    Kind,
    RawReply,
    Seen,
    Tier,
    Verdict,
)
from guardrail.settings import HoldBack
from guardrail.testing import pictures
from guardrail.wire import Delta, StreamEvent

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
IIN, EMAIL = "900101300017", "aigerim@example.kz"
PICTURE = b64encode(pictures.encoded(pictures.scene(8, 8))).decode()
OTHER = b64encode(pictures.encoded(pictures.scene(7, 6), ".gif")).decode()
URL = f"data:image/png;base64,{PICTURE}"
CODES = "".join(f"%{byte:02X}" for byte in b64decode(PICTURE))
TEXTS = {
    "Markdown": f"ЖСН {IIN}: ![a meadow]({URL}) it is, says {EMAIL}.",
    "bare": f"Here it is: {PICTURE}",
    "lines": "Here:\n" + "\n".join(wrap(PICTURE, 76)) + f"\n\nThat's it, {EMAIL}",
    "two": f"![one]({URL}) and ![two](data:image/gif;base64,{OTHER}); {IIN}",
    "escaped": json.dumps({"picture": URL, "who": EMAIL}).replace("/", "\\/"),
    "percent codes": f"<img src='data:image/png,{CODES}'> {IIN}",
    "cut off": f"ИИН {IIN} и ![вот]({URL[:200]}",
    "no medium": f"SHA-256 {'9f' * 32}, key {'Q' * 70}, and/or {EMAIL}\n{'-' * 80}\nor {IIN}",
}
PLACE = Seen(
    entity="GEO_LOCATION", category=Category.PERSONAL, tier=Tier.CERTAIN, score=0.9, recognizer="r"
)
TEMPLATE = replace(PLACE, entity="BIOMETRIC_TEMPLATE", category=Category.BIOMETRIC)
UNSEEN = Inspected(verdict=Verdict.UNINSPECTABLE, reason="truncated")


def seen(*one: Seen) -> Inspected:
    return Inspected(verdict=Verdict.INSPECTED, medium="image/png", seen=one)


def redacted(held: bytes | str) -> str:
    assert isinstance(held, bytes)
    return held.decode("latin-1") + "hidden"


def made(jobs: Mapping[int, Job]) -> dict[int, Labelled]:
    """Return pictures with their labels: a word behind what they are by now."""
    layers = Layered(data=b"", medium="image/png", written=("visible", "tags", "signed"))
    texts = {
        at: by_now if isinstance(by_now, str) else by_now.decode("latin-1")
        for at, (_, by_now) in jobs.items()
    }
    return {at: Labelled(held=text + "labelled", layered=layers) for at, text in texts.items()}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What leaves of a reply's text, and whether it was refused."""

    text: str
    refused: str = ""


def whole(
    guard: Guard,
    asked: Enacted,
    text: str,
    inspected: Inspected,
    now: datetime,
    message: Mapping[str, object] | None = None,
) -> Told:
    message = message or {"role": "assistant", "content": text}
    body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    case = asked.decided.examined.case
    examined = guard.examine_reply(case, RawReply(status=200, body=body))
    examined = replace(examined, inspected=(inspected,) * len(examined.media))
    decided = guard.decide(examined, (), now)
    new = {at: redacted(examined.media[at].held) for at in guard.redactions(decided)}
    jobs = {
        at: (one.held, new.get(at, one.held)) for at, one in enumerate(examined.media) if one.held
    }
    enacted = guard.enact(decided, new, made(jobs), now=int(now.timestamp()))
    if enacted.refusal is not None:
        return Told(text="", refused=enacted.refusal.code)
    told = json.loads(enacted.body)["choices"][0]["message"]
    calls = told.get("tool_calls")
    return Told(text=calls[0]["function"]["arguments"] if calls else told["content"])


def event(text: str) -> bytes:
    data = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def streamed(
    stream: ReplyStream,
    pieces: Sequence[str],
    inspected: Inspected,
    now: datetime,
    end: bytes = b"",
) -> Told:
    """Return what leaves of a stream whose media all show the same."""
    return left_of(stream, [*map(event, pieces), end], inspected, now, content)


def left_of(
    stream: ReplyStream,
    chunks: Sequence[bytes],
    inspected: Inspected,
    now: datetime,
    read: Callable[[bytes], str],
) -> Told:
    """Return the same of a stream's bytes."""
    left = b""
    for chunk in [*chunks, None]:
        outs = list(stream.finish(now) if chunk is None else stream.receive(chunk, now))
        while stream.halted:
            if stream.changes is None:
                outs += stream.looked([inspected] * len(stream.awaits), now)
                continue
            changes = stream.changes
            new = {at: redacted(changes.media[at].held) for at in changes.redactions}
            outs += stream.changed(new, made(changes.jobs(new)), now)
        left += b"".join(out.data for out in outs)
        if stream.ended:
            break
    assert stream.ended
    return Told(text=read(left), refused=stream.refusal.code if stream.refusal else "")


def content(left: bytes) -> str:
    events = [json.loads(line[6:]) for line in left.decode().splitlines() if line[:7] == "data: {"]
    return "".join(
        choice["delta"].get("content") or "" for one in events for choice in one.get("choices", ())
    )


def opened(guard: Guard, send: Send, now: datetime) -> ReplyStream:
    decided = send(guard, CHAT).decided
    return ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)


def cut(text: str, places: Sequence[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *sorted(places), len(text)])]


# ------------------------------------------------------------------ media


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=5)
@given(data=st.data())
def test_for_every_cut_a_text_with_a_picture_leaves_as_the_whole_would(
    make_guard: Make,
    send: Send,
    now: datetime,
    name: str,
    data: st.DataObject,
) -> None:
    guard, text = make_guard("mask"), TEXTS[name]
    shown = data.draw(st.sampled_from([(), (PLACE,)]))
    wanted = whole(guard, send(guard, CHAT), text, seen(*shown), now)
    assert not wanted.refused
    places = st.integers(0, len(text))
    pieces = cut(text, data.draw(st.lists(places, max_size=20)))
    end = data.draw(st.sampled_from([b"", b"data: [DONE]\n\n", event("")[:-2]]))
    assert streamed(opened(guard, send, now), pieces, seen(*shown), now, end) == wanted


@pytest.mark.parametrize("name", ["lines"])
def test_letter_by_letter_it_leaves_as_the_whole_would(
    make_guard: Make, send: Send, now: datetime, name: str
) -> None:
    guard, text = make_guard("mask"), TEXTS[name]
    wanted = whole(guard, send(guard, CHAT), text, seen(), now)
    assert streamed(opened(guard, send, now), list(text), seen(), now) == wanted
    assert IIN not in wanted.text
    assert PICTURE not in wanted.text


@pytest.mark.parametrize("inspected", [UNSEEN, seen(TEMPLATE)], ids=["unseen", "a template"])
@settings(max_examples=4)
@given(data=st.data())
def test_of_a_refused_picture_nothing_leaves_but_the_text_before_it(
    make_guard: Make, send: Send, now: datetime, inspected: Inspected, data: st.DataObject
) -> None:
    guard = make_guard("mask")
    text = data.draw(st.sampled_from([TEXTS["Markdown"], TEXTS["lines"], TEXTS["two"]]))
    asked = send(guard, CHAT)
    assert whole(guard, asked, text, inspected, now).refused == "content_policy_violation"
    allowed = whole(guard, asked, text, seen(), now).text
    pieces = cut(text, data.draw(st.lists(st.integers(0, len(text)), max_size=40)))
    told = streamed(opened(guard, send, now), pieces, inspected, now)
    assert told.refused == "content_policy_violation"
    assert allowed.startswith(told.text)
    assert PICTURE[:8] not in told.text


def test_what_stands_before_a_picture_doesnt_wait_for_it(
    make_guard: Make, send: Send, now: datetime
) -> None:
    stream = opened(make_guard("mask"), send, now)
    left = b""
    for piece in ("Here is a meadow. ", f"![x](data:image/png;base64,{PICTURE[:200]}"):
        left += b"".join(out.data for out in stream.receive(event(piece), now))
    assert "Here is a meadow. ![x](data:image/png" in content(left)
    assert PICTURE[:8] not in content(left)


@pytest.mark.parametrize("at_chars", ["release", "refuse"])
def test_bounds_on_text_held_back_dont_cut_a_picture(
    make_guard: Make, send: Send, now: datetime, at_chars: str
) -> None:
    guard = make_guard(
        "mask",
        hold_back=HoldBack.model_validate(
            {"chars": 3600, "at_chars": at_chars, "at_seconds": "release"}
        ),
    )
    large = b64encode(pictures.encoded(pictures.scene(64, 64))).decode()
    text = f"Here: ![x](data:image/png;base64,{large}) {EMAIL}"
    wanted = whole(guard, send(guard, CHAT), text, seen(), now)
    stream = opened(guard, send, now)
    pieces = [text[at : at + 500] for at in range(0, len(text), 500)]
    left = b""
    for piece in pieces[:6]:
        left += b"".join(out.data for out in stream.receive(event(piece), now))
        left += b"".join(out.data for out in stream.overdue(now))
    assert large[:8] not in content(left)
    rest = streamed(stream, pieces[6:], seen(), now)
    assert content(left) + rest.text == wanted.text


def test_a_picture_whose_beginning_was_let_go_ends_the_stream(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", hold_back=HoldBack(at_seconds="release"))
    stream = opened(guard, send, now)
    stream.receive(event(f"Here: {PICTURE[:20]}"), now)
    assert PICTURE[:20] in content(b"".join(out.data for out in stream.overdue(now)))
    with pytest.raises(UpstreamError, match="too slowly"):
        streamed(stream, [PICTURE[20:], " it is"], seen(), now)


def test_a_picture_that_is_too_large_to_be_waited_for_counts_as_unseen(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send, now)
    stream._ahead._media_chars = 100
    told = streamed(stream, cut(TEXTS["Markdown"], range(0, 300, 50)), seen(), now)
    assert told.refused == "content_policy_violation"
    assert PICTURE[:8] not in told.text


def test_where_media_and_labels_may_lack_one_too_large_goes_on_as_it_came(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", media="pass", unlabelled_media="pass")
    stream = opened(guard, send, now)
    stream._ahead._media_chars = 100
    told = streamed(stream, cut(TEXTS["Markdown"], range(0, 300, 50)), seen(), now)
    assert f"![a meadow]({URL}) it is, says <EMAIL" in told.text


def test_a_text_that_repeats_a_channel_is_labelled_once_and_says_the_same(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    body = b'{"model": "m", "input": "Hi"}'
    decided = send(guard, body, path="/v1/responses").decided
    text = TEXTS["Markdown"]
    at = {"item_id": "m_1", "output_index": 0, "content_index": 0}
    kinds = [
        *({"type": "response.output_text.delta", **at, "delta": one} for one in cut(text, [90])),
        {"type": "response.output_text.done", **at, "text": text},
    ]
    for events, inspections in ((kinds, 1), (kinds[2:], 1)):
        stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
        left, looked = b"", 0
        for one in events:
            frame = f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode()
            outs = list(stream.receive(frame, now))
            while stream.halted:
                if stream.changes is None:
                    looked += 1
                    outs += stream.looked([seen()] * len(stream.awaits), now)
                else:
                    outs += stream.changed({}, made(stream.changes.jobs({})), now)
            left += b"".join(out.data for out in outs)
        assert looked == inspections
        said = [
            json.loads(line[6:]) for line in left.decode().splitlines() if line[:7] == "data: {"
        ]
        done = next(one["text"] for one in said if "text" in one)
        assert PICTURE not in done
        assert "".join(one.get("delta", "") for one in said) in {done, ""}


# ------------------------------------------------------------------ keys of data

MANY = {f"k{number}": number for number in range(60)}
DATA = {
    "refused": {"person": "A", "emotion": "sad", "trust_score": 3},
    "a person later": {"emotion": "sad", "n": 1, **MANY, "face": 2},
    "of a review": {"emotion": "joy", "review_id": 3, "who": EMAIL},
    "a review far behind": {"n": 1, "emotion": "joy", **MANY, "review_id": 3},
    "nothing": {"title": "sad", "score": 3, "who": EMAIL},
}


@pytest.mark.parametrize("suspected", ["hold", "pass"])
@pytest.mark.parametrize("name", DATA)
@settings(max_examples=4)
@given(data=st.data())
def test_for_every_cut_keys_say_of_a_streamed_document_what_they_say_of_the_whole(
    make_guard: Make, send: Send, now: datetime, name: str, suspected: str, data: st.DataObject
) -> None:
    guard = make_guard("mask", suspected_use=suspected)
    text = json.dumps(DATA[name], indent=data.draw(st.sampled_from([None, 2])))
    text = data.draw(st.sampled_from([text, f"Here:\n```json\n{text}\n```\n"]))
    wanted = whole(guard, send(guard, CHAT), text, seen(), now)
    places = st.integers(0, len(text))
    pieces = cut(text, data.draw(st.lists(places, max_size=40)))
    told = streamed(opened(guard, send, now), pieces, seen(), now)
    assert told.refused == wanted.refused
    if not wanted.refused:
        assert told == wanted
    else:
        assert "sad" not in told.text
        assert "joy" not in told.text


def test_text_before_a_key_that_may_show_a_use_doesnt_wait(
    make_guard: Make, send: Send, now: datetime
) -> None:
    stream = opened(make_guard("mask"), send, now)
    outs = stream.receive(event('Here is the data: {"n": 1, "emotion": "joy"'), now)
    told = content(b"".join(out.data for out in outs))
    assert 'Here is the data: {"n": 1, ' in told
    assert "joy" not in told


def test_a_text_whose_beginning_was_never_streamed_is_read_for_uses_too(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    decided = send(guard, b'{"model": "m", "input": "Hi"}', path="/v1/responses").decided
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    done = {
        "type": "response.output_text.done",
        "item_id": "m_1",
        "output_index": 0,
        "content_index": 0,
        "text": json.dumps(DATA["refused"]),
    }
    frame = f"event: {done['type']}\ndata: {json.dumps(done)}\n\n".encode()
    outs = stream.receive(frame, now)
    assert stream.refusal is not None
    assert b"sad" not in b"".join(out.data for out in outs)


# ------------------------------------------------------------------ arguments of tools

ARGUMENTS = {
    "a picture": json.dumps({"to": EMAIL, "picture": URL, "iin": int(IIN)}),
    "escaped": json.dumps({"picture": f"![x]({URL})", "o": OTHER, "to": EMAIL}).replace("/", "\\/"),
    "in a string of JSON": json.dumps({"data": json.dumps({"p": URL, "to": EMAIL}), "iin": IIN}),
    "lines": json.dumps({"lines": "\n".join(wrap(PICTURE, 76)), "who": f"ЖСН {IIN}"}),
    "a name": json.dumps({f"the picture: {PICTURE}": IIN}),
    "no medium": json.dumps({"sha": "9f" * 32, "key": "Q" * 70, "to": EMAIL}),
    "no JSON": f"{{picture: {URL}, to: {EMAIL}}}",
}


def argued(text: str) -> bytes:
    call = {"index": 0, "function": {"arguments": text}}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def arguments(left: bytes) -> str:
    """Return what leaves of a tool call's arguments."""
    events = [json.loads(line[6:]) for line in left.decode().splitlines() if line[:7] == "data: {"]
    return "".join(
        call["function"].get("arguments") or ""
        for one in events
        for choice in one.get("choices", ())
        for call in choice["delta"].get("tool_calls", ())
    )


@pytest.mark.parametrize("name", ARGUMENTS)
@settings(max_examples=4)
@given(data=st.data())
def test_for_every_cut_a_picture_in_arguments_leaves_as_in_the_whole(
    make_guard: Make, send: Send, now: datetime, name: str, data: st.DataObject
) -> None:
    guard, text = make_guard("mask"), ARGUMENTS[name]
    shown = data.draw(st.sampled_from([(), (PLACE,)]))
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    wanted = whole(guard, send(guard, CHAT), text, seen(*shown), now, message)
    places = st.lists(st.integers(0, len(text)), max_size=20)
    pieces = [argued(piece) for piece in cut(text, data.draw(places))]
    told = left_of(opened(guard, send, now), pieces, seen(*shown), now, arguments)
    assert told == wanted
    assert not told.refused
    assert EMAIL not in told.text
    if name != "no JSON":
        json.loads(told.text)


@pytest.mark.parametrize("inspected", [UNSEEN, seen(TEMPLATE)], ids=["unseen", "a template"])
def test_of_a_refused_picture_in_arguments_nothing_leaves(
    make_guard: Make, send: Send, now: datetime, inspected: Inspected
) -> None:
    text = ARGUMENTS["in a string of JSON"]
    for size in (1, 50, len(text)):
        pieces = [argued(piece) for piece in cut(text, range(0, len(text), size))]
        told = left_of(opened(make_guard("mask"), send, now), pieces, inspected, now, arguments)
        assert told.refused == "content_policy_violation"
        assert PICTURE[:8] not in told.text


def test_where_arguments_end_with_the_stream_nothing_of_them_is_lost(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    for text in (
        '{"a": "b',
        '{"a": 12',
        '{"a": "' + "Q" * 70,
        '{"emotion": "',
        '{"a": "\\u04',
    ):
        told = left_of(opened(guard, send, now), [argued(text)], seen(), now, arguments)
        assert told.text == text


def test_a_picture_in_arguments_that_is_too_large_to_be_waited_for_counts_as_unseen(
    make_guard: Make, send: Send, now: datetime
) -> None:
    text = ARGUMENTS["a picture"]
    pieces = [argued(piece) for piece in cut(text, range(0, len(text), 50))]
    for media, refused in (("refuse", "content_policy_violation"), ("pass", "")):
        guard = make_guard("mask", media=media, unlabelled_media="pass")
        stream = opened(guard, send, now)
        stream._ahead._media_chars = 100
        told = left_of(stream, pieces, seen(), now, arguments)
        assert told.refused == refused
        assert (PICTURE in told.text) is not bool(refused)


# ------------------------------------------------------------------ bounds


def delta(channel: str, text: str) -> Delta:
    return Delta(place=("x",), channel=channel, text=text, author=Author.ASSISTANT, kind=Kind.TEXT)


def test_all_channels_together_hold_no_more_than_a_texts_worth() -> None:
    ahead = Ahead(MOST_CHARS)
    is_over = []
    for number in range(8):
        text = PICTURE[:80] + "A" * (MOST_CHARS // 6)
        one = StreamEvent(raw=b"", deltas=(delta(f"c{number}", text),))
        is_over.append(ahead.turn(one, (), lambda _: False).deltas[0].is_over)
    assert is_over[:5] == [False] * 5
    assert is_over[-1]
    assert ahead.held < 2 * MOST_CHARS


def test_more_media_than_a_message_has_arent_looked_into() -> None:
    ahead = Ahead(MOST_CHARS)
    text = f"{PICTURE}\n" * 70
    turn = ahead.turn(StreamEvent(raw=b"", deltas=(delta("a", text),)), ("a",), lambda _: False)
    runs = [part for part in turn.deltas[0].parts if isinstance(part, Run)]
    assert len(runs) == len(turn.opaque)
    assert sum(bool(one.data) for one in turn.opaque) == min(64, len(runs))
