"""A streamed reply: bytes in, events with their texts out, and events changed, made or ended.

Sans-IO and exact: the events' bytes, joined, are the bytes that came in. What can't be read as an
event of the format ends the stream (`UpstreamError`, ``upstream_nonsense``); the events before it
are handed out first, so that the outcome doesn't hang on how the bytes were cut.

What stands around an event's data passes where it is as plain as servers send it; what has room for
a person's data there ends the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Author, Edit, Kind, Opaque, Place, Refusal, Segment
from guardrail.wire.channels import MAX_NAMES, ChannelNames, Label, places_at
from guardrail.wire.document import parse
from guardrail.wire.framing import Framing
from guardrail.wire.likeness import likeness
from guardrail.wire.limits import Limits
from guardrail.wire.mould import Mould, mould_of
from guardrail.wire.patch import patch
from guardrail.wire.places import value_at
from guardrail.wire.read import Found, read_tree
from guardrail.wire.shape import ANY, State
from guardrail.wire.spec import Ending, Finish, StreamSpec, When
from guardrail.wire.template import fill, refusal_values
from guardrail.wire.walk import Speakers

MAX_EVENT_BYTES = 1 << 20
"""One event. A token's event has some 300 bytes; the largest in use repeat a whole reply. Formats
that stream media say how large theirs are."""

MAX_MISFITS = 8
"""Events in a row that fit no mould, after which none is made any more."""

_NOBODY = Speakers()


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
    spot: tuple[int, int] | None = None
    """Where in `raw` the token of the one delta lies, where that is known."""

    def brought(self, raw: bytes, text: str, spot: tuple[int, int]) -> StreamEvent:
        """Return the event alike but for its bytes and its one text; it ends nothing."""
        like = self.deltas[0]
        # Spelt out: this runs for every event, and `replace` costs five times as much.
        delta = Delta(
            place=like.place,
            channel=like.channel,
            text=text,
            author=like.author,
            kind=like.kind,
            json=like.json,
            answer=like.answer,
            carry=like.carry,
        )
        return StreamEvent(
            raw=raw,
            data=self.data,
            deltas=(delta,),
            parts=self.parts,
            name=self.name,
            seen=self.seen,
            spot=spot,
        )


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
        self._mould: Mould | None = None
        self._misfits = 0
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
        self._check()
        return events

    def rewrite(self, event: StreamEvent, texts: Mapping[int, str]) -> bytes:
        """Return the event's bytes with new texts for its deltas, by their index."""
        if not texts:
            return event.raw
        if event.spot is not None:
            start, end = event.spot
            return event.raw[:start] + orjson.dumps(texts[0]) + event.raw[end:]
        segments = [
            Segment(place=delta.place, text=delta.text, key=delta.key) for delta in event.deltas
        ]
        edits = [
            Edit(segment=index, start=0, end=len(segments[index].text), text=text)
            for index, text in texts.items()
        ]
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
        if self._spec.end:
            out.append(self._framing.event(self._spec.end))
        return self._framing.last(b"".join(out), begun=begun)

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _read(self, raws: list[bytes]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for raw in raws:
            try:
                events.append(self._event(raw))
            except UpstreamError as fault:
                self._fault = fault
                break
        return events

    def _event(self, raw: bytes) -> StreamEvent:
        if len(raw) > self._event_bytes:
            raise _nonsense("an event is too long")
        if self._mould is not None:
            event = self._mould.cast(raw, self._limits.string_chars)
            if event is not None:
                self._misfits = 0
                return event
        event = self._parsed(raw)
        # Servers that put something new into every event (padding, say) would only cost moulds.
        self._misfits += 1
        fits = self._misfits <= MAX_MISFITS
        self._mould = mould_of(event, self._framing) if fits else None
        return event

    def _parsed(self, raw: bytes) -> StreamEvent:
        spec, framing = self._spec, self._framing
        if not framing.is_plain(raw):
            raise _nonsense("what stands around an event's data can't be read")
        data = framing.data_of(raw)
        if not data:
            return StreamEvent(raw=raw, seen=self._seen, done=framing.ends(raw))
        if data == spec.end:
            return StreamEvent(raw=raw, seen=self._seen, done=True)
        name = framing.name_of(raw)
        try:
            tree = parse(data, self._limits)
            kind = self._type_of(tree, name)
            shape = self._shape(kind)
            found = read_tree(tree, shape, _NOBODY, self._limits)
        except BadInput as problem:
            raise _nonsense(f"an event can't be read: {problem}") from None
        if spec.is_object and not isinstance(tree, dict):
            raise _nonsense("an event is no JSON object")
        self._look(tree)
        deltas = self._deltas(tree, shape, found)
        parts, ended, over = self._parts(tree, shape, kind)
        finished = self._finished(over)
        done = kind in spec.done_events or (bool(spec.done) and bool(value_at(tree, spec.done)))
        return StreamEvent(
            raw=raw,
            data=tree,
            # An empty text in the event that ends its channel is none: what was held back goes
            # out before, since many clients look for no text in a last event.
            deltas=tuple(
                one for one in deltas if one.text or not (done or one.channel in finished)
            ),
            opaque=tuple(found.opaque),
            finished=finished,
            parts=parts,
            ended=ended,
            done=done,
            error=bool(spec.error) and value_at(tree, spec.error) is not None,
            name=name,
            seen=self._seen,
        )

    def _type_of(self, tree: object, name: str) -> str:
        if self._spec.named:
            return name
        kind = value_at(tree, self._spec.type) if self._spec.type else None
        return kind if isinstance(kind, str) else ""

    def _shape(self, kind: str) -> State:
        return self._spec.shapes.get(kind, self._spec.shape)

    def _look(self, tree: object) -> None:
        """Take note of what a refusal would repeat."""
        new = {path: value_at(tree, place) for path, place in self._spec.liked.items()}
        new = {path: value for path, value in new.items() if value is not None}
        if new and any(self._seen.get(path) != value for path, value in new.items()):
            self._seen = {**self._seen, **new}

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
        if self._spec.finish:
            self._channels.update(dict.fromkeys(one.channel for one in deltas if not one.repeats))
        if len(self._channels) > MAX_NAMES:
            raise _nonsense("the stream has too many channels")
        return tuple(deltas)

    def _parts(
        self, tree: object, shape: State, kind: str
    ) -> tuple[tuple[Label, ...], tuple[Label, ...], tuple[str, ...]]:
        """Return the event's parts, those that end with it, and which channels end.

        These are given as what their names begin with.
        """
        seen: dict[Label, None] = {}
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
            seen |= dict.fromkeys(self._part(finish, number) for number in here)
            ended |= dict.fromkeys(self._part(finish, number) for number in last)
            over += (finish.channels.filled([number]) for number in last)
        return tuple(seen), tuple(ended), tuple(over)

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
        only = len(self._spec.finish) == 1
        part = number if only else finish.channels.filled([number])
        if part not in self._numbers and len(self._numbers) >= MAX_NAMES:
            raise _nonsense("the stream has too many parts")
        self._numbers[part] = (finish.name, number)
        return part

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


def _nonsense(why: str) -> UpstreamError:
    return UpstreamError(f"the upstream's stream makes no sense: {why}", code="upstream_nonsense")
