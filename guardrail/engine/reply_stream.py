"""A streamed reply: the way of a reply, in pieces.

Each channel (a choice's content, a tool call's arguments) holds text back only while it could still
become a finding. What it releases is weighed, masked and restored, and goes out in the event that
released it; at a channel's end the rest goes out in an event of its own, in the likeness of the
channel's last one.

Like h11: `ReplyStream.receive` takes bytes and returns what to do, and does no I/O itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardrail.engine.case import Case, Decided
from guardrail.engine.channels import Channel, channel_for
from guardrail.engine.guard import Guard, is_answer
from guardrail.errors import UpstreamError
from guardrail.evidence import Entry, EntryKind
from guardrail.facts import (
    Action,
    Decision,
    Direction,
    Duty,
    Edit,
    Finding,
    Refusal,
    Segment,
    Standing,
    strictest,
)
from guardrail.wire import Delta, StreamEvent

MAX_CHANNELS = 256
"""Choices times tool calls of one reply: far above what any model sends at once."""


class Codec(Protocol):
    """Reads a stream's bytes as events, and writes events: see `guardrail.wire.StreamCodec`."""

    def feed(self, chunk: bytes) -> Sequence[StreamEvent]:
        """Return the events that are whole with `chunk`."""
        ...

    def close(self) -> Sequence[StreamEvent]:
        """Return what is left at the end."""
        ...

    def rewrite(self, event: StreamEvent, texts: Mapping[int, str]) -> bytes:
        """Return the event with new texts for some deltas."""
        ...

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:
        """Return a new event in the likeness of `event` for one delta's text."""
        ...

    def refuse(
        self, like: StreamEvent | None, refusal: Refusal, choices: Iterable[int | str] = ()
    ) -> bytes:
        """Return the stream's proper end after a refusal, for the choices still open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """One step: make `entries` durable, then release `data`; with `end` the stream is over."""

    data: bytes = b""
    entries: tuple[Entry, ...] = ()
    end: bool = False


@dataclass(slots=True, kw_only=True)
class _Open:
    """A channel that text still comes in, and the event that it came in last."""

    channel: Channel
    event: StreamEvent
    delta: int
    answer: str
    """Which answer it belongs to, as ``choices[0]``; empty where a person doesn't read it."""


class _RefusedError(Exception):
    """Leaves the work on an event from any depth: nothing of it goes out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class ReplyStream:
    """One streamed reply on its way to the caller."""

    def __init__(self, guard: Guard, decided: Decided, codec: Codec, now: datetime) -> None:
        """Take the decided request and the codec that reads the reply's events."""
        self._guard = guard
        self._case: Case = decided.examined.case
        self._codec = codec
        self._open: dict[str, _Open] = {}
        self._like: StreamEvent | None = None
        self._choices: dict[int | str, None] = {}
        self._ended_choices: set[int | str] = set()
        self._events = 0
        self._findings = 0
        self._forced = 0
        self._now = now
        self._weighed: list[tuple[Decision, tuple[Standing, ...]]] = []
        self._fault: UpstreamError | None = None
        self._notice = ""
        self._told: set[str] = set()
        self.action = Action.ALLOW
        """The strictest action so far."""
        self.ended = False
        self.refusal: Refusal | None = None
        """Why the stream was ended early, where it was."""
        self.refused_by: Decision | None = None
        """The decision that ended it; None for a fault."""
        self.decision = guard.judge_reply(self._case, (), now)
        """The decision on the reply as such, before anything of it is known."""
        if guard.says_in_text(self._case, self.decision):
            self._notice = guard.notice(self._case)

    def open(self) -> Entry:
        """Return the entry that must be durable before the first byte leaves."""
        return self._guard.entry(EntryKind.STREAM_OPEN, self._case, self.decision)

    def receive(self, chunk: bytes, now: datetime) -> list[Out]:
        """Take bytes from the upstream; return what to record and release.

        Raises:
            UpstreamError: the upstream sent what can't be read: call `fail` then.
        """
        self._now = now
        self._check()
        return self._work(self._codec.feed(chunk))

    def finish(self, now: datetime) -> list[Out]:
        """Take the upstream's end; return what was held back and the closing entry.

        Raises:
            UpstreamError: the upstream sent what can't be read: call `fail` then.
        """
        self._now = now
        self._check()
        outs = self._work(self._codec.close())
        if self.ended:
            return outs
        try:
            rest = self._flush(tuple(self._open))
        except _RefusedError as refused:
            return [*outs, self._stop(refused.refusal)]
        return [*outs, Out(data=rest, entries=self._entries("complete"), end=True)]

    def fail(self, refusal: Refusal) -> Out:
        """End the stream in its own format after a fault; what was held back never leaves."""
        return self._stop(refusal)

    def abandon(self) -> tuple[Entry, ...]:
        """Return the closing entry for a caller that went away."""
        return () if self.ended else self._entries("client_gone")

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _work(self, events: Iterable[StreamEvent]) -> list[Out]:
        outs: list[Out] = []
        for event in events:
            if self.ended:
                break
            self._events += 1
            try:
                data = self._event(event)
            except _RefusedError as refused:
                outs.append(self._stop(refused.refusal))
                break
            except UpstreamError as fault:
                # What came before goes out first, however the bytes were cut.
                if not outs:
                    raise
                self._fault = fault
                break
            entries = self._entries("complete") if event.done else self._finding_entries()
            outs.append(Out(data=data, entries=entries, end=event.done))
        return outs

    def _event(self, event: StreamEvent) -> bytes:
        if event.done:
            return self._flush(tuple(self._open)) + event.raw
        if event.deltas and not self._ended_choices.isdisjoint(event.choices):
            raise UpstreamError("a choice goes on after its end", code="upstream_nonsense")
        self._choices.update(dict.fromkeys(event.choices))
        if event.opaque:
            self._judge_opaque(event)
        changed: dict[int, str] = {}
        here = {delta.channel: index for index, delta in enumerate(event.deltas)}
        for index, delta in enumerate(event.deltas):
            final = delta.channel in event.finished and here[delta.channel] == index
            text = self._feed(self._opened_for(delta, event, index), delta, final=final)
            if text != delta.text:
                changed[index] = text
        before = self._flush(name for name in event.finished if name not in here)
        for choice in event.ended:
            self._choices.pop(choice, None)
        self._ended_choices.update(event.ended)
        for name in event.finished:
            if (ended := self._open.pop(name, None)) is not None:
                self._forced += ended.channel.forced
        return before + (self._codec.rewrite(event, changed) if changed else event.raw)

    def _judge_opaque(self, event: StreamEvent) -> None:
        media = tuple(sorted({item.medium for item in event.opaque}))
        decision = self._guard.judge_reply(self._case, (), self._now, opaque=media)
        self.action = strictest(self.action, decision.action)
        self._weighed.append((decision, ()))
        self._end_if_refused(decision)

    def _opened_for(self, delta: Delta, event: StreamEvent, index: int) -> _Open:
        self._like = event
        known = self._open.get(delta.channel)
        if known is not None:
            known.event, known.delta = event, index
            return known
        if len(self._open) >= MAX_CHANNELS:
            raise UpstreamError("the reply has too many parts", code="upstream_nonsense")
        guard = self._guard
        channel = channel_for(
            delta,
            guard.detector_for(self._case.route),
            self._case.masker.issued,
            guard.settings.limits.hold_back_chars,
        )
        answer = delta.channel.partition(".")[0] if is_answer(delta.author, delta.kind) else ""
        new = _Open(channel=channel, event=event, delta=index, answer=answer)
        self._open[delta.channel] = new
        return new

    def _feed(self, into: _Open, delta: Delta, *, final: bool) -> str:
        text = into.channel.feed(delta.text, final=final, weigh=self._weigh)
        return self._with_notice(into, text)

    def _flush(self, names: Iterable[str]) -> bytes:
        out = []
        for name in names:
            rest = self._open.pop(name, None)
            if rest is None:
                continue
            text = self._with_notice(rest, rest.channel.feed("", final=True, weigh=self._weigh))
            self._forced += rest.channel.forced
            if text:
                out.append(self._codec.carry(rest.event, rest.delta, text))
        return b"".join(out)

    def _with_notice(self, channel: _Open, text: str) -> str:
        if not (self._notice and text and channel.answer) or channel.answer in self._told:
            return text
        self._told.add(channel.answer)
        return self._notice + text

    def _weigh(self, segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
        guard, case = self._guard, self._case
        standings = guard.weigh(case, segments, findings, self._now)
        decision = guard.judge_reply(case, standings, self._now)
        self._findings += len(findings)
        self.action = strictest(self.action, decision.action)
        self._weighed.append((decision, standings))
        self._end_if_refused(decision)
        return case.masker.edits(segments, findings, decision.actions, direction=Direction.REPLY)

    def _end_if_refused(self, decision: Decision) -> None:
        refusal = self._guard.refusal(self._case, decision)
        if refusal is not None:
            self.refused_by = decision
            raise _RefusedError(refusal)

    def _stop(self, refusal: Refusal) -> Out:
        self.refusal = refusal
        data = self._codec.refuse(self._like, refusal, self._choices)
        return Out(data=data, entries=self._entries(refusal.code), end=True)

    def _finding_entries(self) -> tuple[Entry, ...]:
        weighed, self._weighed = self._weighed, []
        return tuple(
            self._guard.entry(EntryKind.STREAM_FINDING, self._case, decision, standings)
            for decision, standings in weighed
        )

    def _entries(self, how: str) -> tuple[Entry, ...]:
        self.ended = True
        self._forced += sum(open_.channel.forced for open_ in self._open.values())
        told = "text" if self._told else "header"
        close = self._guard.entry(
            EntryKind.STREAM_CLOSE,
            self._case,
            self.decision,
            code=how,
            events=self._events,
            findings=self._findings,
            forced=self._forced,
            disclosed=told if Duty.DISCLOSE in self.decision.duties else "",
        )
        return (*self._finding_entries(), close)
