"""For every wire format: a streamed answer leaves as the whole one would, however it was cut.

``adapters/*/samples/said.yaml`` has the events of an answer with gaps. They are filled with texts
that hold personal values, cut anywhere, and sent through the engine.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose.layers import Layered
from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.labels import Job, Labelled
from guardrail.facts import Inspected, RawReply, RawRequest, Verdict
from guardrail.shipped import shipped
from guardrail.testing import chunkings, pictures
from guardrail.wire import Adapter, load_wires
from guardrail.wire.framing import Framing, framing_of

Json = Any
Make = Callable[..., Guard]

pytestmark = pytest.mark.no_cover  # thousands of cuts: slow where every line is counted

ROOT = Path(str(shipped("adapters")))
WIRES = load_wires(ROOT)
IIN, EMAIL, PHONE = "900101300017", "aigerim@example.kz", "+7 701 555 01 23"
SHORT = f"ЖСН {IIN}, пошта {EMAIL}."
TEXTS = (
    f"Айгерімнің ЖСН {IIN}, телефоны {PHONE}; поштасы {EMAIL}. Рақмет!",
    f"Её ИИН {IIN[:6]}\u200b{IIN[6:]}, почта {EMAIL}; спасибо",
    "Қайырлы таң! Доброе утро! Good morning, it is 12:30 of 5 May 2026.",
)
DOCUMENTS = (
    json.dumps({"iin": IIN, "to": [EMAIL, {"phone": PHONE}], "n": 12.5}, ensure_ascii=False),
    json.dumps({"note": f'"{IIN}"\n\tи {EMAIL}', "iin": int(IIN)}),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """The events of one kind of answer, with gaps."""

    adapter: Adapter
    method: str
    path: str
    asked: Json
    asked_as: str
    framing: Framing
    named: str
    told: Mapping[str, Any]

    def events(self, pieces: Sequence[str]) -> bytes:
        gaps = {"$text": "".join(pieces)}
        before = [_filled(event, gaps) for event in self.told.get("before", ())]
        made = [_filled(self.told["piece"], gaps | {"$piece": piece}) for piece in pieces]
        after = [_filled(event, gaps) for event in self.told.get("after", ())]
        return b"".join(map(self._event, [*before, *made, *after]))

    def _event(self, event: Json) -> bytes:
        if isinstance(event, str):
            return self.framing.event(event.encode())
        name = str(event[self.named]) if self.named else ""
        # The name that the framing alone has is no member of the event.
        event = {member: value for member, value in event.items() if member != "@event"}
        return self.framing.event(json.dumps(event, ensure_ascii=False).encode(), name)

    def read(self, data: bytes) -> dict[str, str]:
        """Return what each channel says in what has left."""
        codec = self.adapter.stream(self.framing)
        said: dict[str, str] = {}
        for event in codec.feed(data) + codec.close():
            for delta in event.deltas:
                if delta.repeats:
                    assert delta.text == said[delta.channel], "what is repeated is what was said"
                else:
                    said[delta.channel] = said.get(delta.channel, "") + delta.text
        return said


def _all() -> Iterator[Said]:
    for file in sorted(ROOT.glob("*/samples/said.yaml")):
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        framing = framing_of(told.get("content_type", "text/event-stream"))
        assert framing is not None
        for stream in told["streams"]:
            yield Said(
                adapter=WIRES.named(file.parts[-3]),
                method=told.get("method", "POST"),
                path=told["path"],
                asked=told["asked"],
                asked_as=told.get("asked_as", "application/json"),
                framing=framing,
                named=told.get("named", ""),
                told=stream,
            )


def _filled(tree: Json, gaps: Mapping[str, str]) -> Json:
    if isinstance(tree, dict):
        return {name: _filled(value, gaps) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_filled(value, gaps) for value in tree]
    return gaps.get(tree, tree) if isinstance(tree, str) else tree


SAID = {f"{one.adapter.name}:{one.told['says']}": one for one in _all()}
ALL = [pytest.param(one, id=name) for name, one in SAID.items()]
RUNNING = [pytest.param(one, id=name) for name, one in SAID.items() if not one.told.get("json")]
WHOLE = [pytest.param(one, id=name) for name, one in SAID.items() if "whole" in one.told]


def _asked(guard: Guard, said: Said, now: datetime) -> Enacted:
    text = said.asked if isinstance(said.asked, str) else json.dumps(said.asked)
    raw = RawRequest(
        method=said.method,
        path=said.path,
        headers=((b"content-type", said.asked_as.encode()),),
        body=text.encode(),
    )
    route = guard.route(said.method, said.path)
    assert route.adapter.name == said.adapter.name, "the sample's path is the format's"
    examined = guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:1")
    return guard.enact(guard.decide(examined, (), now))


def _run(guard: Guard, asked: Enacted, said: Said, chunks: Sequence[bytes], now: datetime) -> bytes:
    codec = said.adapter.stream(said.framing, asked.decided.examined.case.exchange.echo)
    stream = ReplyStream(guard, asked.decided, codec, now)
    left = b""
    for chunk in chunks:
        left += b"".join(out.data for out in stream.receive(chunk, now))
        if stream.ended:
            break
    else:
        left += b"".join(out.data for out in stream.finish(now))
    assert stream.ended
    return left


SEEN = Inspected(verdict=Verdict.INSPECTED, medium="image/png")
PICTURE = b64encode(pictures.encoded(pictures.scene(8, 8))).decode()


def _labelled(jobs: Mapping[int, Job]) -> dict[int, Labelled]:
    """Return media with their labels: a word behind them."""
    layers = Layered(data=b"", medium="image/png", written=("visible", "tags", "signed"))
    texts = {
        at: held if isinstance(held, str) else held.decode("latin-1")
        for at, (held, _) in jobs.items()
    }
    return {at: Labelled(held=text + "labelled", layered=layers) for at, text in texts.items()}


def _pictured(guard: Guard, asked: Enacted, said: Said, stream: bytes, now: datetime) -> str:
    """Return what leaves of a stream with pictures that show nobody."""
    codec = said.adapter.stream(said.framing, asked.decided.examined.case.exchange.echo)
    reply = ReplyStream(guard, asked.decided, codec, now)
    left = b""
    for chunk in (stream, None):
        if reply.ended:
            break
        outs = reply.finish(now) if chunk is None else reply.receive(chunk, now)
        while reply.halted:
            if reply.changes is None:
                outs += reply.looked([SEEN] * len(reply.awaits), now)
            else:
                outs += reply.changed({}, _labelled(reply.changes.jobs({})), now)
        left += b"".join(out.data for out in outs)
    assert reply.refusal is None
    return said.read(left)[said.told["says"]]


def _texts(said: Said) -> tuple[str, ...]:
    return DOCUMENTS if said.told.get("json") else TEXTS


def _whole(guard: Guard, asked: Enacted, said: Said, text: str, now: datetime) -> str:
    body = json.dumps(_filled(said.told["whole"], {"$text": text}), ensure_ascii=False).encode()
    headers = ((b"content-type", b"application/json"),)
    examined = guard.examine_reply(
        asked.decided.examined.case, RawReply(status=200, headers=headers, body=body)
    )
    examined = replace(examined, inspected=(SEEN,) * len(examined.media))
    labelled = _labelled({at: (one.held, one.held) for at, one in enumerate(examined.media)})
    tree = json.loads(guard.enact(guard.decide(examined, (), now), labelled=labelled).body)
    for part in said.told["at"].replace("]", "").replace("[", ".").split("."):
        tree = tree[int(part) if part.isdigit() else part]
    return str(tree)


def _cut(text: str, places: Sequence[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *sorted(places), len(text)])]


@pytest.mark.parametrize("said", ALL)
def test_a_streamed_answer_is_the_whole_answer(said: Said, make_guard: Make, now: datetime) -> None:
    guard = make_guard("mask")
    for text in _texts(said):
        asked = _asked(guard, said, now)
        streamed = said.read(_run(guard, asked, said, [said.events(list(text))], now))
        assert not any(value in str(streamed) for value in (IIN, EMAIL, PHONE))
        if "whole" in said.told:
            assert streamed[said.told["says"]] == _whole(guard, asked, said, text, now)


@pytest.mark.parametrize("said", ALL)
def test_every_cut_of_the_text_in_two_gives_the_same(
    said: Said, make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    asked = _asked(guard, said, now)
    text = DOCUMENTS[0] if said.told.get("json") else SHORT
    for_all = {
        said.read(_run(guard, asked, said, [said.events(_cut(text, [at]))], now))[said.told["says"]]
        for at in range(len(text) + 1)
    }
    assert len(for_all) == 1


@pytest.mark.parametrize("said", RUNNING)
def test_a_picture_in_a_streamed_text_leaves_labelled_as_in_the_whole(
    said: Said, make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    text = f"ЖСН {IIN}: ![a meadow](data:image/png;base64,{PICTURE}), {EMAIL}."
    asked = _asked(guard, said, now)
    left = {
        _pictured(guard, asked, said, said.events(_cut(text, range(0, len(text), size))), now)
        for size in (len(text), 90)
    }
    assert len(left) == 1
    assert PICTURE not in min(left)
    if "whole" in said.told:
        assert left == {_whole(guard, asked, said, text, now)}


@pytest.mark.parametrize("said", ALL)
@settings(max_examples=6)
@given(data=st.data())
def test_any_cuts_of_text_and_bytes_together_change_nothing(
    said: Said, make_guard: Make, now: datetime, data: st.DataObject
) -> None:
    guard = make_guard("mask")
    asked = _asked(guard, said, now)
    text = data.draw(st.sampled_from(_texts(said)))
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    stream = said.events(_cut(text, places))
    expected = said.read(_run(guard, asked, said, [said.events([text])], now))
    left = _run(guard, asked, said, data.draw(chunkings(stream)), now)
    assert said.read(left) == expected
    assert left == _run(guard, asked, said, [stream], now), "the very same bytes"


@pytest.mark.parametrize("said", ALL)
def test_a_refused_stream_ends_in_its_own_way_with_nothing_of_the_value(
    said: Said, make_guard: Make, now: datetime
) -> None:
    guard = make_guard("refuse")
    asked = _asked(guard, said, now)
    text = _texts(said)[0]
    for size in (1, 3, len(text)):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        left = _run(guard, asked, said, [said.events(pieces)], now)
        assert IIN[:4].encode() not in left
        assert b"content_policy_violation" in left
        codec = said.adapter.stream(said.framing)
        assert codec.feed(left) + codec.close(), "what left can be read"


@pytest.mark.parametrize("said", ALL)
def test_evidence_says_of_every_first_turn_where_its_notice_stood(
    said: Said, make_guard: Make, now: datetime
) -> None:
    """Broken off after any event, it says ``text`` where the notice has left, and only there."""
    guard = make_guard("mask")
    text = DOCUMENTS[0] if said.told.get("json") else "Good. "
    stream = said.events([text, text])
    asked = _asked(guard, said, now)
    notice = guard.disclosure.notice(asked.decided.examined.case)
    for size in sorted({0, 1, len(stream)} | {at + 2 for at in _ends(stream, said)}):
        asked = _asked(guard, said, now)
        codec = said.adapter.stream(said.framing, asked.decided.examined.case.exchange.echo)
        reply = ReplyStream(guard, asked.decided, codec, now)
        outs = reply.receive(stream[:size], now)
        closing = (outs[-1].entries if reply.ended else reply.abandon())[-1]
        left = said.read(b"".join(out.data for out in outs))
        has_left = any(one.startswith(notice) for one in left.values())
        assert closing.fields["disclosed"] == ("text" if has_left else "header"), size
        assert closing.fields["notices"] == (["chat.first"] if has_left else ["banner.short"])


@pytest.mark.parametrize("said", WHOLE)
def test_evidence_says_of_every_whole_first_answer_where_its_notice_stood(
    said: Said, make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    text = DOCUMENTS[0] if said.told.get("json") else "Good. "
    asked = _asked(guard, said, now)
    body = json.dumps(_filled(said.told["whole"], {"$text": text})).encode()
    headers = ((b"content-type", b"application/json"),)
    case = asked.decided.examined.case
    examined = guard.examine_reply(case, RawReply(status=200, headers=headers, body=body))
    enacted = guard.enact(guard.decide(examined, (), now))
    notice = json.dumps(guard.disclosure.notice(case), ensure_ascii=False)[1:-1].encode()
    where = "text" if notice in enacted.body else "header"
    assert enacted.entry.fields["disclosed"] == where


def _ends(stream: bytes, said: Said) -> list[int]:
    """Return where the events of a stream end, as its splitter cuts them."""
    ends, at = [], 0
    splitter = said.framing.splitter()
    for event in [*splitter.feed(stream), *([rest] if (rest := splitter.close()) else [])]:
        at += len(event)
        ends.append(at)
    return ends
