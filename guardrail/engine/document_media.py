"""Media in the strings of a JSON document that arrives in pieces, as the arguments of a tool call.

Brackets, names and strings go on at once, up to where a medium may begin in a string: that waits
for its end, as in running text. A medium's characters are those that the string says; how they are
spelt comes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.detect.media.hidden import SHORTEST
from guardrail.detect.media.hidden_stream import HiddenStream, Run
from guardrail.engine.spots import Put
from guardrail.wire import JsonPieces, Part, Piece, Unit, is_plain_name, spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A medium in a string, whole."""

    run: Run
    units: Sequence[Unit]
    """How those of its characters are spelt that weren't given out before."""

    def put(self, new: str | None) -> Put:
        """Return it with what stands in its place; None where it stays."""
        run = self.run
        return Put(run=run.text, given=run.given, new=new, units=self.units)


class _Spelt:
    """One text of a document, and how it is spelt."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.media = HiddenStream()
        self._units: list[Unit] = []

    def feed(self, units: Sequence[Unit], *, final: bool = False) -> list[Piece | Held]:
        self._units += units
        parts = self.media.feed(spelling.text_of(units), final=final)
        return [self._spelt(one) for one in parts]

    def give_up(self) -> Piece | Held:
        return self._spelt(self.media.give_up())

    def _spelt(self, one: str | Run) -> Piece | Held:
        size = len(one) if isinstance(one, str) else len(one.text) - one.given
        free, self._units = spelling.cut(self._units, size)
        return Piece(self.part, free) if isinstance(one, str) else Held(run=one, units=free)


class DocumentMedia:
    """One document in pieces. Not for two threads at once."""

    def __init__(self) -> None:
        """Have read nothing yet."""
        self._pieces = JsonPieces()
        self._text: _Spelt | None = None
        """The string that the document is in, or what stands behind its break."""

    @property
    def held(self) -> int:
        """Characters that wait for the end of a medium."""
        return 0 if self._text is None else self._text.media.held

    def feed(self, text: str, *, final: bool = False) -> list[Piece | Held]:
        """Take the next piece, the last where `final`; return what goes on, in its order.

        Raises:
            UpstreamError: ``upstream_nonsense``, see `JsonPieces`.
        """
        made: list[Piece | Held] = []
        for piece in self._pieces.feed(text, final=final):
            made += self._read(piece)
        return made + self._ended() if final else made

    def has_medium(self) -> bool:
        """Tell whether what waits holds a medium already, though maybe not its end."""
        return self._text is not None and self._text.media.has_medium()

    def give_up(self) -> list[Piece | Held]:
        """Return what waits; what goes on with it isn't waited for any more."""
        return [] if self._text is None else [self._text.give_up()]

    def _read(self, piece: Piece) -> list[Piece | Held]:
        if piece.part is Part.NAME:
            return _named(piece)
        if piece.part not in {Part.STRING, Part.REST}:
            return [piece]
        made: list[Piece | Held] = []
        if self._text is None or self._text.part is not piece.part:
            made = self._ended()
            if piece.part is Part.REST:
                made.append(Piece(Part.REST, []))  # a medium may be the first to stand there
            self._text = _Spelt(piece.part)
        made += self._text.feed(piece.units)
        if piece.ends:
            made += (*self._ended(), Piece(Part.STRING, [], ends=True))
        return made

    def _ended(self) -> list[Piece | Held]:
        """Return what is left of a text."""
        text, self._text = self._text, None
        return [] if text is None else text.feed((), final=True)


def _named(piece: Piece) -> list[Piece | Held]:
    """Return the name of a member; one that holds media is as good as a string."""
    name = spelling.text_of(piece.units)
    if len(name) < SHORTEST or is_plain_name(name):
        return [piece]
    parts = _Spelt(Part.STRING).feed(piece.units, final=True)
    if not any(isinstance(one, Held) for one in parts):
        return [piece]
    return [*parts, Piece(Part.STRING, [], ends=True)]
