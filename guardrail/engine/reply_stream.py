"""A streamed reply: the way of a reply, in pieces.

Each channel (a choice's content, a tool call's arguments) holds text back only while it could still
become a finding or a medium (`guardrail.engine.ahead`). What it releases is weighed, masked and
restored, and goes out in the event that released it; at a channel's end the rest goes out in an
event of its own, in the likeness of the channel's last one.

Like h11: `ReplyStream.receive` takes bytes and returns what to do, and does no I/O itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from guardrail.engine.ahead import Ahead, Taken, Turn
from guardrail.engine.case import Case, Decided
from guardrail.engine.channels import Running
from guardrail.engine.codec import Codec
from guardrail.engine.corrections import Corrections
from guardrail.engine.documents import Channel, Document, segment_of
from guardrail.engine.guard import Guard
from guardrail.engine.hidden_media import HIDDEN, HiddenMedia
from guardrail.engine.labels import Labelled
from guardrail.engine.open_channels import OpenChannel, OpenChannels
from guardrail.engine.outs import Out
from guardrail.engine.said import SaidTexts
from guardrail.engine.stream_media import Changes, StreamMedia
from guardrail.engine.stream_notice import StreamNotice
from guardrail.engine.stream_record import RefusedError, StreamRecord
from guardrail.engine.text_labels import is_answer
from guardrail.errors import UpstreamError
from guardrail.evidence import Entry
from guardrail.facts import (
    NO_USAGE,
    Action,
    Author,
    Decision,
    Edit,
    Finding,
    Inspected,
    Opaque,
    Refusal,
    Segment,
)
from guardrail.wire import Delta, StreamEvent

END = StreamEvent(raw=b"")
"""Stands for the upstream's end."""
NO_MEDIA: Mapping[int, str] = {}
_ASKING = frozenset({Author.USER, Author.SYSTEM})
"""Authors of what asks. What is asked for is no answer's doing."""

CHARS_PER_BYTE = 3
"""Of a medium in text, in the longest spelling: percent codes."""


class ReplyStream:
    """One streamed reply on its way to the caller."""

    def __init__(self, guard: Guard, decided: Decided, codec: Codec, now: datetime) -> None:
        """Take the decided request and the codec that reads the reply's events."""
        self._guard = guard
        self._case: Case = decided.examined.case
        self._codec = codec
        self._like: StreamEvent | None = None
        self._begun = False
        self._parts: dict[int | str, None] = {}
        self._ended_parts: set[int | str] = set()
        self._said = SaidTexts()
        self._late = 0
        self._now = now
        self._fault: UpstreamError | None = None
        self._media = StreamMedia(guard, self._case)
        self._hidden = HiddenMedia()
        self._ahead = Ahead(CHARS_PER_BYTE * guard.settings.limits.media_bytes)
        self._turn: Turn | None = None
        self._gap_left = False
        self._pending: deque[StreamEvent] = deque()
        self._closing = False
        self.notice = StreamNotice(guard.disclosure, self._case)
        """What people are told in it."""
        self.told = ""
        """Where the notice stood, once the stream has ended; empty where none was due."""
        self.awaits: tuple[bytes | str, ...] = ()
        """Media that must be looked into before the stream goes on: call `looked` then."""
        self.changes: Changes | None = None
        """What must be done to media before the stream goes on: call `changed` then."""
        self.usage = NO_USAGE
        """What it took so far, as the upstream counts."""
        self.ended = False
        self.refusal: Refusal | None = None
        """Why the stream was ended early, where it was."""
        self._record = StreamRecord(guard, self._case, now)
        begun = int(now.timestamp())
        self._labels = guard.labels.stream(
            codec,
            self.decision.duties,
            lambda: guard.labels.label(self._case, "", begun),
            self._case,
        )
        self._corrections = Corrections(guard.disclosure, self._case, self._labels)
        self._open = OpenChannels(guard, self._case, self._corrections)

    @property
    def decision(self) -> Decision:
        """The decision on the reply as such, before anything of it is known."""
        return self._record.decision

    @property
    def action(self) -> Action:
        """The strictest action so far."""
        return self._record.action

    @property
    def refused_by(self) -> Decision | None:
        """The decision that ended it; None for a fault."""
        return self._record.refused_by

    def open(self) -> Entry:
        """Return the entry that must be durable before the first byte leaves."""
        return self._record.opening()

    def logged(self, entry: str) -> None:
        """Take the id of that entry, which labels name; call it before anything leaves, if ever."""
        self._labels.logged(entry)

    def receive(self, chunk: bytes, now: datetime) -> list[Out]:
        """Take bytes from the upstream; return what to record and release.

        Raises:
            UpstreamError: the upstream sent what can't be read: call `fail` then.
        """
        self._now = now
        self.notice.released()
        self._check()
        return self._work(self._codec.feed(chunk))

    def finish(self, now: datetime) -> list[Out]:
        """Take the upstream's end; return what was held back and the closing entry.

        Raises:
            UpstreamError: the upstream sent what can't be read: call `fail` then.
        """
        self._now = now
        self.notice.released()
        self._check()
        outs = self._work(self._codec.close())
        if self.halted:
            self._closing = True
            return outs
        return self._concluded(outs)

    def looked(self, inspected: Sequence[Inspected], now: datetime) -> list[Out]:
        """Take what was seen in the media that `awaits` named; return what to record and release.

        Raises:
            UpstreamError: the upstream sent what can't be read: call `fail` then.
        """
        self._now = now
        self.awaits = ()
        outs = self._work((), inspected)
        return self._concluded(outs) if self._closing and not self.halted else outs

    def changed(
        self, redacted: Mapping[int, str], labelled: Mapping[int, Labelled], now: datetime
    ) -> list[Out]:
        """Take what was done to the media that `changes` names; return what to record and release.

        Raises:
            UpstreamError: a medium can't be labelled and may not leave without: call `fail` then.
        """
        self._now = now
        changes, self.changes = self.changes, None
        assert changes is not None  # noqa: S101 - who calls this has them
        outs = self._work((), media=self._media.texts(changes, redacted, labelled))
        return self._concluded(outs) if self._closing and not self.halted else outs

    @property
    def halted(self) -> bool:
        """Whether something must be done to media before the stream goes on."""
        return bool(self.awaits) or self.changes is not None

    def _concluded(self, outs: list[Out]) -> list[Out]:
        if self._ahead.waits and not self.ended:
            outs = [*outs, *self._work([END])]
            self._closing = self.halted
        if self.ended or self.halted:
            return outs
        try:
            rest = self._labels.first(self._flush(tuple(self._open)))
            self._labels.left()
            self.notice.left()
            rest = self._labels.last(rest)
            last = Out(data=rest, entries=self._entries("complete"), end=True)
        except RefusedError as refused:
            last = self._stop(refused.refusal)
        # The last event may have come without its end: nothing may run into it.
        gap = self._codec.gap if outs and not self._gap_left else b""
        return [*outs, replace(last, data=gap + last.data if last.data else b"", lead=gap)]

    def comment(self, text: bytes) -> bytes:
        """Return an event that readers pass over; nothing where none may stand in the stream."""
        wanted = self._guard.settings.labels.stream_comments
        return self._codec.comment(text) if wanted else b""

    @property
    def waiting(self) -> bool:
        """Whether text that could be let go is held back."""
        return not self.ended and self._open.waiting

    @property
    def oldest(self) -> int:
        """How many texts had come with the last one of the channel that has waited longest."""
        return self._open.oldest

    def overdue(self, now: datetime) -> list[Out]:
        """Take note that text has waited for as long as it may; return what is let go, if any."""
        self._now = now
        self.notice.released()
        self._late += 1
        if self._guard.settings.hold_back.at_seconds == "wait":
            return []
        try:
            data = self._let_go(but=self._open.younger)
        except RefusedError as refused:
            return [self._stop(refused.refusal)]
        self._labels.left()
        self.notice.left()
        return [Out(data=self._labels.first(data), entries=self._record.new())]

    def fail(self, refusal: Refusal, *, lost: bool = False) -> Out:
        """End the stream in its own format after a fault; what was held back never leaves.

        Args:
            refusal: the fault.
            lost: whether something that this stream gave out for release never left, either.
        """
        if lost:
            self._labels.lose()
            self.notice.lose()
        return self._stop(refusal)

    def abandon(self, how: str = "client_gone") -> tuple[Entry, ...]:
        """Return the closing entry for a caller that went away."""
        return () if self.ended else self._entries(how)

    def unread(self, medium: str, now: datetime) -> list[Out]:
        """Take a message that can't be read; return what to record, and the end if refused."""
        self._now = now
        self._check()
        opaque = (Opaque(place=(), medium=medium, reason="unread"),)
        return self._work([StreamEvent(raw=b"", seen=self._seen(), opaque=opaque)])

    def sounded(self) -> None:
        """Take note that a session's sound began with what people hear as a label."""
        self._media.sounded()

    @property
    def settled(self) -> bool:
        """Whether nothing is under way: no part begun, no text held back."""
        return not self._parts and self._open.settled

    def renew(self, codec: Codec) -> None:
        """Go on with a fresh codec, where a stream without an end is `settled`.

        What was told apart so far, and what was said, is forgotten.
        """
        self._codec = codec
        self._open.clear()
        self._like = None
        self._ended_parts.clear()
        self._said = SaidTexts()
        self._hidden = HiddenMedia()
        self._ahead = Ahead(CHARS_PER_BYTE * self._guard.settings.limits.media_bytes)

    def _seen(self) -> Mapping[str, object]:
        return {} if self._like is None else self._like.seen

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _work(
        self,
        events: Iterable[StreamEvent],
        inspected: Sequence[Inspected] = (),
        media: Mapping[int, str] | None = None,
    ) -> list[Out]:
        outs: list[Out] = []
        self._pending.extend(events)
        while self._pending and not self.ended:
            event = self._pending[0]
            try:
                turn = self._turn = self._turn or self._turn_of(event)
                held = tuple(one.data for one in turn.opaque)
                if media is None and any(held) and len(inspected) < len(held):
                    self.awaits = held
                    break
                if media is None and self._wants_changes(turn, inspected):
                    break
                data = self._event(turn, media or {})
                inspected, media, self._turn = (), None, None
                self._pending.popleft()
            except RefusedError as refused:
                outs.append(self._stop(refused.refusal))
                break
            except UpstreamError as fault:
                # What came before goes out first, however the bytes were cut.
                if not outs:
                    raise
                self._fault = fault
                break
            self._labels.left()
            self.notice.left()
            entries = self._entries("complete") if event.done else self._record.new()
            data = self._labels.first(data, None if turn.is_end else event)
            outs.append(Out(data=data, entries=entries, end=event.done))
        return outs

    def _turn_of(self, event: StreamEvent) -> Turn:
        return self._ahead.turn(event, self._ending(event), self._is_said, is_end=event is END)

    def _wants_changes(self, turn: Turn, inspected: Sequence[Inspected]) -> bool:
        """Begin with an event; tell whether its media must be changed before it leaves."""
        event = turn.event
        self._record.events += not turn.is_end
        if event.data is not None:
            self._like = event
            self._guard.kept.note(self._case, self.notice.seen(event.data), self._now)
            self.usage = self._case.route.adapter.usage_in(event.data, self.usage)
        goes_on = not self._ended_parts.isdisjoint(event.parts)
        if goes_on and not all(one.repeats for one in event.deltas):
            raise UpstreamError("a part goes on after its end", code="upstream_nonsense")
        self._parts.update(dict.fromkeys(event.parts))
        self.changes = self._judge_media(turn.opaque, inspected) if turn.opaque else None
        return self.changes is not None

    def _event(self, turn: Turn, media: Mapping[int, str]) -> bytes:
        event = turn.event
        live = {one.channel: index for index, one in enumerate(event.deltas) if not one.repeats}
        ending = dict.fromkeys(self._ending(event))
        before = self._flush((name for name in ending if name not in live), turn, media)
        if event.error:
            # Clients stop reading there.
            before += self._let_go(but=live, final=True)
        if turn.is_end:
            self._gap_left = bool(before)
            return self._codec.gap + before if before else b""
        changed: dict[int, str] = {}
        for index, delta in enumerate(event.deltas):
            taken = turn.deltas.get(index)
            if delta.repeats:
                text = self._repeated(delta, turn, taken, media)
            else:
                final = delta.channel in ending and live[delta.channel] == index
                into = self._open.opened(delta, event, index)
                text = self._fed(into.channel, delta, turn, taken, media, final=final)
                self._expect_bound(into.channel)
                said = self._corrections.put_right(into.hearing, text, final=final)
                text = self._told(delta, delta.text, said, final=final)
            if text != delta.text:
                changed[index] = text
        for part in event.ended:
            self._parts.pop(part, None)
        self._ended_parts.update(event.ended)
        for name in ending:
            self._open.close(name)
        self._begun = self._begun or event.data is not None
        own = {index: text for index, text in media.items() if index < len(event.opaque)}
        if changed or own:
            return before + self._codec.rewrite(event, changed, own)
        return before + event.raw

    def _ending(self, event: StreamEvent) -> Sequence[str]:
        """Return the channels that give the last of their text before this event, or with it."""
        if event.done or event is END:
            return (*self._open, *(delta.channel for delta in event.deltas))
        repeated = (delta.channel for delta in event.deltas if delta.repeats)
        return (*event.finished, *repeated)

    def _judge_media(
        self, opaque: Sequence[Opaque], inspected: Sequence[Inspected]
    ) -> Changes | None:
        judged = self._media.judge(opaque, inspected, self._now)
        if judged.decision is not None:
            self._record.judged(judged.decision, judged.standings)
        return judged.changes

    def _fed(
        self,
        into: Channel,
        delta: Delta,
        turn: Turn,
        taken: Taken | None,
        media: Mapping[int, str],
        *,
        final: bool,
    ) -> str:
        """Return what may leave of a text that has come; of one that ends where it is `final`."""
        if taken is not None and isinstance(into, (Running, Document)):
            for one in taken.shown if delta.author not in _ASKING else ():
                self._weigh([segment_of(delta, one.name)], [one.finding])
            is_hidden = taken.is_over
            text = turn.told(into, taken, media, final=final, weigh=self._weigh)
        else:
            hidden = HiddenMedia() if delta.repeats else self._hidden
            is_hidden = hidden.begins(delta.channel, delta.text)
            text = into.feed(delta.text, final=final, weigh=self._weigh)
        if is_hidden:
            # It would have to be whole to be looked into, or to be labelled.
            self._judge_media((HIDDEN,), ())
        return text

    def _expect_bound(self, channel: Channel) -> None:
        if channel.forced and self._guard.settings.hold_back.at_chars == "refuse":
            raise UpstreamError(
                "text went on and on that could still become personal data", code="hold_back_full"
            )

    def _flush(
        self, names: Iterable[str], turn: Turn | None = None, media: Mapping[int, str] = NO_MEDIA
    ) -> bytes:
        out = []
        for name in names:
            rest = self._open.get(name)
            if rest is None:
                continue
            taken = turn.ends.get(name) if turn is not None else None
            if turn is not None and taken is not None:
                delta = rest.event.deltas[rest.delta]
                said = self._fed(rest.channel, delta, turn, taken, media, final=True)
            else:
                said = rest.channel.feed("", final=True, weigh=self._weigh)
            said = self._corrections.put_right(rest.hearing, said, final=True)
            out.append(self._carried(rest, said, final=True))
            self._open.close(name)
        return b"".join(out)

    def _let_go(self, but: Container[str] = (), *, final: bool = False) -> bytes:
        """Return what is held back though its end hasn't been seen, but of some channels."""
        out = []
        for name, one in self._open.items():
            waits = one.channel.waiting or (final and self.notice.holds(name))
            if waits and name not in but:
                said = one.channel.let_go(self._weigh)
                said = self._corrections.put_right(one.hearing, said, final=False)
                out.append(self._carried(one, said, final=final))
        return b"".join(out)

    def _carried(self, one: OpenChannel, said: str, *, final: bool) -> bytes:
        """Return an event of its own for what a channel says behind its last event."""
        text = self._told(one.event.deltas[one.delta], "", said, final=final)
        return self._codec.carry(one.event, one.delta, text) if text else b""

    def _is_said(self, delta: Delta) -> bool:
        return self._said.is_said(delta.channel, delta.text)

    def _repeated(
        self, delta: Delta, turn: Turn, taken: Taken | None, media: Mapping[int, str]
    ) -> str:
        """Return what leaves of a text that repeats a channel's: the same as before."""
        said = self._said.left(delta.channel)
        if said is not None and self._is_said(delta):
            return said
        # It says something else, or it is the first to say anything.
        self._said.forget(delta.channel)
        text = self._fed(self._open.new(delta), delta, turn, taken, media, final=True)
        text = self._corrections.put_right(self._corrections.hearing(delta), text, final=True)
        if said is not None:
            # What was said before it is what a reader has, and what began with the notice.
            self._labels.lose()
            text = self.notice.again(said, text)
        return self._told(delta, delta.text, text, final=True)

    def _told(self, delta: Delta, came: str, text: str, *, final: bool) -> str:
        """Return `text` as it leaves, and take note of it: the first prose has a notice."""
        if is_answer(delta.author, delta.kind):
            text = self.notice.before(delta, text, self.decision, final=final)
            if not delta.key:
                self._labels.heard(delta.channel, text)
        if self._codec.repeats:
            self._said.note(delta.channel, came, text)
        return text

    def _weigh(self, segments: Sequence[Segment], findings: Sequence[Finding]) -> Sequence[Edit]:
        return self._record.weigh(segments, findings, self._now)

    def _stop(self, refusal: Refusal) -> Out:
        self.refusal = refusal
        self._labels.drop()
        end = self._codec.refuse(self._like, refusal, self._parts, begun=self._begun)
        data = self._labels.last(end=end)
        return Out(data=data, entries=self._entries(refusal.code), end=True)

    def _entries(self, how: str) -> tuple[Entry, ...]:
        self.ended = True
        proof = self.notice.proof(self.decision)
        self.told = str(proof.get("disclosed", ""))
        return self._record.closing(
            how,
            forced=self._open.forced,
            late=self._late,
            corrected=self._corrections.count or "",
            **self._media.fields,
            **proof,
        )
