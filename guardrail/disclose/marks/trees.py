"""The elements of an XML document with their places in its bytes, so that it can be patched.

Nothing is fetched, and a document that declares entities isn't read at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import Edit

_MOST = 16 << 20
_MOST_ELEMENTS = 50_000
_DEEPEST = 256
_LONGEST = 65_536
"""Characters of an element's own text that are kept."""

_MOST_TEXTS = 1_000
"""Pieces that an element's own text is in, with other elements between them."""

_TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")


@dataclass(slots=True)
class Element:
    """One element. Names are ``namespace local``, or ``local`` without a namespace."""

    name: str
    written: bytes
    """Its name as it is written, prefix included."""
    parent: Element | None
    depth: int
    start: int
    inside: int
    """Behind the start tag."""
    stop: int
    """Before the end tag; equal to `end` where there is none, as in ``<a/>``."""
    end: int
    attributes: Mapping[str, str]
    prefixed: Mapping[str, str]
    """Names of attributes, as above → as they are written."""
    text: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether it is written ``<a/>``."""
        return self.stop == self.end

    def appended(self, content: bytes) -> Edit:
        """Return the edit that puts `content` behind all that the element holds."""
        if self.is_bare:
            return self.end - 2, self.end, b">" + content + b"</" + self.written + b">"
        return self.stop, self.stop, content

    def prepended(self, content: bytes) -> Edit:
        """Return the edit that puts `content` before all that the element holds."""
        return self.appended(content) if self.is_bare else (self.inside, self.inside, content)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: list[Element] = []
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        """Of the elements that are open."""
        # Whatever a document says of its encoding, only UTF-8 can be patched by bytes here.
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.namespace_prefixes = True
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.finish
        self.parser.CharacterDataHandler = self.say
        self.parser.EntityDeclHandler = self.refuse

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        start = self.parser.CurrentByteIndex
        tag = _TAG.match(self.data, start)
        if tag is None:
            raise Unmarkable("broken_xml")
        if len(self.open) >= _DEEPEST or len(self.found) >= _MOST_ELEMENTS:
            raise Unmarkable("too_many_parts")
        parent = self.open[-1] if self.open else None
        end = tag.end()
        written = re.split(rb"[\s/>]", tag[0][1:], maxsplit=1)[0]
        # Until its end is seen it is taken for a bare one.
        plain = {_plain(key): value for key, value in attributes.items()}
        prefixed = {_plain(key): _prefixed(key) for key in attributes}
        depth = len(self.open)
        one = Element(_plain(name), written, parent, depth, start, end, end, end, plain, prefixed)
        self.found.append(one)
        self.open.append(one)
        self.texts.append([])

    def finish(self, _name: str) -> None:
        one = self.open.pop()
        one.text = "".join(self.texts.pop())[:_LONGEST]
        if self.data[one.inside - 2 : one.inside] == b"/>":
            return
        one.stop = self.parser.CurrentByteIndex
        tag = _TAG.match(self.data, one.stop)
        if tag is None:
            raise Unmarkable("broken_xml")
        one.end = tag.end()

    def say(self, text: str) -> None:
        if self.texts and len(self.texts[-1]) < _MOST_TEXTS:
            self.texts[-1].append(text[:_LONGEST])

    def refuse(self, *_: object) -> None:
        raise Unmarkable("xml_entities")


def _plain(name: str) -> str:
    """Return expat's ``namespace local prefix`` without the prefix."""
    return " ".join(name.split(" ")[:2])


def _prefixed(name: str) -> str:
    parts = name.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]


def elements(data: bytes) -> list[Element]:
    """Return the elements in the order of their start tags.

    Raises:
        Unmarkable: ``broken_xml``, ``xml_entities``, ``too_many_parts``, ``too_large``.
    """
    if len(data) > _MOST:
        raise Unmarkable("too_large")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        raise Unmarkable("broken_xml")
    reader = _Reader(data)
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - it takes no keyword
    except expat.ExpatError:
        raise Unmarkable("broken_xml") from None
    return reader.found


_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile('["&<>]')


def escaped(text: str) -> bytes:
    """Return a text as it stands in an attribute or element, in ASCII: safe in any encoding."""
    named = text
    if _SPECIAL.search(text):
        named = _SPECIAL.sub(lambda match: _NAMED[match[0]], text)
    return named.encode("ascii", "xmlcharrefreplace")


def with_attribute(tag: bytes, written: bytes, value: bytes) -> bytes:
    """Return a start tag in which the attribute written so has another value."""
    pattern = rb"(\s" + re.escape(written) + rb"\s*+=\s*+)(?:\"[^\"]*+\"|'[^']*+')"
    return re.sub(pattern, lambda match: match[1] + b'"' + value + b'"', tag, count=1)
