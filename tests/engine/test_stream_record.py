"""Every decision on a stream is on record, once, and the strictest is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from guardrail.detect import TextDetector
from guardrail.engine import Enacted, Guard
from guardrail.engine.stream_record import RefusedError, StreamRecord
from guardrail.evidence import EntryKind
from guardrail.facts import Action, Author, Kind, Segment

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "a"}]}'
TEXT = "ЖСН 900101300017"
SEGMENT = Segment(place=("a",), text=TEXT, author=Author.ASSISTANT, kind=Kind.TEXT)


def record(guard: Guard, send: Send, now: datetime) -> StreamRecord:
    return StreamRecord(guard, send(guard, CHAT).decided.examined.case, now)


def test_a_finding_is_edited_counted_and_recorded_once(
    make_guard: Make, send: Send, detector: TextDetector, now: datetime
) -> None:
    made = record(make_guard("mask"), send, now)
    [edit] = made.weigh([SEGMENT], detector.find(TEXT), now)
    assert TEXT[edit.start : edit.end] == "900101300017"
    assert made.action is Action.MASK
    [entry] = made.new()
    assert entry.kind is EntryKind.STREAM_FINDING
    assert made.new() == ()
    [closing] = made.closing("complete", late=2)
    assert closing.fields["findings"] == 1
    assert closing.fields["late"] == 2
    assert made.refused_by is None


def test_a_refusal_is_known_and_recorded_before_it_ends_the_stream(
    make_guard: Make, send: Send, detector: TextDetector, now: datetime
) -> None:
    made = record(make_guard("refuse"), send, now)
    with pytest.raises(RefusedError) as refused:
        made.weigh([SEGMENT], detector.find(TEXT), now)
    assert made.refused_by is not None
    assert made.refused_by.action is Action.REFUSE
    assert made.action is Action.REFUSE
    finding, closing = made.closing(refused.value.refusal.code)
    assert finding.kind is EntryKind.STREAM_FINDING
    assert closing.fields["code"] == refused.value.refusal.code


def test_the_strictest_action_stays(
    make_guard: Make, send: Send, detector: TextDetector, now: datetime
) -> None:
    made = record(make_guard("mask"), send, now)
    made.weigh([SEGMENT], detector.find(TEXT), now)
    made.judged(made.decision, ())
    assert made.decision.action is Action.ALLOW
    assert made.action is Action.MASK


def test_the_opening_holds_the_decision_on_the_reply_as_such(
    make_guard: Make, send: Send, now: datetime
) -> None:
    made = record(make_guard("mask"), send, now)
    assert made.opening().kind is EntryKind.STREAM_OPEN
    assert made.opening().fields["act"] == "allow"
