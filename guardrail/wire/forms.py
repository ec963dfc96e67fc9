"""HTML forms in one line: ``application/x-www-form-urlencoded`` (WHATWG URL standard, section 5).

The tree maps each name to its text, or to a list of texts where the name comes more than once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_to_bytes

from guardrail.errors import BadInput
from guardrail.facts import Edit, Segment
from guardrail.wire.limits import Limits
from guardrail.wire.notation import Notation, not_utf8
from guardrail.wire.patch import joined
from guardrail.wire.slots import Slot, Span, places_of, replacements, tree_of


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form."""

    kind: str = "form"

    def read(self, body: bytes, limits: Limits) -> object:
        """Return the fields by name."""
        if body.count(b"&") >= limits.values:
            raise BadInput(
                f"the form holds more than {limits.values} fields", code="too_many_values"
            )
        return tree_of((_text(body, name), _text(body, value)) for name, value in _fields(body))

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return the form with other names or values."""
        if not edits:
            return body
        return joined(body, replacements(body, _slots(body), (), segments, edits))


FORM: Notation = Form()


def _slots(body: bytes) -> Iterator[Slot]:
    fields = list(_fields(body))
    names = [_text(body, name) for name, _ in fields]
    for name, place, (named, span) in zip(names, places_of(names), fields, strict=True):
        yield Slot(place=(name,), span=named, text=name, spell=_spelt, key=True)
        # A name alone has no value yet.
        spell = _spelt if named[1] < span[0] else _spelt_value
        yield Slot(place=place, span=span, text=_text(body, span), spell=spell)


def _fields(body: bytes) -> Iterator[tuple[Span, Span]]:
    """Yield where each name and its value stand; without a ``=`` all is the name."""
    start = 0
    while start <= len(body):
        end = body.find(b"&", start)
        end = len(body) if end < 0 else end
        if start < end:
            middle = body.find(b"=", start, end)
            name_end, value = (end, end) if middle < 0 else (middle, middle + 1)
            yield (start, name_end), (value, end)
        start = end + 1


def _text(body: bytes, span: Span) -> str:
    raw = body[span[0] : span[1]]
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise not_utf8() from None


def _spelt_value(text: str) -> bytes:
    return b"=" + _spelt(text)


def _spelt(text: str) -> bytes:
    return quote_plus(text).encode()
