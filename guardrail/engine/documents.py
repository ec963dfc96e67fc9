"""A JSON document in a stream, as the arguments of a tool call: string by string, as they arrive.

Its brackets, and strings in which nothing could become a finding, leave at once. A document that
breaks off or turns out to be none is running text from there on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Protocol

from guardrail.detect import TextDetector, Window
from guardrail.enforce import Restorer
from guardrail.engine.document_media import DocumentMedia
from guardrail.engine.spots import Put, Spots
from guardrail.errors import UpstreamError
from guardrail.facts import Edit, Finding, Segment
from guardrail.wire import (
    Delta,
    Part,
    Piece,
    Unit,
    is_plain_name,
    number_text,
    spelling,
)

Weigh = Callable[[Sequence[Segment], Sequence[Finding]], Sequence[Edit]]
"""Weighs findings by consent and law, and returns the edits; ends the stream for a refusal."""

LOOKED_BACK = 256
"""Characters of what has left that what follows is read together with, where it can't be hidden."""


class Channel(Protocol):
    """Takes a channel's text as it arrives and gives what may leave."""

    @property
    def forced(self) -> int:
        """How often the bound on held text was reached."""
        ...

    @property
    def waiting(self) -> bool:
        """Whether text that could be let go is held back."""
        ...

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now; with `final`, all that is left."""
        ...

    def let_go(self, weigh: Weigh) -> str:
        """Return the text that is `waiting`, though its end hasn't been seen."""
        ...


def segment_of(delta: Delta, text: str) -> Segment:
    """Return text of a delta's channel as a segment."""
    return Segment(place=delta.place, text=text, author=delta.author, kind=delta.kind)


def stands_across(
    delta: Delta, detector: TextDetector, before: str, text: str, weigh: Weigh
) -> bool:
    """Tell whether a value that may not pass begins in what has left and goes on in `text`."""
    joined, known = before + text, len(before)
    across = [one for one in detector.find(joined) if one.start < known < one.end]
    return bool(across) and bool(weigh([segment_of(delta, joined)], across))


class Border:
    """Where text has left of which what follows could still make a value."""

    def __init__(self, delta: Delta, detector: TextDetector, before: str) -> None:
        """Take whose text it is, what looks at it, and what has left."""
        self._delta = delta
        self._detector = detector
        self._before = before[-LOOKED_BACK:]
        self._after = ""

    @property
    def text(self) -> str:
        """What stands on both sides, as far as it is known."""
        return self._before + self._after

    @property
    def is_passed(self) -> bool:
        """Whether so much has followed that nothing stands across any more."""
        return len(self._after) >= LOOKED_BACK

    def is_crossed(self, text: str, weigh: Weigh) -> bool:
        """Take what follows; tell whether a value that may not pass stands across the border."""
        if self.is_passed:
            return False
        self._after += text
        return stands_across(self._delta, self._detector, self._before, self._after, weigh)


class Rest(Channel, Protocol):
    """Running text, in which media may stand."""

    def take(self, parts: Sequence[str | Put], *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now; with `final`, all that is left."""
        ...


class Prompt:
    """A channel that never lets text go before its end was seen."""

    waiting = False

    def let_go(self, weigh: Weigh) -> str:  # noqa: ARG002 - a channel's method
        """Return nothing."""
        return ""


class Value:
    """A string of a document: held back while its end could still become a finding."""

    def __init__(
        self, delta: Delta, detector: TextDetector, bound: int, restorer: Restorer
    ) -> None:
        """Take what the string is part of, what looks at it, and how much of it is held back."""
        self._delta = delta
        self._window = Window(detector, bound=bound)
        self._restorer = restorer
        self._spots = Spots(detector)
        self._unseen: list[Unit] = []
        self._seen: list[Unit] = []
        self.forced = 0

    def put(self, put: Put, weigh: Weigh) -> str:
        """Take a medium; return what may leave now.

        Raises:
            UpstreamError: its beginning has left, as the bound on held text was reached.
        """
        text = self._spots.given(put)
        return self._fed([(text, text)] if text else [], final=False, weigh=weigh)

    def feed(self, units: Sequence[Unit], *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now, spelt as it came where it isn't changed."""
        self._spots.heard(spelling.text_of(units))
        return self._fed(units, final=final, weigh=weigh)

    def _fed(self, units: Sequence[Unit], *, final: bool, weigh: Weigh) -> str:
        self._unseen += units
        released = self._window.feed(spelling.text_of(units), final=final)
        self.forced += released.forced
        free, self._unseen = spelling.cut(self._unseen, len(released.text))
        found = self._spots.outside(released.findings)
        said = segment_of(self._delta, released.text)
        spans: list[_Span] = [
            (one.start, one.end, [(one.text, spelling.quoted(one.text))])
            for one in (weigh([said], found) if found else ())
        ]
        for start, end, put in self._spots.leave(len(released.text)):
            spans.append((start, end, put.spelt if put else ()))
        return self._restored(_respelt(free, spans) if spans else free, final=final)

    def _restored(self, units: Sequence[Unit], *, final: bool) -> str:
        self._seen += units
        text = spelling.text_of(self._seen)
        edge = len(text) if final else self._restorer.settled(text)
        free, self._seen = spelling.cut(self._seen, edge)
        return spelling.raw_of(spelling.replaced(free, self._restorer.labels(text[:edge])))


_Span = tuple[int, int, Sequence[Unit]]
"""From where to where, and what stands there now."""


def _respelt(units: Sequence[Unit], spans: Iterable[_Span]) -> list[Unit]:
    """Return units with others in some stretches of code points, which don't overlap."""
    made: list[Unit] = []
    rest, done = list(units), 0
    for start, end, new in sorted(spans, key=itemgetter(0)):
        kept, rest = spelling.cut(rest, start - done)
        _, rest = spelling.cut(rest, end - start)
        made += (*kept, *(unit for unit in new if unit[0]))
        done = end
    return [*made, *rest]


class Document(Prompt):
    """One document. It is a `Channel`; half of one is of no use to anybody, so it can wait."""

    def __init__(
        self,
        delta: Delta,
        value: Callable[[], Value],
        text: Callable[[], Rest],
        detector: TextDetector,
    ) -> None:
        """Take the document's first piece, and what makes values and running text of it."""
        self._delta = delta
        self._new_value = value
        self._new_text = text
        self._detector = detector
        self._media = DocumentMedia()
        self._value: Value | None = None
        self._recent = ""
        self._border: Border | None = None
        self._rest: Rest | None = None
        self._forced = 0

    @property
    def forced(self) -> int:
        """How often the bound on held text was reached."""
        return self._forced + (0 if self._rest is None else self._rest.forced)

    def feed(self, text: str, *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now, media as they came; with `final`, all that is left."""
        pieces = [
            one if isinstance(one, Piece) else one.put(None)
            for one in self._media.feed(text, final=final)
        ]
        return self.take(pieces, final=final, weigh=weigh)

    def take(self, pieces: Iterable[Piece | Put], *, final: bool, weigh: Weigh) -> str:
        """Return what may leave now of a document that has media in it.

        Raises:
            UpstreamError: a value can't be hidden any more.
        """
        said = "".join(
            [
                self._take(one, weigh) if isinstance(one, Piece) else self._put(one, weigh)
                for one in pieces
            ]
        )
        if not final:
            return said
        said += self._ended(weigh)
        return said if self._rest is None else said + self._plain("", final=True, weigh=weigh)

    def _take(self, piece: Piece, weigh: Weigh) -> str:
        raw = spelling.raw_of(piece.units)
        if piece.part is Part.REST:
            return self._ended(weigh) + self._plain(raw, final=False, weigh=weigh)
        self._recent = (self._recent + raw)[-LOOKED_BACK:]
        if piece.part is Part.STRING:
            self._value = self._value or self._new_value()
            said = self._value.feed(piece.units, final=False, weigh=weigh)
            return said + self._ended(weigh) if piece.ends else said
        if piece.part is Part.FRAME:
            return raw
        if piece.part is Part.NAME:
            plain = is_plain_name(spelling.text_of(piece.units))
            return raw if plain else self._at_once(piece.units, weigh)
        number = number_text(raw)
        if number is None:
            return raw
        said = self._at_once([(number, number)], weigh)
        return raw if said == number else f'"{said}"'

    def _put(self, put: Put, weigh: Weigh) -> str:
        """Take a medium, in a string or behind a break."""
        if self._rest is not None:
            return self._plain(put, final=False, weigh=weigh)
        self._recent = (self._recent + put.run)[-LOOKED_BACK:]
        self._value = self._value or self._new_value()
        return self._value.put(put, weigh)

    def _at_once(self, units: Sequence[Unit], weigh: Weigh) -> str:
        value = self._new_value()
        said = value.feed(units, final=True, weigh=weigh)
        self._forced += value.forced
        return said

    def _ended(self, weigh: Weigh) -> str:
        """Return what is left of a string."""
        value, self._value = self._value, None
        if value is None:
            return ""
        said = value.feed((), final=True, weigh=weigh)
        self._forced += value.forced
        return said

    def _plain(self, text: str | Put, *, final: bool, weigh: Weigh) -> str:
        """Take what stands behind a break: a value that begins before it can't be hidden."""
        self._rest = self._rest or self._new_text()
        self._border = self._border or Border(self._delta, self._detector, self._recent)
        # Of a medium no more than the border is read together with.
        known = text if isinstance(text, str) else text.run[text.given :][:LOOKED_BACK]
        if self._border.is_crossed(known, weigh):
            raise UpstreamError(
                "a value stands across a break in a document", code="upstream_nonsense"
            )
        return self._rest.take([text], final=final, weigh=weigh)
