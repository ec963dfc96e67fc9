"""A streamed reply gives what the whole reply gives, however its bytes and its texts were cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.consent import ConsentRecord
from guardrail.detect import Options
from guardrail.disclose.layers import Layered
from guardrail.engine import Enacted, Guard, Out, ReplyStream
from guardrail.engine.labels import Labelled
from guardrail.engine.open_channels import MAX_CHANNELS
from guardrail.errors import UpstreamError
from guardrail.evidence import Entry
from guardrail.evidence.canonical import Value
from guardrail.facts import Action, Category, Inspected, Refusal, Seen, Tier, Verdict
from guardrail.settings import HoldBack
from guardrail.testing import chunkings, every_split

IIN, OTHER_IIN, EMAIL, PHONE = (
    "900101300017",
    "850101400011",
    "aigerim@example.kz",
    "+7 701 555 01 23",
)
Make = Callable[..., Guard]
Send = Callable[..., Enacted]
Personal = (IIN, OTHER_IIN, EMAIL, PHONE)

TEXTS = {
    "kk": f"Айгерімнің ЖСН {IIN}, телефоны {PHONE}; поштасы {EMAIL}. Рақмет!",
    "ru": f"Её ИИН {IIN}, телефон {PHONE}, почта {EMAIL}. Спасибо, {IIN}",
    "en": f"Her IIN is {IIN}, phone {PHONE}, mail {EMAIL}",
    "none": "Қайырлы таң! Доброе утро! Good morning, it is 12:30 of 5 May 2026.",
}


def chat(text: str = "Hello there", **more: object) -> bytes:
    payload = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return json.dumps(payload, ensure_ascii=False).encode()


def pairs_of(text: str) -> Iterator[tuple[str, str]]:
    return ((text[:at], text[at:]) for at in range(1, len(text)))


def event(index: int = 0, finish: str | None = None, **delta: object) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    data = {"id": "c-1", "object": "chat.completion.chunk", "created": 7, "choices": [choice]}
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def recorded(pieces: Iterable[str], index: int = 0) -> list[bytes]:
    return [
        event(index, role="assistant", content=""),
        *(event(index, content=piece) for piece in pieces),
        event(index, "stop"),
    ]


@dataclass
class Left:
    """What a stream released and put on record."""

    data: bytes = b""
    entries: list[Entry] = field(default_factory=list)
    ended: bool = False

    @property
    def events(self) -> list[Any]:
        lines = self.data.decode().split("\n\n")
        found = [line[6:] for block in lines for line in block.split("\n") if line[:6] == "data: "]
        return [json.loads(line) for line in found if line != "[DONE]"]

    def content(self, index: int = 0, member: str = "content") -> str:
        return "".join(
            choice["delta"].get(member) or ""
            for one in self.events
            for choice in one.get("choices", ())
            if choice["index"] == index
        )

    def arguments(self, call: int = 0) -> str:
        return "".join(
            part.get("function", {}).get("arguments") or ""
            for one in self.events
            for choice in one["choices"]
            for part in choice["delta"].get("tool_calls", ())
            if part["index"] == call
        )

    @property
    def on_record(self) -> str:
        told = [{"t": e.kind.value, "req": e.req, **e.fields} for e in self.entries]
        return json.dumps(told, default=dict, ensure_ascii=False)

    @property
    def closing(self) -> Mapping[str, Value]:
        (close,) = [one for one in self.entries if one.kind.value == "stream.close"]
        return close.fields


def opened(guard: Guard, asked: Enacted, now: datetime) -> ReplyStream:
    codec = asked.decided.examined.case.route.adapter.stream()
    return ReplyStream(guard, asked.decided, codec, now)


UNSEEN = Inspected(verdict=Verdict.UNINSPECTABLE, reason="unknown_format")


def step(stream: ReplyStream, chunk: bytes | None, now: datetime) -> Sequence[Out]:
    """Hand on a piece of the upstream's bytes, or its end."""
    outs = list(stream.finish(now) if chunk is None else stream.receive(chunk, now))
    return [*outs, *gone_on(stream, UNSEEN, now)]


def gone_on(stream: ReplyStream, inspected: Inspected, now: datetime) -> list[Out]:
    """Do to a stream's media what must be done: the label is a word behind what stands there."""
    outs: list[Out] = []
    while stream.halted:
        if stream.changes is None:
            outs += stream.looked([inspected] * len(stream.awaits), now)
            continue
        changes = stream.changes
        redacted = {index: f"{changes.media[index].held!s}redacted" for index in changes.redactions}
        jobs = changes.jobs(redacted)
        made = {index: labelled(f"{by_now!s}labelled") for index, (_, by_now) in jobs.items()}
        outs += stream.changed(redacted, made, now)
    return outs


def labelled(held: str, **missing: str) -> Labelled:
    """Return a picture with its label, or with what is missing of it."""
    written = tuple(layer for layer in ("visible", "tags", "signed") if layer not in missing)
    layers = Layered(data=b"", medium="image/png", written=written, missing=missing)
    return Labelled(held=held, layered=layers)


def run(guard: Guard, asked: Enacted, chunks: Sequence[bytes], now: datetime) -> Left:
    stream = opened(guard, asked, now)
    left = Left(entries=[stream.open()])
    for chunk in [*chunks, None]:
        if stream.ended:
            break
        for out in step(stream, chunk, now):
            left.data += out.data
            left.entries += out.entries
            left.ended = left.ended or out.end
    assert stream.ended
    return left


def whole(answer: Send, guard: Guard, asked: Enacted, text: str) -> str:
    message = {"role": "assistant", "content": text}
    body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    made = json.loads(answer(guard, asked.decided, body).body)
    return str(made["choices"][0]["message"]["content"])


# ------------------------------------------------------------------ every cut


@pytest.mark.parametrize("language", TEXTS)
def test_for_every_cut_of_the_text_the_content_is_that_of_the_whole_reply(
    make_guard: Make, send: Send, answer: Send, now: datetime, language: str
) -> None:
    guard, text = make_guard("mask"), TEXTS[language]
    wanted = whole(answer, guard, send(guard, chat()), text)
    for pieces in every_split(text):
        left = run(guard, send(guard, chat()), [*recorded(pieces), DONE], now)
        assert left.content() == wanted
        assert left.data.endswith(DONE)


def test_for_every_cut_of_the_bytes_the_very_same_bytes_leave(
    make_guard: Make, send: Send, answer: Send, now: datetime
) -> None:
    guard, text = make_guard("mask"), f"ЖСН {IIN}, {EMAIL}."
    data = b"".join([event(content=text[:9]), event(0, "stop", content=text[9:]), DONE])
    wanted = run(guard, send(guard, chat()), [data], now)
    assert wanted.content() == whole(answer, guard, send(guard, chat()), text)
    for chunks in every_split(data):
        left = run(guard, send(guard, chat()), chunks, now)
        assert left.data == wanted.data
        assert left.on_record == wanted.on_record


@settings(max_examples=60)
@given(st.sampled_from(sorted(TEXTS)).flatmap(lambda n: chunkings(TEXTS[n])), st.data())
def test_any_cuts_of_text_and_bytes_together_change_nothing(
    make_guard: Make,
    send: Send,
    answer: Send,
    now: datetime,
    pieces: tuple[str, ...],
    data: st.DataObject,
) -> None:
    guard, text = make_guard("mask"), "".join(pieces)
    chunks = data.draw(chunkings(b"".join([*recorded(pieces), DONE])))
    left = run(guard, send(guard, chat()), chunks, now)
    assert left.content() == whole(answer, guard, send(guard, chat()), text)
    assert not any(value in left.data.decode() for value in Personal)


def test_pseudonyms_are_restored_across_the_edges_of_events(
    make_guard: Make, send: Send, answer: Send, now: datetime
) -> None:
    guard = make_guard("pseudonymise")
    asked = send(guard, chat(f"ИИН {IIN}"))
    label = json.loads(asked.body)["messages"][0]["content"].removeprefix("ИИН ")
    text = f"Ваш {label}, а не {OTHER_IIN} и не <KZ_IIN_другой>."
    wanted = whole(answer, guard, send(guard, chat(f"ИИН {IIN}")), text)
    assert f"Ваш {IIN}, а не <KZ_IIN_" in wanted
    for pieces in every_split(text):
        asked = send(guard, chat(f"ИИН {IIN}"))
        left = run(guard, asked, [*recorded(pieces), DONE], now)
        assert left.content() == wanted
        assert IIN not in left.on_record


ARGUMENTS = json.dumps({"iin": IIN, "to": EMAIL, "n": 3}, ensure_ascii=False)


def calls(pieces: Iterable[str], number: int = 0) -> list[bytes]:
    first = {
        "index": number,
        "id": f"c{number}",
        "type": "function",
        "function": {"name": "f", "arguments": ""},
    }
    rest = [{"index": number, "function": {"arguments": piece}} for piece in pieces]
    return [event(tool_calls=[one]) for one in [first, *rest]]


def test_arguments_of_a_tool_call_in_fragments_are_masked_as_one_document(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    for pieces in every_split(ARGUMENTS):
        chunks = [
            event(role="assistant", content=None),
            *calls(pieces),
            event(0, "tool_calls"),
            DONE,
        ]
        left = run(guard, send(guard, chat()), chunks, now)
        said = json.loads(left.arguments())
        assert said == {"iin": "<KZ_IIN_1>", "to": "<EMAIL_ADDRESS_1>", "n": 3}
        # The arguments come before the event that ends the choice.
        assert left.events[-1]["choices"][0]["finish_reason"] == "tool_calls"
        assert left.closing["disclosed"] == "header"


def test_two_tool_calls_in_turn_keep_to_themselves(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    one, two = calls([ARGUMENTS[:9], ARGUMENTS[9:]]), calls(['{"a":', "1}"], 1)
    mixed = [each for pair in zip(one, two, strict=True) for each in pair]
    left = run(guard, send(guard, chat()), [*mixed, event(0, "tool_calls"), DONE], now)
    assert json.loads(left.arguments(0))["iin"] == "<KZ_IIN_1>"
    assert left.arguments(1) == '{"a":1}'


@settings(max_examples=40)
@given(chunkings(TEXTS["kk"]), chunkings(TEXTS["ru"]))
def test_two_choices_side_by_side_are_two_channels(
    make_guard: Make,
    send: Send,
    answer: Send,
    now: datetime,
    one: tuple[str, ...],
    two: tuple[str, ...],
) -> None:
    guard = make_guard("mask")
    pairs = zip_longest(recorded(one, 0), recorded(two, 1), fillvalue=b"")
    chunks = [*(piece for pair in pairs for piece in pair), DONE]
    left = run(guard, send(guard, chat(n=2)), chunks, now)
    notice = guard.disclosure.notice(send(guard, chat()).decided.examined.case)
    for index, text in enumerate((TEXTS["kk"], TEXTS["ru"])):
        alone = whole(answer, guard, send(guard, chat()), text)
        # The numbers of masks go on over the whole exchange, in the order in which they came.
        assert _unnumbered(left.content(index)) == _unnumbered(alone)
        assert left.content(index).count(notice) == 1


def _unnumbered(text: str) -> str:
    return "".join("#" if one.isdigit() else one for one in text)


# ------------------------------------------------------------------ what else is in a stream


def test_comments_ids_usage_and_unknown_members_survive_in_order(
    make_guard: Make, send: Send, now: datetime
) -> None:
    usage = b'data: {"id":"c-1", "choices":[],"usage":{"total_tokens": 14}}\n\n'
    chunks = [
        b": keep-alive\n\n",
        b"event: message\nid: 7\n" + event(role="assistant", content="", x_new=1),
        event(content="Hi there. "),
        b": ping\n\n",
        event(content="Bye."),
        event(0, "stop"),
        usage,
        DONE,
    ]
    guard = make_guard("mask")
    asked = send(guard, chat())
    left = run(guard, asked, chunks, now)
    assert left.content() == guard.disclosure.notice(asked.decided.examined.case) + "Hi there. Bye."
    marks = [
        left.data.index(mark) for mark in (b": keep-alive\n\n", b"id: 7\n", b": ping\n\n", usage)
    ]
    assert marks == sorted(marks)
    assert left.data.endswith(usage + DONE)
    assert b'"x_new": 1' in left.data


def test_a_stream_in_which_nothing_changes_leaves_byte_for_byte(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    body = json.dumps({"model": "m", "messages": [*turns, turns[0]]}).encode()
    chunks = [*recorded(["It is so!\n", "It is so!\n"]), DONE]
    assert run(guard, send(guard, body), chunks, now).data == b"".join(chunks)


def test_what_comes_after_the_end_never_leaves(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask")
    left = run(
        guard, send(guard, chat()), [b"".join([*recorded(["Hi "]), DONE, event(content=IIN)])], now
    )
    assert left.data.endswith(DONE)


def test_a_stream_that_ends_without_saying_so_still_gives_all_of_its_text(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    left = run(
        guard, send(guard, chat()), [event(content="ИИН 9001"), event(content="01300017")], now
    )
    assert left.content().endswith("ИИН <KZ_IIN_1>")
    assert left.closing["code"] == "complete"
    assert left.ended


ERROR = b'data: {"error":{"message":"overloaded"}}\n\n'


def test_what_was_held_back_leaves_before_the_upstreams_error(
    make_guard: Make, send: Send, now: datetime
) -> None:
    """Official clients raise at an error, and read no further."""
    guard = make_guard("mask")
    held = event(content=f"Mail {EMAIL}, call +7 701")
    left = run(guard, send(guard, chat()), [held, ERROR], now)
    before, _, behind = left.data.partition(ERROR)
    assert Left(data=before).content().endswith("Mail <EMAIL_ADDRESS_1>, call +7 701")
    assert b"data:" not in behind


def test_a_value_that_goes_on_behind_an_upstreams_error_never_leaves(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    for first, second in pairs_of(IIN):
        stream = opened(guard, send(guard, chat()), now)
        stream.receive(event(content=first) + ERROR, now)
        with pytest.raises(UpstreamError, match="too slowly"):
            stream.receive(event(content=f"{second} "), now)


def test_the_rest_of_a_choice_leaves_with_its_last_event(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    left = run(guard, send(guard, chat()), [event(0, "stop", content=f"ИИН {IIN}"), DONE], now)
    assert len(left.events) == 1
    assert left.content().endswith("ИИН <KZ_IIN_1>")


def test_the_notice_stands_in_the_answer_and_not_in_the_reasoning(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    asked = send(guard, chat())
    chunks = [event(reasoning_content="Hm. "), event(content="It is so!\n"), event(0, "stop"), DONE]
    left = run(guard, asked, chunks, now)
    assert left.content(member="reasoning_content") == "Hm. "
    assert left.content() == guard.disclosure.notice(asked.decided.examined.case) + "It is so!\n"
    assert left.closing["disclosed"] == "text"


def test_an_answer_in_two_forms_is_told_once(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask")
    chunks = [event(content="It is so!\n"), event(refusal="No. "), event(0, "stop"), DONE]
    left = run(guard, send(guard, chat()), chunks, now)
    assert left.content(member="refusal") == "No. "


def test_media_in_a_stream_end_it_unless_they_may_pass(
    make_guard: Make, send: Send, now: datetime
) -> None:
    chunks = [event(audio={"data": "AAAA"}), event(content="Hi"), DONE]
    refused = run(make_guard(), send(make_guard(), chat()), chunks, now)
    assert b"AAAA" not in refused.data
    assert refused.closing["code"] == "content_policy_violation"
    passing = make_guard(media="pass")
    passed = run(passing, send(passing, chat()), chunks, now)
    assert b"AAAA" in passed.data


# ------------------------------------------------------------------ claims to be human


@given(chunkings("Я живой человек, а не бот, честное слово. Чем могу помочь вам сегодня?"))
def test_an_answer_that_claims_to_be_human_is_put_right_however_it_comes(
    make_guard: Make, send: Send, answer: Send, now: datetime, pieces: tuple[str, ...]
) -> None:
    guard = make_guard()
    asked = send(guard, chat())
    left = run(guard, asked, [*recorded(pieces), DONE], now)
    assert left.content() == whole(answer, guard, asked, "".join(pieces))
    assert left.content().endswith(guard.disclosure.correction(asked.decided.examined.case))
    assert left.closing["corrected"] == 1


# ------------------------------------------------------------------ refusals and faults


@given(chunkings(f"Сначала текст без ничего. ИИН {IIN} и дальше, ещё текст."))
def test_a_refusal_in_mid_stream_lets_a_prefix_out_and_nothing_of_the_value(
    make_guard: Make, send: Send, now: datetime, pieces: tuple[str, ...]
) -> None:
    guard, text = make_guard("refuse"), "".join(pieces)
    asked = send(guard, chat())
    notice = guard.disclosure.notice(asked.decided.examined.case)
    left = run(guard, asked, [*recorded(pieces), DONE], now)
    said = left.content().removeprefix(notice)
    assert text.startswith(said)
    assert len(said) <= text.index(IIN)
    assert left.data.endswith(DONE)
    assert left.events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert left.closing["code"] == "content_policy_violation"
    assert IIN not in left.on_record


def test_a_refused_stream_says_by_whom_and_takes_no_more(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("refuse")
    stream = opened(guard, send(guard, chat()), now)
    (*_, last) = stream.receive(event(0, "stop", content=f"ИИН {IIN}"), now)
    assert last.end
    assert stream.refused_by is not None
    assert stream.refused_by.action is Action.REFUSE
    assert stream.refusal is not None
    assert stream.action is Action.REFUSE
    assert stream.receive(event(content="more"), now) == []
    assert stream.finish(now) == []
    assert stream.abandon() == ()


def test_what_is_held_at_the_end_can_still_be_refused(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("refuse")
    left = run(guard, send(guard, chat()), [event(content=f"ИИН {IIN}")], now)
    assert IIN not in left.data.decode()
    assert left.closing["code"] == "content_policy_violation"


@pytest.mark.parametrize("piece", range(2))
def test_nonsense_lets_out_what_came_before_it_however_the_bytes_were_cut(
    make_guard: Make, send: Send, now: datetime, piece: int
) -> None:
    guard = make_guard("mask")
    too_long = '{"' + "x" * (256 << 10)
    bad = [b"data: {nonsense\n\n", calls([too_long])[1]][piece]
    data = event(content="It is so!\n") + bad
    for chunks in ([data], [data[:-3], data[-3:]], [event(content="It is so!\n"), bad]):
        stream = opened(guard, send(guard, chat()), now)
        out = b""

        def all_of_it(chunks: Sequence[bytes], stream: ReplyStream = stream) -> Iterator[bytes]:
            for chunk in [*chunks, None]:
                yield from (one.data for one in step(stream, chunk, now))

        pieces = all_of_it(chunks)
        while b"It is so!" not in out:
            out += next(pieces)
        with pytest.raises(UpstreamError):
            list(pieces)
        end = stream.fail(Refusal(status=502, code="upstream_nonsense", message="m"))
        assert end.end
        assert end.data.endswith(DONE)
        assert end.entries[-1].fields["code"] == "upstream_nonsense"
        assert stream.refused_by is None


def test_a_stream_of_too_many_channels_is_refused(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    for index in range(MAX_CHANNELS):
        stream.receive(event(index, content="x"), now)
    with pytest.raises(UpstreamError, match="too many parts"):
        stream.receive(event(MAX_CHANNELS, content="x"), now)


def test_a_caller_that_leaves_is_put_on_record_once(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(content=f"ИИН {IIN}"), now)
    entries = stream.abandon()
    assert [one.fields.get("code") for one in entries] == ["client_gone"]
    assert stream.abandon() == ()


def test_how_often_the_bound_was_reached_is_on_record_for_every_way_to_end(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stuffed = event(content="1" + "\u200b" * 40_000)
    ends: list[list[bytes]] = [
        [],
        [DONE],
        [event(0, "stop"), DONE],
        [event(0, "stop", content="."), DONE],
    ]
    for end in ends:
        left = run(guard, send(guard, chat()), [stuffed, *end], now)
        assert left.closing["forced"] == 1


def test_where_the_bound_is_to_refuse_what_reaches_it_ends_the_stream(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", hold_back=HoldBack(at_chars="refuse"))
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(content="Well. "), now)
    with pytest.raises(UpstreamError) as full:
        stream.receive(event(content="1" + "\u200b" * 40_000), now)
    assert full.value.code == "hold_back_full"


# ------------------------------------------------------------------ silence


RELEASING = HoldBack(at_seconds="release")


def test_text_that_waits_too_long_goes_in_an_event_of_its_own(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", hold_back=RELEASING)
    stream = opened(guard, send(guard, chat()), now)
    left = Left()
    outs = [*stream.receive(event(content=f"Her IIN is {IIN}, call +7 701"), now)]
    waiting = [stream.waiting]
    outs += stream.overdue(now)
    assert [*waiting, stream.waiting] == [True, False]
    outs += stream.receive(event(content=" times. Mail ") + event(content=f"{EMAIL} "), now)
    outs += stream.finish(now)
    left.data = b"".join(one.data for one in outs)
    assert left.content().endswith(
        "Her IIN is <KZ_IIN_1>, call +7 701 times. Mail <EMAIL_ADDRESS_1> "
    )


def test_a_value_that_goes_on_behind_what_was_let_go_ends_the_stream(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", hold_back=RELEASING)
    for first, second in pairs_of(f"Call {PHONE} now"):
        stream = opened(guard, send(guard, chat()), now)
        said = stream.receive(event(content=first), now) + stream.overdue(now)
        try:
            said += stream.receive(event(content=second), now)
        except UpstreamError:
            continue
        said += stream.finish(now)
        left = Left(data=b"".join(one.data for one in said))
        assert PHONE not in left.content()


def test_a_value_that_is_let_go_in_two_parts_and_goes_on_ends_the_stream(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", hold_back=RELEASING)
    stream = opened(guard, send(guard, chat()), now)
    for part in (IIN[:4], IIN[4:8]):
        stream.receive(event(content=part), now)
        stream.overdue(now)
    with pytest.raises(UpstreamError):
        stream.receive(event(content=f"{IIN[8:]} "), now)


def test_an_empty_text_is_none(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(content="Call "), now)
    so_far = stream.oldest
    stream.receive(event(content=""), now)
    assert stream.oldest == so_far


def test_documents_wait_on(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask", hold_back=RELEASING)
    stream = opened(guard, send(guard, chat()), now)
    call = {"index": 0, "function": {"arguments": f'{{"phone": "{PHONE[:9]}'}}
    stream.receive(event(tool_calls=[call]), now)
    assert not stream.waiting
    assert b"".join(one.data for one in stream.overdue(now)) == b""


def test_a_refused_value_among_what_is_let_go_ends_the_stream_in_its_format(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("refuse", hold_back=RELEASING)
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(content=f"IIN {IIN}"), now)
    [out] = stream.overdue(now)
    assert out.end
    assert out.data.endswith(DONE)
    assert IIN.encode() not in out.data


def test_where_text_is_to_wait_it_waits_and_that_is_on_record(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(content=f"Call {PHONE[:9]}"), now)
    assert stream.overdue(now) == []
    outs = [*stream.receive(event(content=PHONE[9:]), now), *stream.finish(now)]
    left = Left(data=b"".join(one.data for one in outs))
    left.entries += [entry for one in outs for entry in one.entries]
    assert left.content().endswith("<PHONE_NUMBER_1>")
    assert left.closing["late"] == 1


# ------------------------------------------------------------------ evidence


def test_every_finding_is_on_record_before_its_event_leaves_and_no_value_is(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    assert stream.open().kind.value == "stream.open"
    for out in stream.receive(event(content=f"{TEXTS['ru']} ") + event(content=". Ещё."), now):
        shows = b"KZ_IIN_1" in out.data
        assert shows <= any(one.kind.value == "stream.finding" for one in out.entries)
    left = run(guard, send(guard, chat()), [*recorded([TEXTS["ru"]]), DONE], now)
    assert "KZ_IIN" in left.on_record
    assert not any(value in left.on_record for value in Personal)
    assert left.closing["findings"] == 4
    assert left.closing["events"] == 4


def test_a_value_that_consent_covers_passes_in_a_stream(
    make_guard: Make,
    send: Send,
    now: datetime,
    record: ConsentRecord,
    token: bytes,
) -> None:
    guard = make_guard("refuse")
    asked = send(guard, chat(IIN), (b"guardrail-consent", token), records=[record])
    left = run(guard, asked, [*recorded(["Ваш ИИН 9001", "01300017. "]), DONE], now)
    assert IIN in left.content()
    asked = send(guard, chat(IIN), (b"guardrail-consent", token), records=[record])
    left = run(guard, asked, [*recorded([f"А у мужа {OTHER_IIN}. "]), DONE], now)
    assert OTHER_IIN not in left.data.decode()


def test_a_generic_stream_lets_no_value_out_in_pieces(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask", unmatched="generic")
    asked = send(guard, b'{"prompt":"hi"}', path="/v1/messages")
    stream = opened(guard, asked, now)
    stream.receive(b'data: {"type":"text","text":"IIN 900101"}\n\n', now)
    with pytest.raises(UpstreamError, match="in pieces"):
        stream.receive(b'data: {"type":"text","text":"300017"}\n\n', now)


@pytest.mark.parametrize("reason", ["", None])
def test_an_empty_finish_reason_ends_nothing(
    make_guard: Make, send: Send, now: datetime, reason: str | None
) -> None:
    guard = make_guard("mask")
    pieces = [event(0, reason, content=piece) for piece in ("Телефон ", PHONE[:6], PHONE[6:], ".")]
    left = run(guard, send(guard, chat()), [*pieces, *[event(0, reason, content="а ")] * 300], now)
    assert PHONE not in left.content()
    assert "<PHONE_NUMBER_1>." in left.content()


def test_a_choice_that_goes_on_after_its_end_breaks_the_stream_off(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(event(0, "stop", content=PHONE[:6]), now)
    with pytest.raises(UpstreamError, match="after its end"):
        stream.receive(event(0, content=PHONE[6:]), now)


def test_a_choice_that_ends_twice_in_one_event_is_looked_at_as_one_text(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    parts = [
        {"index": 0, "delta": {"content": PHONE[:6]}, "finish_reason": "stop"},
        {"index": 0, "delta": {"content": PHONE[6:]}, "finish_reason": None},
    ]
    raw = b"data: " + json.dumps({"id": "c", "choices": parts}).encode() + b"\n\n"
    left = run(guard, send(guard, chat()), [raw, DONE], now)
    assert PHONE not in left.content()
    assert "<PHONE_NUMBER_1>" in left.content()


def test_a_stream_is_looked_at_by_the_detector_of_its_route(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard()
    asked = send(guard, chat())
    case = asked.decided.examined.case
    without = guard.detector.but(Options(without=frozenset({"KZ_IIN"})))
    case.route = replace(case.route, detector=without)
    left = run(guard, asked, [event(content=f"ЖСН {IIN}, {EMAIL} "), DONE], now)
    assert IIN in left.content()
    assert EMAIL not in left.content()
    assert left.closing["det"] == without.digest


# ------------------------------------------------------------------ media

FACE = Seen(
    entity="FACE", category=Category.BIOMETRIC, tier=Tier.CERTAIN, score=0.9, recognizer="r"
)
PLACE = replace(FACE, entity="GEO_LOCATION", category=Category.PERSONAL)
TEMPLATE = replace(FACE, entity="BIOMETRIC_TEMPLATE")


def looked_at(*seen: Seen) -> Inspected:
    return Inspected(verdict=Verdict.INSPECTED, medium="image/png", seen=seen)


def pictured(*names: str) -> bytes:
    urls = [f"data:image/png;base64,{name}" for name in names]
    return event(content="Here", images=[{"image_url": {"url": url}} for url in urls])


def url_of(name: str) -> str:
    return f"data:image/png;base64,{name}"


def pictures_in(left: Left) -> list[str]:
    return [
        image["image_url"]["url"].removeprefix(url_of(""))
        for one in left.events
        for choice in one["choices"]
        for image in choice["delta"].get("images", ())
    ]


def ran(stream: ReplyStream, chunks: Iterable[bytes], inspected: Inspected, now: datetime) -> Left:
    """Return what leaves of a stream whose media all show the same."""
    left = Left()
    for chunk in [*chunks, None]:
        if stream.ended:
            break
        outs = list(stream.finish(now) if chunk is None else stream.receive(chunk, now))
        for out in [*outs, *gone_on(stream, inspected, now)]:
            left.data += out.data
            left.entries += out.entries
    assert stream.ended
    return left


def test_a_stream_waits_until_its_media_are_looked_into_and_labelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    rest = [event(content=" it is"), event(0, "stop"), DONE]
    data = b"".join([event(content="Look: "), pictured("AAAA", "BBBB"), *rest])
    first = stream.receive(data, now)
    assert list(stream.awaits) == [url_of("AAAA"), url_of("BBBB")]
    assert stream.halted
    assert stream.looked([looked_at(), looked_at(FACE)], now) == []
    assert stream.awaits == ()
    assert stream.halted
    changes = stream.changes
    assert changes is not None
    jobs = changes.jobs({})
    assert jobs == {0: (url_of("AAAA"),) * 2, 1: (url_of("BBBB"),) * 2}
    assert b"base64" not in b"".join(out.data for out in first)
    assert not stream.ended
    made = {index: labelled(url_of(f"L{index}")) for index in jobs}
    more = stream.changed({}, made, now)
    assert (stream.awaits, stream.changes) == ((), None)
    left = Left(data=b"".join(out.data for out in (*first, *more)))
    left.entries += [entry for out in more for entry in out.entries]
    assert left.content().endswith("Look: Here it is")
    assert pictures_in(left) == ["L0", "L1"]
    assert left.closing["code"] == "complete"
    assert left.closing["marks"] == {"image_png": 2}
    assert left.closing["layers"] == {"visible": 2, "tags": 2, "signed": 2}
    assert "unmarked" not in left.closing


def test_each_event_with_media_is_waited_for_in_its_turn(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    outs = stream.receive(pictured("AAAA") + event(content="!") + pictured("BBBB") + DONE, now)
    waits: list[object] = []
    while stream.halted:
        if stream.awaits:
            waits.append(stream.awaits)
            outs += stream.looked([looked_at()], now)
        if stream.changes:
            waits.append(stream.changes.jobs({}))
            outs += stream.changed({}, {0: labelled(url_of("L"))}, now)
    one, other = url_of("AAAA"), url_of("BBBB")
    assert waits == [(one,), {0: (one, one)}, (other,), {0: (other, other)}]
    left = Left(data=b"".join(out.data for out in outs))
    assert left.content().endswith("Here!Here")
    assert pictures_in(left) == ["L", "L"]
    assert stream.ended


def test_media_in_the_last_bytes_are_labelled_before_the_end(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    assert stream.receive(pictured("AAAA")[:-2], now) == []
    outs = stream.finish(now)
    assert stream.awaits
    outs += stream.looked([looked_at()], now)
    assert stream.changes
    assert not any(out.end for out in outs)
    outs += stream.changed({}, {0: labelled(url_of("L"))}, now)
    assert outs[-1].end
    assert outs[-1].entries[-1].fields["code"] == "complete"
    assert pictures_in(Left(data=b"".join(out.data for out in outs))) == ["L"]


@pytest.mark.parametrize("cut", [1, 40, 10_000])
def test_what_a_streamed_medium_shows_ends_the_stream_before_it_leaves(
    make_guard: Make, send: Send, now: datetime, cut: int
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    data = event(content="It is so!\n") + pictured("AAAA") + event(content="B")
    pieces = (data[at : at + cut] for at in range(0, len(data), cut))
    left = ran(stream, pieces, looked_at(TEMPLATE), now)
    assert stream.refusal is not None
    assert b"AAAA" not in left.data
    assert left.content().endswith("It is so!\n")
    assert "BIOMETRIC_TEMPLATE" in left.on_record


def test_what_a_streamed_picture_shows_is_hidden_before_it_is_labelled(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    stream.receive(pictured("AAAA"), now)
    stream.looked([looked_at(PLACE)], now)
    assert stream.changes is not None
    [redaction] = stream.changes.redactions.values()
    assert redaction.entities == {"GEO_LOCATION"}
    hidden = url_of("CCCC")
    assert stream.changes.jobs({0: hidden}) == {0: (url_of("AAAA"), hidden)}
    outs = stream.changed({0: hidden}, {0: labelled(url_of("L"))}, now)
    assert pictures_in(Left(data=b"".join(out.data for out in outs))) == ["L"]
    # Where nothing could be put into it, what is hidden stays hidden.
    passing = make_guard("mask", unlabelled_media="pass")
    stream = opened(passing, send(passing, chat()), now)
    stream.receive(pictured("AAAA"), now)
    stream.looked([looked_at(PLACE)], now)
    outs = stream.changed({0: hidden}, {0: labelled("", **NOTHING_PUT)}, now)
    left = Left(data=b"".join(out.data for out in outs))
    assert pictures_in(left) == ["CCCC"]
    closing = stream.abandon()[-1].fields
    assert closing["unmarked"] == {"tags_timeout": 1, "visible_timeout": 1, "signed_timeout": 1}


NOTHING_PUT = {"tags": "timeout", "visible": "timeout", "signed": "timeout"}
MIXED = b"".join(
    [
        event(content=f"ЖСН {IIN}. "),
        pictured("AAAA", "BBBB"),
        event(content=f" {EMAIL} and", images=[{"image_url": {"url": url_of("CCCC")}}]),
        pictured("DDDD"),
        event(0, "stop", content="."),
        DONE,
    ]
)


@pytest.mark.parametrize("seen", [(), (PLACE,)], ids=["labelled", "hidden and labelled"])
@settings(max_examples=40)
@given(chunks=chunkings(MIXED))
def test_any_cuts_of_the_bytes_change_nothing_in_pictures_and_the_texts_beside_them(
    make_guard: Make, send: Send, now: datetime, seen: tuple[Seen, ...], chunks: tuple[bytes, ...]
) -> None:
    guard = make_guard("mask")
    wanted = ran(opened(guard, send(guard, chat()), now), [MIXED], looked_at(*seen), now)
    behind = "redactedlabelled" if seen else "labelled"
    assert pictures_in(wanted) == [f"{name}{behind}" for name in ("AAAA", "BBBB", "CCCC", "DDDD")]
    assert wanted.content().endswith("ЖСН <KZ_IIN_1>. Here <EMAIL_ADDRESS_1> andHere.")
    assert not any(value in wanted.data.decode() for value in Personal)
    assert wanted.closing["marks"] == {"image_png": 4}
    left = ran(opened(guard, send(guard, chat()), now), chunks, looked_at(*seen), now)
    assert (left.data, left.on_record) == (wanted.data, wanted.on_record)


def test_for_every_cut_of_the_bytes_a_picture_leaves_the_same(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard, data = make_guard("mask"), pictured("AAAA") + DONE
    wanted = ran(opened(guard, send(guard, chat()), now), [data], looked_at(), now)
    assert pictures_in(wanted) == ["AAAAlabelled"]
    for chunks in every_split(data):
        left = ran(opened(guard, send(guard, chat()), now), chunks, looked_at(), now)
        assert (left.data, left.on_record) == (wanted.data, wanted.on_record)


@pytest.mark.parametrize("cut", [1, 40, 10_000])
@pytest.mark.parametrize(
    "made",
    [
        {0: labelled("", **NOTHING_PUT)},
        {0: labelled(url_of("half"), signed="signer_failed")},
        {0: labelled(url_of("half"), visible="too_small")},
        {},
    ],
    ids=["nothing", "not signed", "not visible", "nobody labelled it"],
)
def test_a_label_that_fails_ends_the_stream_behind_what_came_before(
    make_guard: Make, send: Send, now: datetime, made: dict[int, Labelled], cut: int
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    data = event(content="It is so!\n") + pictured("AAAA") + event(content="After") + DONE
    left = Left()
    problem = None
    for at in range(0, len(data), cut):
        outs = list(stream.receive(data[at : at + cut], now))
        if stream.awaits:
            outs += stream.looked([looked_at()], now)
        left.data += b"".join(out.data for out in outs)
        if stream.changes:
            with pytest.raises(UpstreamError) as caught:
                stream.changed({}, made, now)
            problem = caught.value
            break
    assert problem is not None
    assert problem.code == "media_not_labelled"
    assert left.content().endswith("It is so!\n")
    refusal = Refusal(status=502, code=problem.code, message="m", rules=(), request_id="r")
    out = stream.fail(refusal)
    left.data += out.data
    left.entries += out.entries
    assert out.end
    assert stream.ended
    assert b"media_not_labelled" in left.data
    assert not any(word in left.data for word in (b"AAAA", b"half", b"Here", b"After"))
    assert left.closing["code"] == "media_not_labelled"
    assert "marks" not in left.closing


def test_sound_passes_in_pieces_and_is_counted(make_guard: Make, send: Send, now: datetime) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    pieces = [event(audio={"id": "a", "data": "UklGRg=="}) for _ in range(3)]
    sound = Inspected(verdict=Verdict.INSPECTED, medium="audio/wav")
    left = ran(stream, [*pieces, event(0, "stop"), DONE], sound, now)
    assert left.data.count(b"UklGRg==") == 3
    assert left.closing["unmarked"] == {"in_pieces": 3}
    assert "marks" not in left.closing
    assert stream.refusal is None


def test_a_picture_beside_sound_is_labelled_and_the_sound_is_counted(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    both = event(
        audio={"id": "a", "data": "UklGRg=="}, images=[{"image_url": {"url": url_of("AAAA")}}]
    )
    left = ran(stream, [both, both, DONE], looked_at(), now)
    assert pictures_in(left) == ["AAAAlabelled"] * 2
    assert left.data.count(b'"UklGRg=="') == 2
    assert left.closing["unmarked"] == {"in_pieces": 2}
    assert left.closing["marks"] == {"image_png": 2}


def test_media_only_pointed_at_are_nothing_to_wait_for(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard(media="pass")
    stream = opened(guard, send(guard, chat()), now)
    picture = {"image_url": {"url": "https://a.example/b.png"}}
    outs = stream.receive(event(content="Here", images=[picture]) + DONE, now)
    assert not stream.halted
    assert b"a.example" in b"".join(out.data for out in outs)


def test_of_media_that_show_nobody_nothing_is_put_on_record_twice(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    stream = opened(guard, send(guard, chat()), now)
    entries: list[Entry] = []
    for _ in range(5):
        outs = [*stream.receive(pictured("AAAA"), now), *gone_on(stream, looked_at(), now)]
        entries += [entry for out in outs for entry in out.entries]
    assert len(entries) == 1
