"""Forms in parts, with files: ``multipart/form-data`` (RFC 7578, in the framing of RFC 2046).

The tree maps each name to its text, or to a list where it comes more than once. A part with a file
name is an object: ``filename``, and ``data`` as its type has it (text, JSON, what can't be read).
Fields of a part's head that aren't known stand in ``headers``.

Readers of this format differ much. What isn't plain (folded lines, doubled fields, a boundary in
the midst of a line, text around the parts) is refused, lest another reader see other parts.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from guardrail.errors import BadInput
from guardrail.facts import Edit, Place, Segment
from guardrail.wire.content import content_notation
from guardrail.wire.limits import Limits
from guardrail.wire.media_types import MediaType, media_type
from guardrail.wire.notation import TEXT, Notation, not_utf8
from guardrail.wire.patch import joined
from guardrail.wire.places import NUMBERISH
from guardrail.wire.slots import Inner, Slot, Span, places_of, replacements, tree_of

MAX_PARTS = 1_000
MAX_HEAD_BYTES = 8 << 10
"""Of one part's head: file names are its longest values."""

_EVERYTHING = Limits(depth=1 << 20, values=1 << 40, string_chars=1 << 40)
"""For what was read once, and was within the limits then."""

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_AFTER = re.compile(rb"(--)?[ \t]*(\r\n|\Z)")
_HEADER = re.compile(rb"([A-Za-z][A-Za-z-]*):[ \t]*([^\r\n\0]*)\r\n")
_DISPOSITION = re.compile(rb"form-data[ \t]*", re.IGNORECASE)
_PARAMETER = re.compile(
    rb';[ \t]*(name|filename|filename\*)=("[^"\\\r\n\0]*"|[^\s";,\\]+)[ \t]*', re.IGNORECASE
)
_EXTENDED = re.compile(
    r"utf-8'[A-Za-z0-9-]*'((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-Fa-f]{2})*)", re.IGNORECASE
)
"""RFC 8187, as .NET's file names have it."""
_WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]*={0,2})\?=", re.IGNORECASE)
"""RFC 2047: how .NET spells the same beside it."""
_ESCAPE = re.compile(r"%(?=[0-9A-Fa-f]{2})")
_PLAIN_TYPE = re.compile(r"[a-z]+/(?:[a-z.+-]|[0-9]{1,4}(?![0-9]))+")
_ENCODINGS = frozenset({b"binary", b"7bit", b"8bit"})


@dataclass(slots=True, kw_only=True)
class _Part:
    """One part, by where it stands in the body."""

    data: Span
    params: dict[str, Span] = field(default_factory=dict)
    """Of its disposition: the values, with their quotation marks."""
    media: MediaType = field(default_factory=MediaType)
    headers: list[tuple[str, Span]] = field(default_factory=list)
    """What else its head says."""
    length: Span | None = None
    """Where its head says how long it is."""


@dataclass(frozen=True, slots=True)
class Multipart:
    """The parts that one boundary divides."""

    boundary: bytes
    kind: str = "multipart"

    @classmethod
    def of(cls, media: MediaType) -> Multipart:
        """Return the notation of a body of this type.

        Raises:
            BadInput: it has no boundary, or an impossible one.
        """
        boundary = media.parameters.get("boundary", "")
        if not _BOUNDARY.fullmatch(boundary):
            raise _malformed("the Content-Type has no boundary that divides parts")
        return cls(boundary.encode())

    def read(self, body: bytes, limits: Limits) -> object:
        """Return the parts by name."""
        parts = self._parts(body)
        names = [_value(body, part.params["name"]) for part in parts]
        if any(
            name == "_charset_" and body[slice(*part.data)].lower() != b"utf-8"
            for name, part in zip(names, parts, strict=True)
        ):
            raise not_utf8()
        return tree_of(
            (name, _tree(body, part, limits)) for name, part in zip(names, parts, strict=True)
        )

    def patch(self, body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
        """Return the body with other names, texts and file names."""
        if not edits:
            return body
        parts = self._parts(body)
        names = [_value(body, part.params["name"]) for part in parts]
        slots: list[Slot] = []
        inner: list[Inner] = []
        for name, place, part in zip(names, places_of(names), parts, strict=True):
            slots.append(
                Slot(place=(name,), span=part.params["name"], text=name, spell=_quoted, key=True)
            )
            slots += _slots(body, part, place)
            document = _notation(body, part, _EVERYTHING)
            at = place if _is_field(part) else (*place, "data")
            inner.append(Inner(place=at, span=part.data, patch=document.patch))
        made = replacements(body, slots, inner, segments, edits)
        lengths = {part.data: part.length for part in parts}
        for start, end, new in tuple(made):
            if b"--" + self.boundary in new:
                raise ValueError("an edit would divide a part")
            if length := lengths.get((start, end)):
                made.append((*length, b"%d" % len(new)))
        return joined(body, sorted(made))

    def _parts(self, body: bytes) -> list[_Part]:
        """Return the parts in their order.

        Raises:
            BadInput: ``malformed_multipart``.
        """
        divider = b"--" + self.boundary
        parts: list[_Part] = []
        begin, at = -1, body.find(divider)
        while at >= 0:
            after = _AFTER.match(body, at + len(divider))
            if not (after and _at_line(body, at)):
                raise _malformed("its boundary stands where it divides nothing")
            if begin < 0:
                if body[:at].strip(b"\r\n"):
                    raise _malformed("text stands before its parts")
            else:
                parts.append(_part(body, begin, at - 2))
            if len(parts) > MAX_PARTS:
                raise BadInput(f"the form has more than {MAX_PARTS} parts", code="too_many_values")
            if after[1]:
                if body[after.end() :].strip(b"\r\n"):
                    raise _malformed("text stands behind its parts")
                return parts
            if not after[2]:
                break
            begin = after.end()
            at = body.find(divider, begin)
        raise _malformed("it doesn't end")


def _at_line(body: bytes, at: int) -> bool:
    return at == 0 or body[at - 2 : at] == b"\r\n"


def _part(body: bytes, start: int, end: int) -> _Part:
    """Return the part between two boundaries' lines."""
    blank = body.find(b"\r\n\r\n", start, max(start, end))
    if not 0 <= blank - start <= MAX_HEAD_BYTES:
        raise _malformed("a part has no head, or too long a one")
    part = _Part(data=(blank + 4, end))
    met: set[str] = set()
    at = start
    while at < blank + 2:
        header = _HEADER.match(body, at, blank + 2)
        if header is None:
            raise _malformed("a part's head can't be read")
        name = header[1].lower().decode()
        if name in met:
            raise _malformed("a part's head says something twice")
        met.add(name)
        value = header.start(2)
        _take(body, part, name, (value, value + len(header[2].rstrip(b" \t"))))
        at = header.end()
    if "name" not in part.params:
        raise _malformed("a part has no name")
    return part


def _take(body: bytes, part: _Part, name: str, span: Span) -> None:
    """Take what one field of a part's head says."""
    value = body[span[0] : span[1]]
    if name == "content-disposition":
        part.params = _parameters(body, span)
    elif name == "content-type":
        part.media = media_type(_utf8(value))
        if part.media.essence.startswith("multipart/"):
            raise _malformed("a part has parts of its own")
        essence = part.media.essence
        plain = _PLAIN_TYPE.fullmatch(essence) and not NUMBERISH.search(essence)
        if not plain or part.media.parameters.keys() - {"charset"}:
            part.headers.append((name, span))
    elif name == "content-transfer-encoding":
        if value.lower() not in _ENCODINGS:
            raise _malformed("a part is encoded in a way that isn't read")
    elif name == "content-length":
        if value != b"%d" % (part.data[1] - part.data[0]):
            raise _malformed("a part isn't as long as it says")
        part.length = span
    else:
        part.headers.append((name, span))


def _parameters(body: bytes, span: Span) -> dict[str, Span]:
    start = _DISPOSITION.match(body, *span)
    found: dict[str, Span] = {}
    at = start.end() if start else span[0]
    while start and (match := _PARAMETER.match(body, at, span[1])):
        name = match[1].lower().decode()
        if name in found:
            break
        found[name] = match.span(2)
        at = match.end()
    if at < span[1]:
        raise _malformed("a part's Content-Disposition can't be read")
    return found


def _tree(body: bytes, part: _Part, limits: Limits) -> object:
    data = _notation(body, part, limits).read(body[slice(*part.data)], limits)
    if _is_field(part):
        return data
    tree: dict[str, object] = {}
    headers: dict[str, object] = {}
    for slot in _slots(body, part, ()):
        where = tree if len(slot.place) == 1 else headers
        where[str(slot.place[-1])] = slot.text
    return {**tree, **({"headers": headers} if headers else {}), "data": data}


def _slots(body: bytes, part: _Part, place: Place) -> Iterator[Slot]:
    """Yield what a part's head says beside its name."""
    plain, extended = part.params.get("filename"), part.params.get("filename*")
    if plain is not None:
        text = _file_name(_value(body, plain))
        yield Slot(place=(*place, "filename"), span=plain, text=text, spell=_quoted_file)
    if extended is not None:
        name = "filename" if plain is None else "filename_extended"
        text = _extended(_value(body, extended))
        yield Slot(place=(*place, name), span=extended, text=text, spell=_spelt_extended)
    for name, span in part.headers:
        text = _utf8(body[slice(*span)])
        yield Slot(place=(*place, "headers", name), span=span, text=text, spell=_in_line)


def _is_field(part: _Part) -> bool:
    """Tell whether a part is a field's text alone, and no file."""
    return part.params.keys() == {"name"} and not part.headers


def _notation(body: bytes, part: _Part, limits: Limits) -> Notation:
    if not part.media.essence and part.params.keys() == {"name"}:
        return TEXT
    return content_notation(part.media, body[slice(*part.data)], limits, unknown="file")


def _value(body: bytes, span: Span) -> str:
    """Return a parameter's value without its quotation marks."""
    return _utf8(body[span[0] : span[1]]).strip('"')


def _file_name(value: str) -> str:
    """Return a file's name freed of what its writer escaped."""
    word = _WORD.fullmatch(value)
    try:
        return (b64decode(word[1]) if word else unquote_to_bytes(value)).decode()
    except ValueError:
        return value


def _extended(value: str) -> str:
    match = _EXTENDED.fullmatch(value)
    if match is None:
        raise _malformed("a file's name can't be read")
    return _utf8(unquote_to_bytes(match[1]))


def _spelt_extended(text: str) -> bytes:
    return b"utf-8''" + quote(text, safe="").encode()


def _quoted_file(text: str) -> bytes:
    return _quoted(_ESCAPE.sub("%25", text))


def _quoted(text: str) -> bytes:
    for char in '"\\\r\n\0':
        text = text.replace(char, f"%{ord(char):02X}")
    return f'"{text}"'.encode()


def _in_line(text: str) -> bytes:
    return re.sub(r"[\r\n\0]+", " ", text).encode()


def _utf8(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise not_utf8() from None


def _malformed(why: str) -> BadInput:
    return BadInput(
        f"the body is not the multipart/form-data that it says: {why}",
        code="malformed_multipart",
        fix="send each field once as a plain part, with lines that end in CRLF",
    )
