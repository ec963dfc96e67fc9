"""A streamed reply: bytes in, events with their texts out, and events changed, made or ended.

Sans-IO and exact: the events' bytes, joined, are the bytes that came in. What can't be read as an
event of the format ends the stream (`UpstreamError`, ``upstream_nonsense``); the events before it
are handed out first, so that the outcome doesn't hang on how the bytes were cut.

Comments, ``event``, ``id`` and ``retry`` pass where they are as plain as servers send them; another
line than these, or one with room for a person's data, ends the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Author, Edit, Kind, Opaque, Place, Refusal, Segment
from guardrail.wire.channels import MAX_NAMES, ChannelNames, filled, places_at
from guardrail.wire.document import parse
from guardrail.wire.likeness import likeness
from guardrail.wire.limits import Limits
from guardrail.wire.mould import Mould, mould_of
from guardrail.wire.patch import patch
from guardrail.wire.places import value_at
from guardrail.wire.read import Found, read_tree
from guardrail.wire.shape import ANY
from guardrail.wire.spec import StreamSpec
from guardrail.wire.sse import (
    EventSplitter,
    data_of,
    event_bytes,
    is_plain,
    lines_of,
    with_data,
)
from guardrail.wire.template import fill, refusal_values

MAX_EVENT_BYTES = 1 << 20
"""One event. A token's event has some 300 bytes; the largest in use repeat a whole reply."""

MAX_MISFITS = 8
"""Events in a row that fit no mould, after which none is made any more."""


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
    choices: tuple[int | str, ...] = ()
    """Indices of the choices that it belongs to."""
    ended: tuple[int | str, ...] = ()
    """Those of them that end with it."""
    done: bool = False
    """True for the event that ends the stream."""
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
        )
        return StreamEvent(
            raw=raw, data=self.data, deltas=(delta,), choices=self.choices, spot=spot
        )


class StreamCodec:
    """Reads and writes one streamed reply. One object a stream; not for several threads."""

    def __init__(self, spec: StreamSpec, error_types: Mapping[str, str], limits: Limits) -> None:
        """Take what the wire spec says of streams and errors."""
        self._spec = spec
        self._types = error_types
        self._limits = limits
        self._splitter = EventSplitter()
        self._names = ChannelNames(spec.side.shape, spec.number)
        self._channels: dict[str, None] = {}
        self._last: object = None
        self._fault: UpstreamError | None = None
        self._mould: Mould | None = None
        self._misfits = 0

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Return the events that are whole with `chunk`.

        Raises:
            UpstreamError: what came is no event of this format, or one is over `MAX_EVENT_BYTES`.
        """
        self._check()
        events = self._read(self._splitter.feed(chunk))
        if self._fault is None and self._splitter.waiting > MAX_EVENT_BYTES:
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
        lines = lines_of(event.raw)
        return with_data(event.raw, lines, patch(data_of(event.raw, lines), segments, edits))

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:
        """Return a new event in `event`'s likeness that has `text` for one delta and no others."""
        own = event.deltas[delta]
        tree = likeness(
            event.data, own.place, text, self._spec.side.shape, self._names, key=own.key
        )
        return event_bytes(orjson.dumps(tree), _type_of(event))

    def refuse(
        self, like: StreamEvent | None, refusal: Refusal, choices: Iterable[int | str] = ()
    ) -> bytes:
        """Return the events that end the stream in its own format.

        Args:
            like: an event to take id and model from; the last one read where it is None.
            refusal: why.
            choices: indices of those that the caller has seen begin and not end; one event ends
                each of them.
        """
        data = self._last if like is None or like.data is None else like.data
        values = refusal_values(refusal, self._types)
        ends = [
            fill(self._spec.refusal, {**values, "index": index}, data)
            for index in (*choices,) or (0,)
        ]
        said = b"".join(event_bytes(orjson.dumps(end)) for end in ends)
        return said + event_bytes(self._spec.end) if self._spec.end else said

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
        if len(raw) > MAX_EVENT_BYTES:
            raise _nonsense("an event is too long")
        if self._mould is not None:
            event = self._mould.cast(raw, self._limits.string_chars)
            if event is not None:
                self._misfits = 0
                return event
        event = self._parsed(raw)
        # Servers that put something new into every event (padding, say) would only cost moulds.
        self._misfits += 1
        self._mould = mould_of(event) if self._misfits <= MAX_MISFITS else None
        return event

    def _parsed(self, raw: bytes) -> StreamEvent:
        if not is_plain(raw):
            raise _nonsense("an event has a line that clients don't read")
        data = data_of(raw, lines_of(raw))
        if not data:
            return StreamEvent(raw=raw)
        if data == self._spec.end:
            return StreamEvent(raw=raw, done=True)
        try:
            tree = parse(data, self._limits)
            found = read_tree(tree, self._spec.side.shape, self._spec.side.speakers, self._limits)
        except BadInput as problem:
            raise _nonsense(f"an event can't be read: {problem}") from None
        if self._spec.side.is_object and not isinstance(tree, dict):
            raise _nonsense("an event is no JSON object")
        self._last = tree
        deltas = self._deltas(tree, found)
        choices, ended = self._choices(tree)
        return StreamEvent(
            raw=raw,
            data=tree,
            deltas=deltas,
            opaque=tuple(found.opaque),
            finished=self._finished(ended),
            choices=choices,
            ended=ended,
            error=bool(self._spec.error) and value_at(tree, self._spec.error) is not None,
        )

    def _deltas(self, tree: object, found: Found) -> tuple[Delta, ...]:
        deltas = tuple(
            Delta(
                place=segment.place,
                channel=self._names.channel(tree, segment.place, rule, name=segment.key),
                text=segment.text,
                author=segment.author,
                kind=segment.kind,
                json=rule is not None and rule.json,
                key=segment.key,
            )
            for segment, rule in zip(found.segments, found.rules, strict=True)
        )
        self._channels.update(dict.fromkeys(delta.channel for delta in deltas))
        if len(self._channels) > MAX_NAMES:
            raise _nonsense("the stream has too many channels")
        return deltas

    def _choices(self, tree: object) -> tuple[tuple[int | str, ...], tuple[int | str, ...]]:
        """Return the indices of the event's choices, and of those that end with it."""
        finish = self._spec.finish
        seen: dict[int | str, None] = {}
        ended: dict[int | str, None] = {}
        for place in places_at(tree, finish[:-1]) if finish else ():
            labels = self._names.labels(tree, place)
            numbers = dict.fromkeys(labels[at] for at, part in enumerate(finish) if part == ANY)
            seen |= numbers
            # Some servers send an empty reason with every event: that ends nothing.
            if value_at(tree, (*place, finish[-1])):
                ended |= numbers
        return tuple(seen), tuple(ended)

    def _finished(self, ended: Iterable[int | str]) -> tuple[str, ...]:
        """Return the channels that end with some choices, and forget them."""
        channels = [
            channel
            for number in ended
            for channel in self._within(filled(self._spec.finish_channels, [number]))
        ]
        for channel in channels:
            self._channels.pop(channel, None)
        return tuple(channels)

    def _within(self, group: str) -> list[str]:
        heads = (f"{group}.", f"{group}[")
        return [channel for channel in self._channels if channel.startswith(heads)]


def _type_of(event: StreamEvent) -> bytes:
    types = [
        event.raw[line.start : line.end] for line in lines_of(event.raw) if line.field == b"event"
    ]
    return types[-1] if types else b""


def _nonsense(why: str) -> UpstreamError:
    return UpstreamError(f"the upstream's stream makes no sense: {why}", code="upstream_nonsense")
