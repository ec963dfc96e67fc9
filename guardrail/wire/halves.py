r"""Characters that a server cut in two.

A character beyond U+FFFF is two units in UTF-16. Servers that count in units, as those in
JavaScript do, may end one event's text with the first half (``"\ud83d"``) and begin the next one's
with the other. Neither is text (RFC 8259 section 8.2), and together they are: the first waits for
the other, and the character is in the event that brings that one.

A half that nothing completes has no meaning that all readers share, so it ends a stream, as it is
refused in a whole reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from guardrail.errors import UpstreamError
from guardrail.wire.channels import MAX_NAMES
from guardrail.wire.tokens import locate

if TYPE_CHECKING:
    from guardrail.wire.stream import Delta, StreamEvent

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|u([dD][89abAB][0-9a-fA-F]{2})|u([dD][c-fC-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape, or a whole pair of them; the groups are halves without the other one."""

_STAND_IN = "\ufffd"
_ESCAPED_STAND_IN = rb"\ufffd"


class _Half(NamedTuple):
    start: int
    end: int
    first: bool
    unit: int


class _Ends(NamedTuple):
    """The halves at the ends of a text, where there are any."""

    last: int | None
    """The unit that the text begins with: the last half of a character."""
    first: int | None
    """The unit that it ends with: the first half of one."""


def without_halves(data: bytes) -> bytes | None:
    """Return a JSON document with U+FFFD for each half of a character; None where it has none.

    What stands where stays as it is: U+FFFD is escaped, too.
    """
    if b"\\u" not in data:
        return None
    changed = _ESCAPE.sub(_stood_in, data)
    return None if changed == data else changed


class Halves:
    """What waits of one stream's characters, each in its channel."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._waiting: dict[str, int] = {}
        self._fresh: dict[str, int] = {}

    @property
    def waits(self) -> bool:
        """Whether the first half of a character came without the other so far."""
        return bool(self._waiting or self._fresh)

    def join(self, data: bytes, bare: bytes, deltas: Sequence[Delta]) -> dict[int, str]:
        """Return the texts that change where an event's characters are whole, by their index.

        Args:
            data: the event's JSON, with halves in it.
            bare: the same `without_halves`, which is as long.
            deltas: its texts as `bare` has them.

        Raises:
            UpstreamError: ``upstream_nonsense``: a half isn't where a text goes on.
        """
        spans = locate(bare, [(one.place, one.key) for one in deltas])
        texts: dict[int, str] = {}
        left = sum(1 for _ in _halves(data))
        for index, delta in enumerate(deltas):
            span = spans.get((delta.place, delta.key))
            if span is None or delta.repeats:
                continue
            ends = _ends(data[span[0] + 1 : span[1] - 1])
            left -= (ends.last is not None) + (ends.first is not None)
            if not ends.last and delta.text and delta.channel in self._fresh:
                raise _nonsense("half a character is followed by other text")
            if ends.last or ends.first:
                texts[index] = self._whole(delta, ends)
        if left:
            raise _nonsense("it has half a character where no text goes on")
        return texts

    def check(self, event: StreamEvent) -> None:
        """Take note of an event that came; look whether halves still may wait.

        Raises:
            UpstreamError: ``upstream_nonsense``: the other half of one won't come any more.
        """
        if event.error:
            # Nothing goes on behind it.
            self._waiting.clear()
            self._fresh.clear()
            return
        for delta in event.deltas:
            if delta.text and not delta.repeats and delta.channel in self._waiting:
                raise _nonsense("half a character is followed by other text")
        self._waiting |= self._fresh
        self._fresh.clear()
        if len(self._waiting) > MAX_NAMES:
            raise _nonsense("too many characters came by half")
        if self._waiting and (event.done or not self._waiting.keys().isdisjoint(event.finished)):
            raise halved()

    def _whole(self, delta: Delta, ends: _Ends) -> str:
        """Return a text with the half that waited for it, and without the one that waits now."""
        channel, text = delta.channel, delta.text
        if ends.last:
            first = self._fresh.pop(channel, None) or self._waiting.pop(channel, None)
            if first is None:
                raise _nonsense("the first half of a character is missing")
            text = _character(first, ends.last) + text.removeprefix(_STAND_IN)
        if ends.first:
            text = text.removesuffix(_STAND_IN)
            self._fresh[channel] = ends.first
        return text


def halved() -> UpstreamError:
    """Return the fault of a stream that ends within a character."""
    return _nonsense("half a character is missing")


def _halves(data: bytes) -> Iterator[_Half]:
    """Yield the halves in JSON that have no other half beside them."""
    for match in _ESCAPE.finditer(data):
        unit = match[1] or match[2]
        if unit:
            yield _Half(match.start(), match.end(), match[2] is None, int(unit, 16))


def _ends(inside: bytes) -> _Ends:
    """Return the halves at the ends of a JSON string, quotation marks left out."""
    first = last = None
    for half in _halves(inside):
        if not half.first and half.start == 0:
            last = half.unit
        if half.first and half.end == len(inside):
            first = half.unit
    return _Ends(last, first)


def _stood_in(match: re.Match[bytes]) -> bytes:
    return _ESCAPED_STAND_IN if match[1] or match[2] else match[0]


def _character(first: int, last: int) -> str:
    return chr(0x10000 + ((first - 0xD800) << 10) + (last - 0xDC00))


def _nonsense(why: str) -> UpstreamError:
    return UpstreamError(f"the upstream's stream makes no sense: {why}", code="upstream_nonsense")
