"""Notations: how a body's bytes hold a tree of names and strings.

A wire spec says what stands at which place of the tree; a notation, which bytes that is. Whatever
isn't edited keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from guardrail.errors import BadInput
from guardrail.facts import Edit, Opaque, Place, Segment
from guardrail.wire import document
from guardrail.wire.limits import Limits
from guardrail.wire.patch import joined, patch
from guardrail.wire.slots import Inner, Slot, replacements

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Unread:
    """A leaf of a tree: what is no text, and what it says it is."""

    medium: str
    data: bytes = field(default=b"", repr=False)


class Notation(Protocol):
    """How some bytes are read and patched. Holds nothing of them."""

    @property
    def kind(self) -> str:
        """What wire specs call it."""
        ...

    def read(self, body: bytes, limits: Limits) -> object:
        """Return the tree: objects, arrays and scalars as JSON has them, and `Unread` leaves.

        Raises:
            BadInput: it is malformed, can be read in two ways, or is over a limit.
        """
        ...

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return a body that was read, with `edits` made.

        Raises:
            ValueError: an edit leads nowhere in it, or doesn't fit its text.
        """
        ...


@dataclass(frozen=True, slots=True)
class Json:
    """One JSON document (RFC 8259)."""

    kind: str = "json"

    def read(self, body: bytes, limits: Limits) -> object:
        """Return its value."""
        return document.parse(body, limits)

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return it with other strings."""
        return patch(body, segments, edits)


@dataclass(frozen=True, slots=True)
class JsonLines:
    """JSON documents, one a line: an array of them, empty lines left out."""

    kind: str = "text"

    def read(self, body: bytes, limits: Limits) -> object:
        """Return the documents."""
        if body.count(b"\n") >= limits.values:
            raise BadInput(
                f"the document holds more than {limits.values} values", code="too_many_values"
            )
        return [document.parse(body[start:end], limits) for start, end in _lines(body)]

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return them with other strings."""
        if not edits:
            return body
        lines = [
            Inner(place=(index,), span=span, patch=patch) for index, span in enumerate(_lines(body))
        ]
        return joined(body, replacements(body, (), lines, segments, edits))


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text in UTF-8: one string. A byte order mark stands before it."""

    kind: str = "text"

    def read(self, body: bytes, limits: Limits) -> object:  # noqa: ARG002 - one string has no shape
        """Return the string."""
        try:
            return body.removeprefix(BOM).decode()
        except UnicodeDecodeError:
            raise not_utf8() from None

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return it with other words."""
        if not edits:
            return body
        start = len(BOM) if body.startswith(BOM) else 0
        text = body[start:].decode()
        whole = Slot(place=(), span=(start, len(body)), text=text, spell=str.encode)
        return joined(body, replacements(body, [whole], (), segments, edits))


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is no text: one item."""

    medium: str
    kind: str = "other"

    def read(self, body: bytes, limits: Limits) -> object:  # noqa: ARG002 - it has no shape
        """Return the item."""
        return Unread(self.medium, body)

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return another in its stead: an edit's text has its bytes as Latin-1 characters."""
        if not edits:
            return body
        if len(edits) > 1 or segments[edits[0].segment].place:
            raise ValueError("an edit's place is not in this document")
        return edits[0].text.encode("latin-1")


JSON: Notation = Json()
JSON_LINES: Notation = JsonLines()
TEXT: Notation = Text()


def unread_in(tree: object) -> Iterator[Opaque]:
    """Yield what in a tree the guard can't read, in the tree's order; iterative."""
    waiting: list[tuple[Place, object]] = [((), tree)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, Unread):
            yield Opaque(place=place, medium=value.medium, reason="unread", data=value.data)
        elif isinstance(value, dict):
            waiting += [((*place, name), below) for name, below in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*place, at), below) for at, below in enumerate(value)][::-1]


def not_utf8() -> BadInput:
    """Return the error of a text in another charset."""
    return BadInput("a text is not UTF-8", code="invalid_utf8", fix="send text as UTF-8")


def _lines(body: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        if body[start:end].strip():
            yield start, end
        start = end + 1
