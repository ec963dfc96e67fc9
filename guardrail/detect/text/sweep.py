"""The one way a text is examined: in pieces, each cut where no finding can straddle it.

A long text is swept in chunks and a stream in feeds by the same function, so both find exactly what
one look at the whole would find. That rests on what `recognizer` promises, and on `settled`: the
first position that text still unknown could change anything about.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrail.detect.entities import ENTITIES
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.gate import Gate
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import LOOK_BEHIND, TextRecognizer

MIN_SCORE = 0.5
"""Below it a result is no finding."""

CHUNK = 8192
"""Code points examined at once: a recognizer runs on chunks that could hold something for it."""

_LOOK_AHEAD = 64
"""Code points behind a finding that its verdict may rest on, at most: one more word of a name."""

_LONGEST_JOINED = 256
"""Code points of overlapping names that become one at most."""

UNBROKEN = r"[\w.+\-@%'’()]*"
"""An unfinished token, read backwards: whatever a finding without spaces may be made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found, and how far its verdicts stand whatever follows."""

    results: list[RecognizerResult]
    """By position, without overlaps, none across `settled`."""
    settled: int
    forced: bool = False
    """Whether verdicts were settled before they had to be, to keep to the bound."""


class Sweeper:
    """The recognizers with their gate. Holds no state of any text."""

    def __init__(self, recognizers: Sequence[TextRecognizer], *, chunk: int = CHUNK) -> None:
        """Take the recognizers, and how many code points are examined at once."""
        self._chunk = chunk
        self.gate = Gate(recognizers)
        self.sight = max(one.SIGHT for one in recognizers)
        """Code points before what is examined that a verdict may rest on."""
        self.longest = max(one.LONGEST for one in recognizers)
        """Code points of the longest single finding."""
        self.reach = self.longest + _LOOK_AHEAD
        """Code points before the edge beyond which nothing is open."""
        reaches: dict[str, int] = {UNBROKEN: self.longest}
        for one in recognizers:
            if one.BACKWARD:
                reaches[one.BACKWARD] = max(reaches.get(one.BACKWARD, 0), one.LONGEST)
        self._backward = [
            (lazily(pattern), longest + _LOOK_AHEAD) for pattern, longest in reaches.items()
        ]
        self._opening = [one for one in recognizers if one.OPENS]

    def sweep(
        self,
        view: str,
        start: int,
        *,
        final: bool,
        bound: int = CHUNK,
    ) -> Swept:
        """Examine `view` from `start`; what stands before is known and only looked at.

        Args:
            view: folded text.
            start: a position that an earlier sweep called settled, or 0.
            final: whether the text ends here; else more may follow.
            bound: code points that may stay unsettled, from `reach` on.
        """
        results: list[RecognizerResult] = []
        bound = min(bound, self._chunk // 2)
        forced = False
        while True:
            end = min(start + self._chunk, len(view))
            last = end == len(view)
            origin = max(0, start - self.sight)
            found = self._found(view[origin:end], start - origin)
            for one in found:
                one.start += origin
                one.end += origin
            settled = end if final and last else self._settled(view[:end], start, origin, found)
            if end - settled > bound:
                settled, forced = self._cut(end, start, found), True
            results += resolve([one for one in found if one.end <= settled])
            start = settled
            if last:
                return Swept(results=results, settled=settled, forced=forced)

    def _found(self, piece: str, start: int) -> list[RecognizerResult]:
        passed = self.gate.passed(self.gate.hits(piece[max(0, start - LOOK_BEHIND) :]))
        return [result for one in passed for result in seen_by(one, piece, start)]

    def _settled(
        self, view: str, start: int, origin: int, found: Sequence[RecognizerResult]
    ) -> int:
        """Return the first position from `start` on that later text could matter to."""
        backwards = view[max(start, len(view) - self.reach) :][::-1]
        matches = ((pattern.match(backwards), reach) for pattern, reach in self._backward)
        unfinished = max(min(match.end(), reach) for match, reach in matches if match)
        position = len(view) - unfinished
        for one in self._opening:
            position = min(position, origin + one.opens(view[origin:], start - origin))
        return _before(found, position)

    def _cut(self, edge: int, start: int, found: Sequence[RecognizerResult]) -> int:
        """Return a position to settle at by force: it cuts no finding that is complete."""
        return _before(resolve(found), max(start, edge - self.reach))


def seen_by(one: TextRecognizer, piece: str, start: int) -> Iterator[RecognizerResult]:
    """Yield what `one` finds in `piece` from `start` on, seeing as much before it as it asks for.

    What it sees begins the same number of code points before, however a text is cut.
    """
    origin = max(0, start - one.SIGHT)
    if origin == 0:
        yield from one.scan(piece, start)
        return
    for result in one.scan(_rest(piece, origin), start - origin):
        result.start += origin
        result.end += origin
        yield result


_last: tuple[str, int, str] = ("", 0, "")
"""What was cut last. One assignment puts all in place: threads that race cut twice."""


def _rest(piece: str, origin: int) -> str:
    """Return `piece` from `origin` on: the same object to all who see as much of it.

    What one of them finds out about a text then serves the next.
    """
    global _last  # noqa: PLW0603 - a memory of one
    known, cut, rest = _last
    if known is not piece or cut != origin:
        rest = piece[origin:]
        _last = piece, origin, rest
    return rest


def _before(found: Sequence[RecognizerResult], position: int) -> int:
    """Return the last position up to `position` that none of `found` straddles."""
    for one in sorted(found, key=lambda one: -one.end):
        if one.start < position < one.end:
            position = one.start
    return position


def resolve(results: Sequence[RecognizerResult]) -> list[RecognizerResult]:
    """Return results without overlaps, by position.

    Overlapping results of one entity become one. Between entities the higher score wins, then the
    longer, then the entity's rank, then the earlier.
    """
    kept: list[RecognizerResult] = []
    starts: list[int] = []
    certain = [one for one in results if one.score >= MIN_SCORE]
    for one in sorted(_joined(certain), key=_preference):
        place = bisect_left(starts, one.start)
        clear_left = place == 0 or kept[place - 1].end <= one.start
        if clear_left and (place == len(kept) or kept[place].start >= one.end):
            kept.insert(place, one)
            starts.insert(place, one.start)
    return kept


def _preference(one: RecognizerResult) -> tuple[float, int, int, int]:
    return -one.score, one.start - one.end, ENTITIES[one.entity_type].rank, one.start


def _order(one: RecognizerResult) -> tuple[int, int, float]:
    return one.start, -one.end, -one.score


def _joined(results: Sequence[RecognizerResult]) -> list[RecognizerResult]:
    joined: dict[str, list[RecognizerResult]] = {}
    for one in sorted(results, key=_order):
        same = joined.setdefault(one.entity_type, [])
        before = same[-1] if same else None
        if before is None or before.end <= one.start:
            same.append(one)
        elif one.end - before.start <= _LONGEST_JOINED:
            before.end = max(before.end, one.end)
            before.score = max(before.score, one.score)
        elif one.end > before.end:
            one.start = before.end
            same.append(one)
    return [one for same in joined.values() for one in same]
