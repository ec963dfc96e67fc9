from collections.abc import Sequence
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import UpstreamError
from guardrail.shipped import shipped
from guardrail.wire import StreamEvent, load_wires
from guardrail.wire.stream import MAX_MISFITS

CHAT = load_wires(shipped("adapters")).named("openai-chat")


def event(content: object, *, model: str = "m", finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return b"data: " + orjson.dumps({"id": "c", "model": model, "choices": [choice]}) + b"\n\n"


def read_alone(raws: Sequence[bytes]) -> list[StreamEvent]:
    """Read each event by a codec of its own, which has no mould yet."""
    return [found for raw in raws for found in CHAT.stream().feed(raw)]


def plain(events: Sequence[StreamEvent]) -> list[StreamEvent]:
    return [replace(one, spot=None, data=None) for one in events]


@given(st.lists(st.text(), min_size=2, max_size=12))
def test_events_cast_in_a_mould_read_as_they_would_alone(texts: list[str]) -> None:
    raws = [event(text or "x") for text in texts]
    codec = CHAT.stream()
    together = [found for raw in raws for found in codec.feed(raw)]
    assert plain(together) == plain(read_alone(raws))
    assert all(one.spot is not None for one in together[1:])


@given(st.lists(st.text(min_size=1), min_size=2, max_size=6), st.text())
def test_a_cast_event_is_rewritten_and_carried_as_any_other(texts: list[str], new: str) -> None:
    codec = CHAT.stream()
    cast = [found for raw in map(event, texts) for found in codec.feed(raw)][-1]
    (alone,) = read_alone([event(texts[-1])])
    fresh = CHAT.stream()
    fresh.feed(event(texts[-1]))
    assert codec.rewrite(cast, {0: new}) == fresh.rewrite(alone, {0: new})
    assert codec.carry(cast, 0, new) == fresh.carry(alone, 0, new)


def test_what_differs_in_more_than_its_text_is_read_in_full() -> None:
    codec = CHAT.stream()
    codec.feed(event("a"))
    (other,) = codec.feed(event("b", finish="stop"))
    assert other.finished == ("choices[0].content",)
    (smuggled,) = codec.feed(event("c")[:-5] + b',"extra":"900101300017"}]}\n\n')
    assert [delta.text for delta in smuggled.deltas] == ["c", "900101300017"]


@pytest.mark.parametrize("broken", [b'"\\ud800"', b'"\xff"', b'"a"x"b"'])
def test_a_text_that_is_no_json_string_is_refused_as_ever(broken: bytes) -> None:
    codec = CHAT.stream()
    codec.feed(event("Q"))
    with pytest.raises(UpstreamError):
        codec.feed(event("Q").replace(b'"Q"', broken))


def test_a_stream_whose_events_never_fit_stops_making_moulds() -> None:
    codec = CHAT.stream()
    events = [found for n in range(40) for found in codec.feed(event("x", model=f"m{n}"))]
    assert all(one.spot is None for one in events)
    (late,) = codec.feed(event("x", model="m39"))
    assert late.spot is None
    assert MAX_MISFITS < 40
