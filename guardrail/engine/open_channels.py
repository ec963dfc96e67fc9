"""The channels of a streamed reply that text still comes in, and what waits in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.engine.case import Case
from guardrail.engine.channels import Whole, channel_for
from guardrail.engine.corrections import Corrections, Hearing
from guardrail.engine.documents import Channel
from guardrail.engine.guard import Guard
from guardrail.errors import UpstreamError
from guardrail.wire import Delta, StreamEvent

MAX_CHANNELS = 256
"""Choices times tool calls of one reply: far above what any model sends at once."""


@dataclass(slots=True, kw_only=True)
class OpenChannel:
    """A channel that text still comes in, and the event that it came in last."""

    channel: Channel
    event: StreamEvent
    delta: int
    hearing: Hearing | None
    """Listens where an answer's claims are to be put right."""
    heard: int
    """How many texts had come in the stream with its last one."""


class OpenChannels:
    """Those of one stream, by name, the one that began first in front."""

    def __init__(self, guard: Guard, case: Case, corrections: Corrections) -> None:
        """Take what looks at text, the exchange, and what puts answers right."""
        self._guard = guard
        self._case = case
        self._corrections = corrections
        self._open: dict[str, OpenChannel] = {}
        self._gone = 0
        self.texts = 0
        """Texts that came so far; pings and empty ones don't count."""

    def __iter__(self) -> Iterator[str]:
        """Go through their names."""
        return iter(self._open)

    def items(self) -> Iterator[tuple[str, OpenChannel]]:
        """Go through names and channels."""
        yield from self._open.items()

    def get(self, name: str) -> OpenChannel | None:
        """Return a channel; None where it isn't open."""
        return self._open.get(name)

    def new(self, delta: Delta) -> Channel:
        """Return a channel that fits a delta's content, and isn't kept."""
        guard = self._guard
        detector, bound = guard.detector_for(self._case.route), guard.settings.hold_back.chars
        return channel_for(delta, detector, self._case.masker.issued, bound)

    def opened(self, delta: Delta, event: StreamEvent, index: int) -> OpenChannel:
        """Take note that a text has come; return its channel, a new one where it is the first.

        Raises:
            UpstreamError: there are `MAX_CHANNELS`, and each holds text back.
        """
        self.texts += bool(delta.text)
        known = self._open.get(delta.channel)
        if known is not None:
            known.event, known.delta = event, index
            known.heard = self.texts if delta.text else known.heard
            return known
        if len(self._open) >= MAX_CHANNELS and not self._drop_whole():
            raise UpstreamError("the reply has too many parts", code="upstream_nonsense")
        new = OpenChannel(
            channel=self.new(delta),
            event=event,
            delta=index,
            hearing=self._corrections.hearing(delta),
            heard=self.texts,
        )
        self._open[delta.channel] = new
        return new

    def _drop_whole(self) -> bool:
        """Forget the oldest channel that holds nothing back; tell whether there was one."""
        for name, one in self._open.items():
            if isinstance(one.channel, Whole):
                del self._open[name]
                return True
        return False

    def close(self, name: str) -> None:
        """Forget a channel that has ended, if it was open."""
        ended = self._open.pop(name, None)
        self._gone += ended.channel.forced if ended is not None else 0

    def clear(self) -> None:
        """Forget them all."""
        for name in tuple(self._open):
            self.close(name)

    @property
    def forced(self) -> int:
        """How many times the bound on characters let text go, in those that ended, too."""
        return self._gone + sum(one.channel.forced for one in self._open.values())

    @property
    def waiting(self) -> bool:
        """Whether text that could be let go is held back."""
        return any(one.channel.waiting for one in self._open.values())

    @property
    def oldest(self) -> int:
        """How many texts had come with the last one of the channel that has waited longest."""
        waiting = (one.heard for one in self._open.values() if one.channel.waiting)
        return min(waiting, default=self.texts)

    @property
    def younger(self) -> frozenset[str]:
        """The names of those whose last text came behind the `oldest` one's."""
        oldest = self.oldest
        return frozenset(name for name, one in self._open.items() if one.heard > oldest)

    @property
    def settled(self) -> bool:
        """Whether none of them could hold text back."""
        return all(isinstance(one.channel, Whole) for one in self._open.values())
