"""A streamed reply: bytes in, events with their texts out, and events changed, made or ended.

Sans-IO and exact: the events' bytes, joined, are the bytes that came in, but where a character was
cut in two (see `guardrail.wire.halves`). What can't be read as an event of the format ends the
stream (`UpstreamError`, ``upstream_nonsense``); the events before it are handed out first, so that
the outcome doesn't hang on how the bytes were cut.

What stands around an event's data passes where it is as plain as servers send it; what has room for
a person's data there ends the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

import orjson

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Author, Edit, Kind, Opaque, Place, Refusal, Segment
from guardrail.wire.channels import MAX_NAMES, ChannelNames, Label, places_at
from guardrail.wire.document import parse
from guardrail.wire.event_labels import EventLabels
from guardrail.wire.framing import Framing
from guardrail.wire.halves import Halves, halved, without_halves
from guardrail.wire.likeness import likeness
from guardrail.wire.limits import Limits
from guardrail.wire.mould import MAX_BYTES, Cast, Mould, cut, mould_of
from guardrail.wire.patch import patch
from guardrail.wire.places import value_at
from guardrail.wire.read import Found, read_tree
from guardrail.wire.shape import ANY, State
from guardrail.wire.spec import Ending, Finish, StreamSpec, When
from guardrail.wire.sse import ServerSentEvents
from guardrail.wire.template import fill, refusal_values
from guardrail.wire.tokens import Span
from guardrail.wire.walk import Speakers

MAX_EVENT_BYTES = 1 << 20
"""One event. A token's event has some 300 bytes; the largest in use repeat a whole reply. Formats
that stream media say how large theirs are."""

MAX_MOULDS = 8
"""Moulds of one stream: a few answers at once, each in one or two kinds of events."""

MOULD_COST = 2
"""Events that fit a mould for each further one: making one costs about what two of them save."""

MOULDS_AHEAD = 4
"""Moulds that are made before any has paid. A stream whose events fit none soon makes none."""

_NOBODY = Speakers()
NOTHING_CHANGED: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A piece of text in an event."""

    place: Place
    channel: str
    """What the piece goes on with, as ``choices[0].content``."""
    text: str
    author: Author
    kind: Kind
    json: bool = False
    """True where the channel's pieces together are a JSON document."""
    key: bool = False
    """True where `text` is the name of the member at `place`."""
    repeats: bool = False
    """True where `text` is all that the channel's pieces brought, once more, or all that there is
    of it."""
    answer: str = ""
    """Which of several answers it belongs to, as ``choices[0]``."""
    carry: object = None
    """The template of an event that brings more for the channel, where the format has one."""
    span: Span | None = field(default=None, compare=False)
    """Where its token lies in the event's bytes, where that is known."""

    def saying(self, text: str, span: Span) -> Delta:
        """Return the same with another text."""
        # Spelt out: this runs for every event, and `replace` costs five times as much.
        return Delta(
            place=self.place,
            channel=self.channel,
            text=text,
            author=self.author,
            kind=self.kind,
            json=self.json,
            key=self.key,
            repeats=self.repeats,
            answer=self.answer,
            carry=self.carry,
            span=span,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an event says by itself, whatever came before it."""

    data: object
    deltas: tuple[Delta, ...]
    opaque: tuple[Opaque, ...]
    over: tuple[str, ...]
    """What the names of the channels that end with it begin with."""
    parts: Mapping[Label, tuple[str, Label]]
    """The parts that it belongs to, each with what ends it and its number."""
    ended: tuple[Label, ...]
    done: bool
    error: bool
    name: str
    liked: Mapping[str, object]
    """What refusals take over, by their paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One event, as it came and as it was read."""

    raw: bytes
    data: object = None
    """The parsed JSON; None where the event has none."""
    deltas: tuple[Delta, ...] = ()
    opaque: tuple[Opaque, ...] = ()
    finished: tuple[str, ...] = ()
    """The channels that end with this event."""
    parts: tuple[Label, ...] = ()
    """The numbers of the reply's parts (choices, blocks) that it belongs to."""
    ended: tuple[Label, ...] = ()
    """Those of them that end with it."""
    done: bool = False
    """True for the event that ends the stream."""
    name: str = ""
    """What the framing calls it."""
    seen: Mapping[str, object] = field(default_factory=dict)
    """What a refusal takes over from the stream so far."""
    error: bool = False
    """True where the event reports an error of the upstream's."""


class StreamCodec:
    """Reads and writes one streamed reply. One object a stream; not for several threads."""

    def __init__(
        self,
        spec: StreamSpec,
        error_types: Mapping[str, str],
        limits: Limits,
        framing: Framing,
        echo: Mapping[str, object],
    ) -> None:
        """Take what the wire spec says, how events are cut, and what refusals may repeat."""
        self._spec = spec
        self._event_bytes = spec.event_bytes or MAX_EVENT_BYTES
        self._types = error_types
        self._limits = limits
        self._framing = framing
        self._splitter = framing.splitter()
        self._names = ChannelNames(spec.number, ids=spec.by_id)
        self._answers = spec.answers.pattern() if spec.answers is not None else None
        self._channels: dict[str, None] = {}
        self._numbers: dict[Label, tuple[str, Label]] = {}  # of parts, and what ends them
        self._seen: Mapping[str, object] = echo
        self._echo = echo
        self._fault: UpstreamError | None = None
        self._halves = Halves()
        self._moulds: dict[tuple[object, ...], Mould] = {}
        self._credit = MOULDS_AHEAD * MOULD_COST
        self.repeats = spec.repeats
        """Whether events may repeat what others brought."""
        self.gap = b""
        """What the last event lacks of its end, once the stream is closed."""

    @property
    def crowded(self) -> bool:
        """Tell whether so much was told apart that there will soon be no room for more."""
        return max(len(self._channels), len(self._numbers), self._names.free) > MAX_NAMES // 2

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Return the events that are whole with `chunk`.

        Raises:
            UpstreamError: what came is no event of this format, or one is over the limit.
        """
        self._check()
        events = self._read(self._splitter.feed(chunk))
        if self._fault is None and self._splitter.waiting > self._event_bytes:
            self._fault = _nonsense("an event is too long")
        if not events:
            self._check()
        return events

    def close(self) -> list[StreamEvent]:
        """Return the rest, where the last event came without its blank line.

        Raises:
            UpstreamError: the rest is cut off or otherwise no event of this format.
        """
        self._check()
        rest = self._splitter.close()
        self.gap = self._framing.gap(rest)
        events = self._read([rest] if rest else [])
        if self._halves.waits:
            self._fault = self._fault or halved()
        self._check()
        return events

    def rewrite(
        self,
        event: StreamEvent,
        texts: Mapping[int, str],
        media: Mapping[int, str] = NOTHING_CHANGED,
    ) -> bytes:
        """Return the event's bytes with new texts for its deltas and media, by their index."""
        if not texts and not media:
            return event.raw
        spans = {index: span for index in texts if (span := event.deltas[index].span) is not None}
        if len(spans) == len(texts) and not media:
            raw = event.raw
            for index, (start, end) in sorted(spans.items(), key=itemgetter(1), reverse=True):
                raw = raw[:start] + orjson.dumps(texts[index]) + raw[end:]
            return raw
        segments = [
            Segment(place=delta.place, text=delta.text, key=delta.key) for delta in event.deltas
        ]
        edits = [
            Edit(segment=index, start=0, end=len(segments[index].text), text=text)
            for index, text in texts.items()
        ]
        for index, text in media.items():
            was = event.opaque[index]
            edits.append(Edit(segment=len(segments), start=0, end=len(was.data), text=text))
            segments.append(Segment(place=was.place, text=str(was.data)))
        data = patch(self._framing.data_of(event.raw), segments, edits)
        return self._framing.with_data(event.raw, data)

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:
        """Return a new event that has `text` for the channel of one delta of `event`, alone."""
        own = event.deltas[delta]
        if own.carry is not None:
            tree = fill(
                own.carry, {"text": text}, lambda path: value_at(event.data, (*path.split("."),))
            )
            return self._framing.event(orjson.dumps(tree), _type_in(tree, self._spec, event.name))
        shape = self._shape(self._type_of(event.data, event.name))
        tree = likeness(event.data, own.place, text, shape, self._names, key=own.key)
        return self._framing.event(orjson.dumps(tree), event.name)

    def comment(self, text: bytes) -> bytes:
        """Return an event that readers pass over; nothing where they may trip over it."""
        return self._framing.comment(text) if self._spec.comments else b""

    @property
    def labels(self) -> EventLabels | None:
        """What puts labels into events; None where the format has no place for them there."""
        label = self._spec.label
        return None if label is None else EventLabels(label, self._framing, self._type_of)

    def refuse(
        self,
        like: StreamEvent | None,
        refusal: Refusal,
        parts: Iterable[Label] = (),
        *,
        begun: bool = True,
    ) -> bytes:
        """Return the events that end the stream in its own format.

        Args:
            like: the event that is refused, or the last one; None before the first.
            refusal: why.
            parts: numbers of those that the caller has seen begin and not end.
            begun: whether the caller has seen an event at all.
        """
        seen = self._echo if like is None else like.seen
        values = refusal_values(refusal, self._types)
        out: list[bytes] = []
        for ending in self._spec.refusal:
            if ending.when is not When.ALWAYS and (ending.when is When.BEGUN) != begun:
                continue
            numbers: tuple[Label | None, ...] = (None,)
            if ending.each_part:
                none = () if ending.otherwise is None else (ending.otherwise,)
                numbers = self._numbers_of(ending, parts) or none
            for number in numbers:
                tree = fill(ending.data, {**values, "index": number}, seen.get, self._echo.get)
                out.append(self._framing.event(orjson.dumps(tree), ending.name))
        if self._spec.end and isinstance(self._framing, ServerSentEvents):
            # Where each event is JSON it would be none.
            out.append(self._framing.event(self._spec.end))
        return self._framing.last(b"".join(out), begun=begun)

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _read(self, raws: list[bytes]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for raw in raws:
            try:
                event = self._event(raw)
                if self._halves.waits:
                    self._halves.check(event)
                events.append(event)
            except UpstreamError as fault:
                self._fault = fault
                break
        return events

    def _event(self, raw: bytes) -> StreamEvent:
        if len(raw) > self._event_bytes:
            raise _nonsense("an event is too long")
        if len(raw) <= min(MAX_BYTES, self._limits.string_chars):
            for mould in self._moulds.values():
                cast = mould.cast(raw, self._limits)
                if cast is not None:
                    self._credit += 1
                    return self._told(raw, mould.cut.reading, cast)
        return self._parsed(raw)

    def _learn(self, raw: bytes, reading: Reading, shape: State) -> None:
        """Make a mould of an event that fitted none."""
        if self._credit < MOULD_COST:
            return
        own = cut(raw, reading, shape, self._spec, self._framing)
        if own is None:
            return
        self._credit -= MOULD_COST
        alike = own.likeness
        mould = mould_of(own, self._moulds.pop(alike, None))
        if mould is not None:
            self._moulds[alike] = mould
        if len(self._moulds) > MAX_MOULDS:
            del self._moulds[next(iter(self._moulds))]

    def _parsed(self, raw: bytes) -> StreamEvent:
        spec, framing = self._spec, self._framing
        if framing.is_label(raw):
            # What is labelled here is what leaves here, and nobody else speaks in the guard's name.
            return StreamEvent(raw=b"", seen=self._seen)
        if not framing.is_plain(raw):
            raise _nonsense("what stands around an event's data can't be read")
        data = framing.data_of(raw)
        if not data:
            return StreamEvent(raw=raw, seen=self._seen, done=framing.ends(raw))
        if data == spec.end:
            return StreamEvent(raw=raw, seen=self._seen, done=True)
        name = framing.name_of(raw)
        try:
            tree, kind, shape, found = self._tree(data, name)
        except BadInput as problem:
            if problem.code == "malformed_json" and (bare := without_halves(data)) is not None:
                return self._event(self._joined(raw, data, bare))
            raise _unread(problem) from None
        if spec.is_object and not isinstance(tree, dict):
            raise _nonsense("an event is no JSON object")
        parts, ended, over = self._parts(tree, shape, kind)
        liked = {path: value_at(tree, place) for path, place in spec.liked.items()}
        reading = Reading(
            data=tree,
            deltas=self._deltas(tree, shape, found),
            opaque=tuple(found.opaque),
            over=over,
            parts=parts,
            ended=ended,
            done=kind in spec.done_events or (bool(spec.done) and bool(value_at(tree, spec.done))),
            error=bool(spec.error) and value_at(tree, spec.error) is not None,
            name=name,
            liked={path: value for path, value in liked.items() if value is not None},
        )
        event = self._told(raw, reading, reading)
        self._learn(raw, reading, shape)
        return event

    def _tree(self, data: bytes, name: str) -> tuple[object, str, State, Found]:
        """Return an event's JSON, its type, and what stands in it.

        Raises:
            BadInput: it can't be read.
        """
        tree = parse(data, self._limits)
        kind = self._type_of(tree, name)
        shape = self._shape(kind)
        return tree, kind, shape, read_tree(tree, shape, _NOBODY, self._limits)

    def _joined(self, raw: bytes, data: bytes, bare: bytes) -> bytes:
        """Return an event with whole characters in place of halves; `bare` is its JSON without."""
        raw = self._framing.with_data(raw, bare)
        try:
            tree, _, shape, found = self._tree(bare, self._framing.name_of(raw))
        except BadInput as problem:
            raise _unread(problem) from None
        deltas = self._deltas(tree, shape, found)
        texts = self._halves.join(data, bare, deltas)
        return self.rewrite(StreamEvent(raw=raw, deltas=deltas), texts)

    def _told(self, raw: bytes, like: Reading, own: Cast | Reading) -> StreamEvent:
        """Return an event as it reads after those before it, and take note of it.

        It says its `own`, and all else as its `like` does.
        """
        if not own.liked.items() <= self._seen.items():
            self._seen = {**self._seen, **own.liked}
        self._numbers.update(like.parts)
        if len(self._numbers) > MAX_NAMES:
            raise _nonsense("the stream has too many parts")
        if self._spec.finish:
            self._channels.update({one.channel: None for one in own.deltas if not one.repeats})
        if len(self._channels) > MAX_NAMES:
            raise _nonsense("the stream has too many channels")
        finished = self._finished(like.over) if like.over else ()
        deltas = own.deltas
        if finished or like.done:
            # An empty text in the event that ends its channel is none: what was held back goes
            # out before, since many clients look for no text in a last event.
            deltas = tuple(
                one for one in deltas if one.text or not (like.done or one.channel in finished)
            )
        return StreamEvent(
            raw=raw,
            data=own.data,
            deltas=deltas,
            opaque=like.opaque,
            finished=finished,
            parts=(*like.parts,),
            ended=like.ended,
            done=like.done,
            error=like.error,
            name=like.name,
            seen=self._seen,
        )

    def _type_of(self, tree: object, name: str) -> str:
        if self._spec.named:
            return name
        kind = value_at(tree, self._spec.type) if self._spec.type else None
        return kind if isinstance(kind, str) else ""

    def _shape(self, kind: str) -> State:
        return self._spec.shapes.get(kind, self._spec.shape)

    def _deltas(self, tree: object, shape: State, found: Found) -> tuple[Delta, ...]:
        deltas = []
        for segment, rule in zip(found.segments, found.rules, strict=True):
            channel = self._names.channel(shape, tree, segment.place, rule, name=segment.key)
            answer = self._answers.match(channel) if self._answers is not None else None
            deltas.append(
                Delta(
                    place=segment.place,
                    channel=channel,
                    text=segment.text,
                    author=segment.author,
                    kind=segment.kind,
                    json=rule is not None and rule.json,
                    key=segment.key,
                    repeats=self._spec.alone
                    or segment.key  # a member's name goes on with nothing else
                    or (rule is not None and (rule.repeats or rule.alone)),
                    answer=answer[0] if answer else "",
                    carry=rule.carry if rule is not None else None,
                )
            )
        return tuple(deltas)

    def _parts(
        self, tree: object, shape: State, kind: str
    ) -> tuple[Mapping[Label, tuple[str, Label]], tuple[Label, ...], tuple[str, ...]]:
        """Return the event's parts, those that end with it, and which channels end.

        Parts have what ends them and their number; channels are given as what their names begin
        with.
        """
        parts: dict[Label, tuple[str, Label]] = {}
        ended: dict[Label, None] = {}
        over: list[str] = []
        for finish in self._spec.finish:
            if not finish.channels.gaps:
                if kind in finish.events or (finish.at and value_at(tree, finish.at)):
                    over.append(finish.channels.filled(()))
                continue
            if finish.within and kind not in finish.within:
                continue
            here, last = self._numbers_in(finish, tree, shape, kind)
            parts |= {self._part(finish, number): (finish.name, number) for number in here}
            ended |= dict.fromkeys(self._part(finish, number) for number in last)
            over += (finish.channels.filled([number]) for number in last)
        return parts, tuple(ended), tuple(over)

    def _numbers_in(
        self, finish: Finish, tree: object, shape: State, kind: str
    ) -> tuple[Iterable[Label], Iterable[Label]]:
        """Return the numbers of an event's parts of one sort, and of those that end with it."""
        if not finish.at:
            # Parts are told by a member: an event without it is of none.
            if value_at(tree, finish.channels.gaps[0]) is None:
                return (), ()
            parts = tuple(self._names.fillings(finish.channels, tree, ()))
            return parts, parts if kind in finish.events else ()
        seen: dict[Label, None] = {}
        ended: dict[Label, None] = {}
        for place in places_at(tree, finish.at[:-1]):
            labels = self._names.labels(shape, tree, place)
            numbers = dict.fromkeys(labels[at] for at, part in enumerate(finish.at) if part == ANY)
            seen |= numbers
            # Some servers send an empty reason with every event: that ends nothing.
            if value_at(tree, (*place, finish.at[-1])):
                ended |= numbers
        return seen, ended

    def _part(self, finish: Finish, number: Label) -> Label:
        """Return what a part is called: by its number, unless there are parts of several sorts."""
        return number if len(self._spec.finish) == 1 else finish.channels.filled([number])

    def _numbers_of(self, ending: Ending, parts: Iterable[Label]) -> tuple[Label, ...]:
        """Return the numbers of those of `parts` that an ending stands for."""
        known = [self._numbers.get(part, ("", part)) for part in parts]
        return tuple(number for of, number in known if ending.of in ("", of))

    def _finished(self, over: Iterable[str]) -> tuple[str, ...]:
        """Return the channels that end, by what their names begin with, and forget them."""
        channels = tuple(
            dict.fromkeys(channel for group in over for channel in self._within(group))
        )
        for channel in channels:
            self._channels.pop(channel, None)
        return channels

    def _within(self, group: str) -> list[str]:
        if not group:
            return [*self._channels]
        heads = (f"{group}.", f"{group}[")
        return [name for name in self._channels if name == group or name.startswith(heads)]


def _type_in(tree: object, spec: StreamSpec, otherwise: str) -> str:
    """Return the name that the framing gives a new event: its type, where events have names."""
    kind = value_at(tree, spec.type) if otherwise and spec.type else None
    return kind if isinstance(kind, str) else otherwise


def _unread(problem: BadInput) -> UpstreamError:
    return _nonsense(f"an event can't be read: {problem}")


def _nonsense(why: str) -> UpstreamError:
    return UpstreamError(f"the upstream's stream makes no sense: {why}", code="upstream_nonsense")
