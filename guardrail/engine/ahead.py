"""What a streamed text is held back for before anything looks for personal data in it.

Two things only the whole of them tells: a medium in the text, as a picture in Markdown, and data
whose keys show a prohibited use. What stands before them goes on at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from guardrail.detect.intent.key_stream import KeyStream, Shown
from guardrail.detect.intent.reply_keys import uses_in_reply
from guardrail.detect.media.hidden import respelt_in
from guardrail.detect.media.hidden_stream import HiddenStream, Run
from guardrail.engine.channels import Running, is_running
from guardrail.engine.document_media import DocumentMedia, Held
from guardrail.engine.documents import Document, Weigh
from guardrail.engine.media import MAX_HIDDEN
from guardrail.engine.spots import Put
from guardrail.facts import Kind, Opaque, Segment
from guardrail.wire import Delta, Piece, StreamEvent
from guardrail.wire.limits import LIMITS

MOST_CHARS = LIMITS.string_chars
"""Characters that wait in all channels of a stream: a text of a whole reply has no more."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What of a channel's text goes on."""

    parts: list[str | Run] = field(default_factory=list)
    """Of running text."""
    pieces: list[Piece | Held] = field(default_factory=list)
    """Of a document."""
    shown: tuple[Shown, ...] = ()
    """Uses that its keys show by now."""
    is_over: bool = False
    """Whether a medium in it is too large to be waited for."""

    @property
    def runs(self) -> Iterator[Run]:
        """The media in it."""
        yield from (part for part in self.parts if isinstance(part, Run))
        yield from (piece.run for piece in self.pieces if isinstance(piece, Held))


@dataclass(slots=True, kw_only=True)
class Turn:
    """An event whose turn it is, and what goes on with it."""

    event: StreamEvent
    is_end: bool = False
    """Whether it stands for the upstream's end, and brings nothing itself."""
    deltas: dict[int, Taken] = field(default_factory=dict)
    """By the delta's index, of those that are running text or documents."""
    ends: dict[str, Taken] = field(default_factory=dict)
    """By the channel, of those that end before it."""
    opaque: tuple[Opaque, ...] = ()
    """The event's media, and behind them those in its texts."""
    runs: dict[int, int] = field(default_factory=dict)
    """By the `id` of a run, its place in `opaque`."""

    def told(
        self,
        into: Running | Document,
        taken: Taken,
        media: Mapping[int, str],
        *,
        final: bool,
        weigh: Weigh,
    ) -> str:
        """Return what may leave of what goes on, with what stands in the places of `media`.

        Args:
            into: the text's channel.
            taken: what goes on.
            media: what stands in whose place, by their index.
            final: whether the text ends with it.
            weigh: weighs what is found.
        """
        if isinstance(into, Document):
            pieces = [
                piece if isinstance(piece, Piece) else piece.put(self._new(piece.run, media))
                for piece in taken.pieces
            ]
            return into.take(pieces, final=final, weigh=weigh)
        parts = [
            part
            if isinstance(part, str)
            else Put(run=part.text, given=part.given, new=self._new(part, media))
            for part in taken.parts
        ]
        return into.take(parts, final=final, weigh=weigh)

    def _new(self, run: Run, media: Mapping[int, str]) -> str | None:
        """Return what stands in the place of a medium."""
        new = media.get(self.runs[id(run)])
        return None if new is None else respelt_in(run.text, new.encode("latin-1"))


@dataclass(slots=True, kw_only=True)
class _Text:
    """What waits of one channel's text."""

    media: HiddenStream = field(default_factory=HiddenStream)
    keys: KeyStream = field(default_factory=KeyStream)
    is_looked_at: bool = False
    """Whether what waits is known to be no medium so far, though it is long."""

    is_document = False

    @property
    def held(self) -> int:
        return self.media.held + self.keys.held

    def feed(self, text: str, taken: Taken, *, final: bool) -> None:
        taken.parts += self.media.feed(text, final=final)

    def give_up(self, taken: Taken) -> None:
        taken.parts.append(self.media.give_up())


@dataclass(slots=True, kw_only=True)
class _Document:
    """The same of a document."""

    media: DocumentMedia = field(default_factory=DocumentMedia)
    keys: KeyStream = field(default_factory=KeyStream)
    is_looked_at: bool = False
    is_document = True

    @property
    def held(self) -> int:
        return self.media.held + self.keys.held

    def feed(self, text: str, taken: Taken, *, final: bool) -> None:
        taken.pieces += self.media.feed(text, final=final)

    def give_up(self, taken: Taken) -> None:
        taken.pieces += self.media.give_up()


class Ahead:
    """The texts of one stream, running or documents, each in its channel. Takes linear time."""

    def __init__(self, media_chars: int) -> None:
        """Take how many characters of a medium are waited for at most."""
        self._media_chars = media_chars
        self._texts: dict[str, _Text | _Document] = {}
        self._media = 0
        self.held = 0
        """Characters that wait."""

    @property
    def waits(self) -> bool:
        """Whether something must be told that the stream has ended."""
        return bool(self.held) or any(one.is_document for one in self._texts.values())

    def turn(
        self,
        event: StreamEvent,
        ending: Collection[str],
        is_said: Callable[[Delta], bool],
        *,
        is_end: bool = False,
    ) -> Turn:
        """Take an event; return what of its texts goes on, and the media that are whole with it.

        Args:
            event: whose turn it is.
            ending: the channels that end before it, or with it.
            is_said: tells whether a text that repeats a channel's was said just so.
            is_end: whether it stands for the upstream's end.
        """
        turn = Turn(event=event, is_end=is_end)
        live = {one.channel: at for at, one in enumerate(event.deltas) if not one.repeats}
        for name in ending:
            if name not in live and name in self._texts:
                turn.ends[name] = self._take(name, "", self._texts[name], final=True)
        for at, delta in enumerate(event.deltas):
            if not (delta.json or is_running(delta)):
                continue
            if delta.repeats:
                if not is_said(delta):
                    turn.deltas[at] = self._read(_new(delta), delta.text, final=True)
            else:
                final = delta.channel in ending and live[delta.channel] == at
                known = self._texts.get(delta.channel)
                known = known or self._texts.setdefault(delta.channel, _new(delta))
                turn.deltas[at] = self._take(delta.channel, delta.text, known, final=final)
        self._read_arguments(turn)
        self._name(turn)
        return turn

    def _read_arguments(self, turn: Turn) -> None:
        """Note the uses that the keys of arguments show which came as an object, not as text."""
        given = {
            at: one
            for at, one in enumerate(turn.event.deltas)
            if one.kind is Kind.TOOL_ARGUMENTS and not one.json and at in turn.deltas
        }
        if not given:
            return
        segments = [
            Segment(
                place=one.place,
                text=one.text if one.key else "",  # keys in texts are read as these arrive
                author=one.author,
                kind=one.kind,
                key=one.key,
            )
            for one in given.values()
        ]
        order = [*given]
        for found in uses_in_reply(segments, tree=turn.event.data):
            taken = turn.deltas[order[found.segment]]
            shown = Shown(name="", finding=replace(found, segment=0, start=0, end=0))
            taken.shown = (*taken.shown, shown)

    def _take(self, channel: str, text: str, known: _Text | _Document, *, final: bool) -> Taken:
        before = known.held
        taken = self._read(known, text, final=final)
        self.held += known.held - before
        if final:
            del self._texts[channel]
        return taken

    def _read(self, known: _Text | _Document, text: str, *, final: bool) -> Taken:
        is_full = self.held > MOST_CHARS
        free, shown = known.keys.feed(text, final=final or is_full)
        taken = Taken(shown=shown)
        known.feed(free, taken, final=final)
        waits = known.media.held
        if waits > self._media_chars and not known.is_looked_at:
            known.is_looked_at = True
            is_full = is_full or known.media.has_medium()
        known.is_looked_at = known.is_looked_at and waits > self._media_chars
        if is_full and waits:
            known.give_up(taken)
            taken.is_over = True
        return taken

    def _name(self, turn: Turn) -> None:
        """Number the media that a turn's texts hold behind those that its event holds."""
        opaque = [*turn.event.opaque]
        for run in _runs(turn):
            self._media += 1
            turn.runs[id(run)] = len(opaque)
            # What is over the limit isn't looked into, and so is unexamined.
            data = run.data if self._media <= MAX_HIDDEN else b""
            opaque.append(Opaque(place=(), medium="unknown", reason="hidden", data=data))
        turn.opaque = tuple(opaque)


def _runs(turn: Turn) -> Iterator[Run]:
    for taken in (*turn.ends.values(), *turn.deltas.values()):
        yield from taken.runs


def _new(delta: Delta) -> _Text | _Document:
    return _Document() if delta.json else _Text()
