"""Which channels of a stream are open, and whose text has waited longest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from guardrail.engine import Enacted, Guard
from guardrail.engine.corrections import Corrections
from guardrail.engine.open_channels import MAX_CHANNELS, OpenChannels
from guardrail.errors import UpstreamError
from guardrail.facts import Author, Edit, Finding, Kind, Segment
from guardrail.wire import Delta, StreamEvent

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "a"}]}'
EVENT, NEXT = StreamEvent(raw=b"1"), StreamEvent(raw=b"2")
HALF = "ЖСН 900101"


class Nothing:
    """Tells nothing beside a stream's texts."""

    def correct(self, words: object) -> None:
        """Take what is to be told, and leave it."""


def delta(channel: str, text: str = HALF, kind: Kind = Kind.TEXT) -> Delta:
    return Delta(place=("a",), channel=channel, text=text, author=Author.ASSISTANT, kind=kind)


def allowed(segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
    return ()


def is_settled(channels: OpenChannels) -> bool:
    return channels.settled


def forced(channels: OpenChannels) -> int:
    return channels.forced


def come(channels: OpenChannels, one: Delta, event: StreamEvent = EVENT) -> str:
    into = channels.opened(one, event, 0)
    return into.channel.feed(one.text, final=False, weigh=allowed)


@pytest.fixture
def channels(make_guard: Make, send: Send) -> OpenChannels:
    guard = make_guard("mask")
    case = send(guard, CHAT).decided.examined.case
    return OpenChannels(guard, case, Corrections(guard.disclosure, case, Nothing()))


def test_a_channel_is_opened_once_and_knows_its_last_event(channels: OpenChannels) -> None:
    first = channels.opened(delta("a"), EVENT, 0)
    assert channels.opened(delta("a"), NEXT, 3) is first
    assert (first.event, first.delta) == (NEXT, 3)
    assert channels.get("a") is first
    assert channels.get("b") is None
    assert [*channels] == ["a"]
    assert [*channels.items()] == [("a", first)]


def test_a_channel_that_isnt_kept_leaves_no_trace(channels: OpenChannels) -> None:
    assert not channels.new(delta("a")).waiting
    assert [*channels] == []


def test_who_has_waited_longest_is_told_by_the_texts_that_came(channels: OpenChannels) -> None:
    come(channels, delta("a"))
    come(channels, delta("b"))
    assert channels.waiting
    assert channels.oldest == 1
    assert channels.younger == {"b"}
    come(channels, delta("a", "3"))
    assert channels.oldest == 2
    assert channels.younger == {"a"}


def test_an_empty_text_counts_as_none(channels: OpenChannels) -> None:
    come(channels, delta("a"))
    come(channels, delta("a", ""))
    assert channels.texts == 1
    assert channels.oldest == 1


def test_where_nothing_waits_the_last_text_is_the_oldest(channels: OpenChannels) -> None:
    come(channels, delta("a", "n", Kind.NAME))
    come(channels, delta("b", "n", Kind.NAME))
    assert not channels.waiting
    assert channels.oldest == 2
    assert channels.younger == frozenset()


def test_only_names_are_settled(channels: OpenChannels) -> None:
    come(channels, delta("a", "n", Kind.NAME))
    assert is_settled(channels)
    come(channels, delta("b", "It is so. "))
    assert not is_settled(channels)
    channels.close("b")
    assert is_settled(channels)


def test_what_the_bound_let_go_is_counted_when_its_channel_has_ended_too(
    channels: OpenChannels,
) -> None:
    for name in ("a", "b"):
        come(channels, delta(name, "x" * 9000))
    assert forced(channels) == 2
    channels.close("a")
    channels.close("never opened")
    assert forced(channels) == 2
    channels.clear()
    assert forced(channels) == 2
    assert not [*channels]


def test_too_many_channels_are_refused_and_names_make_place(channels: OpenChannels) -> None:
    come(channels, delta("name", "n", Kind.NAME))
    for index in range(MAX_CHANNELS - 1):
        channels.opened(delta(str(index)), EVENT, 0)
    channels.opened(delta("one more"), EVENT, 0)
    assert channels.get("name") is None
    with pytest.raises(UpstreamError, match="too many parts"):
        channels.opened(delta("too many"), EVENT, 0)
    channels.opened(delta("0"), EVENT, 0)
