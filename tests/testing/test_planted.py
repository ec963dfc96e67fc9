"""What is planted is there to be found, and what is to be broken is."""

from __future__ import annotations

import orjson
import pytest

from guardrail.testing import Step, Then
from guardrail.testing.leaks import Planted
from guardrail.testing.planted import (
    asked,
    bad_replies,
    bad_streams,
    events,
    fields,
    form,
    replied,
    unreadable,
)


def sent(step: Step) -> bytes:
    return b"".join(piece for piece in step.send if isinstance(piece, bytes))


def test_every_message_holds_values_that_are_found_again() -> None:
    planted = Planted()
    assert planted.leaks(orjson.dumps(asked(planted)))
    assert planted.leaks(form(planted)[0])
    assert planted.leaks(replied(planted))
    assert all(planted.leaks(body) for body in unreadable(planted))
    assert all(planted.leaks(event) for event in events(planted)[:-1])
    assert all(planted.leaks(sent(step)) for step in bad_replies(planted)[:-1])
    assert all(planted.leaks(sent(step)) for step in bad_streams(planted))


def test_every_field_but_the_traces_id_holds_one() -> None:
    planted = Planted()
    empty = {name for name, value in fields(planted).items() if not planted.leaks(value.encode())}
    assert empty == {"traceparent"}


def test_what_is_asked_can_be_read_and_what_is_unreadable_cant() -> None:
    planted = Planted()
    text = planted.text()
    whole = asked(planted, text, streams=True)
    assert text in orjson.dumps(whole).decode()
    assert whole["stream"] is True
    for body in (*unreadable(planted)[:2], unreadable(planted)[-1]):
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(body)


def test_streams_end_in_every_way() -> None:
    assert {step.then for step in bad_streams(Planted())} == {Then.KEEP, Then.RESET, Then.HANG}
