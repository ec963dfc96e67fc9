"""For every wire format: a streamed answer leaves as the whole one would, however it was cut.

``adapters/*/samples/said.yaml`` has the events of an answer with gaps. They are filled with texts
that hold personal values, cut anywhere, and sent through the engine.
"""

from __future__ import annotations

import json
import re
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
from guardrail.engine.case import Examined
from guardrail.engine.labels import Job, Labelled
from guardrail.facts import Inspected, RawReply, RawRequest, Verdict
from guardrail.shipped import shipped
from guardrail.testing import chunkings, pictures
from guardrail.testing.wires import shipped_wires
from guardrail.wire import Adapter
from guardrail.wire.framing import Framing, framing_of

Json = Any
Make = Callable[..., Guard]

pytestmark = pytest.mark.no_cover  # thousands of cuts: slow where every line is counted

ROOT = Path(str(shipped("adapters")))
WIRES = shipped_wires()
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


MIXED = yaml.safe_load(Path(__file__).with_name("mixed_texts.yaml").read_text(encoding="utf-8"))
MOST_MIXED = 160
"""Characters of one text: enough for two findings side by side, and many texts in little time."""
ISSUED = {"<KZ_IIN_k3f9x2>": "850101400011", "<EMAIL_ADDRESS_q1w2e3>": 'b"ob@example.kz'}


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
        # Half a character, which some servers end a text with, is an escape.
        data = json.dumps(event, ensure_ascii=False).encode(errors="backslashreplace")
        return self.framing.event(data, name)

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


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """A text of many kinds, and how it comes."""

    text: str
    cuts: Sequence[int]
    """Where the text is cut into events."""
    places: Sequence[int]
    """Where the events are cut into chunks, in parts of a thousand of their bytes."""

    def chunks(self, said: Said) -> list[bytes]:
        """Return its events, as they come."""
        events = said.events(_cut(self.text, self.cuts))
        places = [0, *(len(events) * place // 1000 for place in self.places), len(events)]
        return [events[a:b] for a, b in pairwise(places)]


@st.composite
def mixed(draw: st.DrawFn, said: Said) -> Mixed:
    """Draw texts put together, cut out, tampered with, in a document where one is due, and cut."""
    kinds = st.lists(st.sampled_from(MIXED), min_size=1, max_size=2)
    text = draw(st.sampled_from([" ", "\n", ""])).join(draw(kinds))
    start = draw(st.one_of(st.just(0), st.integers(0, len(text) - 1)))
    text = text[start : start + draw(st.integers(1, MOST_MIXED))]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from('\u200b- \n"\\0@.Aә<>`()\t\xa0')) + text[at:]
    if said.told.get("json"):
        text = draw(documents(text))
    size = draw(st.sampled_from([1, 2, 5, len(text)]))
    some = st.lists(st.integers(0, len(text)), max_size=10).map(sorted)
    return Mixed(
        text=text,
        cuts=draw(st.one_of(some, st.just(range(0, len(text), size)))),
        places=draw(st.lists(st.integers(0, 1000), max_size=6).map(sorted)),
    )


@st.composite
def documents(draw: st.DrawFn, text: str) -> str:
    """Draw a JSON document that holds a text in its strings, its names, and JSON in its strings."""
    inner = st.booleans().map(lambda plain: json.dumps({"k": text}, ensure_ascii=plain))
    strings = st.one_of(st.just(text), st.just(text[:20]), inner)
    others = st.sampled_from([int(IIN), 12.5, None, True, -1])
    names = st.sampled_from(["a", "iin", "имя", "person", "emotion", f"c {text[:15]}"])
    values = st.recursive(
        st.one_of(strings, others),
        lambda below: st.one_of(
            st.lists(below, max_size=3), st.dictionaries(names, below, max_size=3)
        ),
        max_leaves=6,
    )
    tree = {"a": draw(values), "b": draw(values)}
    made = json.dumps(
        tree, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
    )
    return made.replace("/", "\\/") if draw(st.booleans()) else made


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
    examined = _examined(guard, asked, said, text)
    examined = replace(examined, inspected=(SEEN,) * len(examined.media))
    labelled = _labelled({at: (one.held, one.held) for at, one in enumerate(examined.media)})
    body = guard.enact(guard.decide(examined, (), now), labelled=labelled).body
    return _said_in(body, said)


def _said_in(body: bytes, said: Said) -> str:
    """Return what a whole reply says."""
    tree = json.loads(body)
    for part in said.told["at"].replace("]", "").replace("[", ".").split("."):
        tree = tree[int(part) if part.isdigit() else part]
    return str(tree)


def _examined(guard: Guard, asked: Enacted, said: Said, text: str) -> Examined:
    body = json.dumps(_filled(said.told["whole"], {"$text": text}), ensure_ascii=False).encode()
    headers = ((b"content-type", b"application/json"),)
    raw = RawReply(status=200, headers=headers, body=body)
    return guard.examine_reply(asked.decided.examined.case, raw)


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


@pytest.mark.parametrize("said", ALL)
def test_a_picture_in_a_streamed_text_leaves_labelled_as_in_the_whole(
    said: Said, make_guard: Make, now: datetime
) -> None:
    guard = make_guard("mask")
    text = f"ЖСН {IIN}: ![a meadow](data:image/png;base64,{PICTURE}), {EMAIL}."
    if said.told.get("json"):
        # In a string, in JSON in a string, and with the escapes that some writers have.
        text = json.dumps({"to": text, "data": json.dumps({"x": text})}).replace("/", "\\/")
    asked = _asked(guard, said, now)
    left = {
        _pictured(guard, asked, said, said.events(_cut(text, range(0, len(text), size))), now)
        for size in (len(text), 90)
    }
    assert len(left) == 1
    assert PICTURE.rstrip("=") not in min(left).replace("\\", "")
    if "whole" in said.told:
        assert left == {_whole(guard, asked, said, text, now)}


@pytest.mark.parametrize("said", ALL)
def test_data_whose_keys_show_a_prohibited_use_never_leaves(
    said: Said, make_guard: Make, now: datetime
) -> None:
    if "heard" in said.told["says"]:
        return  # what somebody says isn't the answer's doing
    guard = make_guard("mask")
    for text in (
        json.dumps({"person": "A", "emotion": "sad", "trust_score": 3}),
        json.dumps({"data": json.dumps({"адам": "А", "эмоция": "sad"}), "n": 1}),
    ):
        asked = _asked(guard, said, now)
        for pieces in ([text], list(text)):
            left = _run(guard, asked, said, [said.events(pieces)], now)
            assert b"content_policy_violation" in left
            assert b"sad" not in left
        if "whole" in said.told:
            refused = guard.enact(guard.decide(_examined(guard, asked, said, text), (), now))
            assert refused.refusal is not None


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


@pytest.mark.parametrize("said", ALL)
def test_a_text_cut_between_the_halves_of_its_characters_leaves_the_same(
    said: Said, make_guard: Make, now: datetime
) -> None:
    """Servers that count in UTF-16 end an event's text with half a character."""
    guard = make_guard("mask")
    text = faces = f"😀🎉 ЖСН {IIN}😀, {EMAIL} 🎉."
    if said.told.get("json"):
        # As themselves and as escapes, which are cut anywhere, too.
        text = f'{{"a": {json.dumps(faces, ensure_ascii=False)}, "😀": {json.dumps(faces)}}}'
    asked = _asked(guard, said, now)
    expected = said.read(_run(guard, asked, said, [said.events([text])], now))
    assert IIN not in str(expected)
    stream = said.events(_halved(text, 1))
    assert b'"\\ud83d"' in stream.replace(b" ", b"")
    assert said.read(_run(guard, asked, said, [stream], now)) == expected


@pytest.mark.parametrize("said", ALL)
def test_every_event_leaves_in_its_turn_and_none_waits_for_text(
    said: Said, make_guard: Make, now: datetime
) -> None:
    """Pings, usage and ids as they came: where an event's text is held back, the event isn't."""
    guard = make_guard("mask")
    text = DOCUMENTS[0] if said.told.get("json") else TEXTS[0]
    text = text.rstrip(".!")  # so that the end of it is held back until its channel's
    asked = _asked(guard, said, now)
    codec = said.adapter.stream(said.framing, asked.decided.examined.case.exchange.echo)
    reply = ReplyStream(guard, asked.decided, codec, now)
    left, marks = b"", []
    for number, event in enumerate(_each(said, said.events(_cut(text, range(0, len(text), 9))))):
        ping = said.framing.comment(b"ping %d" % number)
        for came in (ping, _numbered(said, event, number)):
            gone = b"".join(out.data for out in reply.receive(came, now))
            assert _marks(gone) == _marks(came)
            left += gone
            marks += _marks(came)
    if not reply.ended:
        left += b"".join(out.data for out in reply.finish(now))
    assert _marks(left) == marks
    assert len(marks) > 8
    assert IIN not in str(said.read(left))


def _halved(text: str, size: int) -> list[str]:
    """Return a text in pieces of so many units of UTF-16."""
    units = text.encode("utf-16-le")
    cut = [units[at : at + 2 * size] for at in range(0, len(units), 2 * size)]
    return [piece.decode("utf-16-le", "surrogatepass") for piece in cut]


def _each(said: Said, stream: bytes) -> list[bytes]:
    splitter = said.framing.splitter()
    return [*splitter.feed(stream), *([rest] if (rest := splitter.close()) else [])]


def _numbered(said: Said, event: bytes, number: int) -> bytes:
    """Return an event with a member of its own that says which it is."""
    data = said.framing.data_of(event)
    if not data.startswith(b"{"):
        return event
    return said.framing.with_data(event, b'{"x_mark": %d, ' % number + data[1:])


def _marks(events: bytes) -> list[bytes]:
    """Return the pings and the members' numbers in events, and what ends a stream."""
    return re.findall(rb": ping \d+|\"x_mark\": ?\d+|\[DONE\]", events)


def _ends(stream: bytes, said: Said) -> list[int]:
    """Return where the events of a stream end, as its splitter cuts them."""
    ends, at = [], 0
    splitter = said.framing.splitter()
    for event in [*splitter.feed(stream), *([rest] if (rest := splitter.close()) else [])]:
        at += len(event)
        ends.append(at)
    return ends


@pytest.mark.thorough
@pytest.mark.parametrize("action", ["mask", "pseudonymise", "refuse"])
@pytest.mark.parametrize("said", ALL)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_any_mixed_text_leaves_a_stream_as_it_leaves_the_whole(
    said: Said, action: str, make_guard: Make, now: datetime, data: st.DataObject
) -> None:
    """Where either is refused the other is, and what left before is a part of what may leave."""
    drawn = data.draw(mixed(said))
    guard = make_guard(action)
    left, is_refused = _with_labels(guard, said, drawn.chunks(said), now)
    if "whole" in said.told:
        wanted, is_wanted = _whole_or_none(guard, said, drawn.text, now)
    else:
        wanted, is_wanted = _with_labels(guard, said, [said.events([drawn.text])], now)
    assert is_refused == is_wanted
    if not is_refused:
        assert left == wanted
    elif action == "refuse" and "whole" in said.told:
        allowed, isnt = _whole_or_none(make_guard("mask"), said, drawn.text, now)
        assert isnt or allowed.startswith(left)


def _asked_before(guard: Guard, said: Said, now: datetime) -> Enacted:
    """Return a request whose conversation has issued pseudonyms."""
    asked = _asked(guard, said, now)
    asked.decided.examined.case.masker.recall(ISSUED)
    return asked


def _with_labels(
    guard: Guard, said: Said, chunks: Sequence[bytes], now: datetime
) -> tuple[str, bool]:
    """Return what a stream says, and whether it was refused."""
    asked = _asked_before(guard, said, now)
    codec = said.adapter.stream(said.framing, asked.decided.examined.case.exchange.echo)
    stream = ReplyStream(guard, asked.decided, codec, now)
    left = b""
    for chunk in (*chunks, None):
        outs = stream.finish(now) if chunk is None else stream.receive(chunk, now)
        left += b"".join(out.data for out in outs)
        if stream.ended:
            break
    reader, text = said.adapter.stream(said.framing), ""
    for event in reader.feed(left) + reader.close():
        for delta in event.deltas:
            if delta.channel == said.told["says"] and not delta.repeats:
                text += delta.text
    return text, stream.refusal is not None


def _whole_or_none(guard: Guard, said: Said, text: str, now: datetime) -> tuple[str, bool]:
    """Return what a whole reply says, and whether it was refused."""
    examined = _examined(guard, _asked_before(guard, said, now), said, text)
    enacted = guard.enact(guard.decide(examined, (), now))
    if enacted.refusal is not None:
        return "", True
    return _said_in(enacted.body, said), False
