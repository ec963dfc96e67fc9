from __future__ import annotations

import json

import pytest

from guardrail.wire.aws_event_stream import AwsEventStream
from guardrail.wire.event_labels import EventLabel, EventLabels, LabelSpec
from guardrail.wire.frames import JsonFrames
from guardrail.wire.framing import FRAMINGS, SSE, Framing, framing_of
from guardrail.wire.places import value_at

LINES = FRAMINGS["application/x-ndjson"]
ARRAY = framing_of("application/json", array=True) or LINES
SPEC = LabelSpec(
    first=EventLabel(at=("label",), given=("said",)),
    last=EventLabel(at=("meta", "label"), of=frozenset({"end"})),
)
VALUE = b'{"v":1}'


def kind_of(tree: object, name: str) -> str:
    return name or str(value_at(tree, ("type",)))


def labels(framing: Framing = LINES, spec: LabelSpec = SPEC) -> EventLabels:
    return EventLabels(spec, framing, kind_of)


def test_the_first_event_is_told_by_what_it_has() -> None:
    one = labels()
    assert one.is_first({"said": [0]}, "")
    others: tuple[object, ...] = ({"said": []}, {"said": ""}, {"said": None}, {}, [1], None)
    for tree in others:
        assert not one.is_first(tree, "")


def test_the_last_event_is_told_by_its_type() -> None:
    one = labels()
    assert one.is_last({"type": "end"}, "")
    assert one.is_last({}, "end")
    for tree in ({"type": "start"}, {}, None, "end"):
        assert not one.is_last(tree, "")


def test_any_of_several_items_may_have_what_is_asked_for() -> None:
    last = EventLabel(at=("label",), given=("choices", "*", "end"))
    one = labels(spec=LabelSpec(first=SPEC.first, last=last))
    assert one.is_last({"choices": [{"end": ""}, {"end": "stop"}]}, "")
    assert not one.is_last({"choices": [{"end": ""}, {}]}, "")
    assert not one.is_last({"choices": []}, "")


def test_a_format_may_have_no_event_for_the_signature() -> None:
    one = labels(spec=LabelSpec(first=SPEC.first))
    assert not one.own
    assert not one.is_last({"type": "end"}, "")
    assert one.closing(b'{"type":"end"}\n') is None
    assert one.label_in({"type": "end", "meta": {"label": 1}}, "") is None


@pytest.mark.parametrize(
    ("framing", "events", "left"),
    [
        (LINES, b' { "a": 1.0 } \n{"said":"x"}', b' { "a": 1.0 } \n{"label":{"v":1},"said":"x"}'),
        (LINES, b'{"said":"x"}\n\n', b'{"label":{"v":1},"said":"x"}\n\n'),
        (SSE, b': x\ndata: {"said":"x"}\r\r', b': x\ndata: {"label":{"v":1},"said":"x"}\r\r'),
        (SSE, b'data: {\ndata: "said":"x"}\n\n', b'data: {"label":{"v":1}, "said":"x"}\n\n'),
        (ARRAY, b'[{"said":"x"}', b'[{"label":{"v":1},"said":"x"}'),
        (ARRAY, b',\r\n{"a":[1]},\n{"said":"x"}', b',\r\n{"a":[1]},\n{"label":{"v":1},"said":"x"}'),
        (JsonFrames(), b'{"said":"x"}\xff', b'{"label":{"v":1},"said":"x"}\xff'),
    ],
)  # fmt: skip
def test_a_label_goes_into_the_last_of_some_events_and_all_else_stays(
    framing: Framing, events: bytes, left: bytes
) -> None:
    assert labels(framing).put(events, {"said": "x"}, VALUE, last=False) == left


def test_a_binary_message_keeps_its_headers_and_has_new_sums() -> None:
    framing = AwsEventStream()
    before, event = framing.event(b"{}", "begin"), framing.event(b'{"a":1}', "end")
    made = labels(framing).put(before + event, {"a": 1}, VALUE, last=True)
    assert made == before + framing.event(b'{"meta":{"label":{"v":1}},"a":1}', "end")


def test_an_object_that_is_there_takes_the_label_in() -> None:
    event = b'{"type":"end","meta":{"x":1}}\n'
    made = labels().put(event, json.loads(event), VALUE, last=True)
    assert json.loads(made)["meta"] == {"label": {"v": 1}, "x": 1}


@pytest.mark.parametrize("meta", [{"label": None}, {"label": {"v": 2}}, [], "x", None])
def test_what_stands_where_a_label_goes_stays(meta: object) -> None:
    event = {"type": "end", "meta": meta}
    raw = json.dumps(event).encode()
    assert labels().put(raw, event, VALUE, last=True) == raw


def test_texts_are_those_that_stand_there_now() -> None:
    events = b'{"a":"no"}\n{"a":"new","b":["",2,"too"]}\n'
    places = [("a",), ("b", 0), ("b", 1), ("b", 2), ("c",)]
    assert labels().told(events, places) == ["new", "too"]


def test_of_a_streams_last_events_the_one_that_closes_it_is_found() -> None:
    end, done = b'data: {"type":"end"}\n\n', b"data: [DONE]\n\n"
    found = labels(SSE).closing(b'data: {"said":"x"}\n\n' + end + done)
    assert found == (b'data: {"said":"x"}\n\n' + end, {"type": "end"}, done)
    assert labels(SSE).closing(done) is None
    assert labels(SSE).closing(b"") is None


def test_a_label_is_read_where_it_was_put() -> None:
    event = {"type": "end", "meta": {"label": {"v": 1}}}
    assert labels().label_in(event, "") == {"v": 1}
    assert labels().label_in({**event, "type": "other"}, "") is None
