"""What a streamed text is held back for before anything looks for personal data in it.

Two things only the whole of them tells: a medium in the text, as a picture in Markdown, and data
whose keys show a prohibited use. What stands before them goes on at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from guardrail.detect.intent.key_stream import KeyStream, Shown
from guardrail.detect.media.hidden import respelt_in
from guardrail.detect.media.hidden_stream import HiddenStream, Run
from guardrail.engine.channels import Put, is_running
from guardrail.engine.media import MAX_HIDDEN
from guardrail.facts import Opaque
from guardrail.wire import Delta, StreamEvent
from guardrail.wire.limits import LIMITS

MOST_CHARS = LIMITS.string_chars
"""Characters that wait in all channels of a stream: a text of a whole reply has no more."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What of a channel's text goes on."""

    parts: list[str | Run] = field(default_factory=list)
    shown: tuple[Shown, ...] = ()
    """Uses that its keys show by now."""
    is_over: bool = False
    """Whether a medium in it is too large to be waited for."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """An event whose turn it is, and what goes on with it."""

    event: StreamEvent
    is_end: bool = False
    """Whether it stands for the upstream's end, and brings nothing itself."""
    deltas: dict[int, Taken] = field(default_factory=dict)
    """By the delta's index, of those that are running text."""
    ends: dict[str, Taken] = field(default_factory=dict)
    """By the channel, of those that end before it."""
    opaque: tuple[Opaque, ...] = ()
    """The event's media, and behind them those in its texts."""
    runs: dict[int, int] = field(default_factory=dict)
    """By the `id` of a run, its place in `opaque`."""

    def parts_of(self, taken: Taken, media: Mapping[int, str]) -> list[str | Put]:
        """Return what goes on, with what stands in the places of media, by their index."""
        return [
            part if isinstance(part, str) else _put(part, media.get(self.runs[id(part)]))
            for part in taken.parts
        ]


@dataclass(slots=True, kw_only=True)
class _Text:
    """What waits of one channel's text."""

    media: HiddenStream = field(default_factory=HiddenStream)
    keys: KeyStream = field(default_factory=KeyStream)
    is_looked_at: bool = False
    """Whether what waits is known to be no medium so far, though it is long."""

    @property
    def held(self) -> int:
        return self.media.held + self.keys.held


class Ahead:
    """The running texts of one stream, each in its channel. Takes time linear in them."""

    def __init__(self, media_chars: int) -> None:
        """Take how many characters of a medium are waited for at most."""
        self._media_chars = media_chars
        self._texts: dict[str, _Text] = {}
        self._media = 0
        self.held = 0
        """Characters that wait."""

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
                turn.ends[name] = self._take(name, "", final=True)
        for at, delta in enumerate(event.deltas):
            if not is_running(delta):
                continue
            if delta.repeats:
                if not is_said(delta):
                    turn.deltas[at] = self._read(_Text(), delta.text, final=True)
            else:
                final = delta.channel in ending and live[delta.channel] == at
                turn.deltas[at] = self._take(delta.channel, delta.text, final=final)
        self._name(turn)
        return turn

    def _take(self, channel: str, text: str, *, final: bool) -> Taken:
        known = self._texts.setdefault(channel, _Text())
        before = known.held
        taken = self._read(known, text, final=final)
        self.held += known.held - before
        if final:
            del self._texts[channel]
        return taken

    def _read(self, known: _Text, text: str, *, final: bool) -> Taken:
        is_full = self.held > MOST_CHARS
        free, shown = known.keys.feed(text, final=final or is_full)
        taken = Taken(parts=known.media.feed(free, final=final), shown=shown)
        waits = known.media.held
        if waits > self._media_chars and not known.is_looked_at:
            known.is_looked_at = True
            is_full = is_full or known.media.has_medium()
        known.is_looked_at = known.is_looked_at and waits > self._media_chars
        if is_full and waits:
            taken.parts.append(known.media.give_up())
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
        yield from (part for part in taken.parts if isinstance(part, Run))


def _put(run: Run, new: str | None) -> Put:
    text = run.text if new is None else respelt_in(run.text, new.encode("latin-1"))
    return Put(run=run.text, given=run.given, text=text)
