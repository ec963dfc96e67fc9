"""A part's XML read in one pass, however large: a few elements with their places in its bytes.

Nothing is fetched, and a part that declares a document type isn't read at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from xml.parsers import expat

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import Edit
from guardrail.disclose.marks.trees import Element, escaped, with_attribute

_MOST_ELEMENTS = 2_000_000
_MOST_KEPT = 20_000
_MOST_NAMES = 10_000
_DEEPEST = 256
_MOST_TEXT = 1 << 20
"""Characters that are looked through for words that stand there already."""
_TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_SPACE = re.compile(r"\s+")


class _Parser:
    """Expat without document types."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        # Whatever a part says of its encoding, only UTF-8 can be patched by bytes here.
        self.expat = expat.ParserCreate("utf-8", " ")
        self.expat.buffer_text = True
        self.expat.namespace_prefixes = True
        self.expat.StartDoctypeDeclHandler = self.refuse

    def refuse(self, *_: object) -> None:
        raise Unmarkable("xml_entities")

    def run(self) -> None:
        if self.data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in self.data[:64]:
            raise Unmarkable("broken_xml")
        try:
            self.expat.Parse(self.data, True)  # noqa: FBT003 - it takes no keyword
        except expat.ExpatError:
            raise Unmarkable("broken_xml") from None


class _Scan(_Parser):
    def __init__(self, data: bytes, names: Collection[str], deepest: int) -> None:
        super().__init__(data)
        self.names, self.deepest = names, deepest
        self.kept: list[Element] = []
        self.open: list[Element | None] = []
        self.near: list[Element] = []
        """Those of `open` that are kept."""
        self.seen = 0
        self.known: dict[str, bool] = {}
        """Names of elements → whether they are wanted."""
        self.expat.StartElementHandler = self.begin
        self.expat.EndElementHandler = self.finish
        self.expat.CharacterDataHandler = self.say

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.seen += 1
        depth = len(self.open)
        if depth >= _DEEPEST or self.seen > _MOST_ELEMENTS:
            raise Unmarkable("too_many_parts")
        wanted = self.known.get(name)
        if wanted is None:
            wanted = self.learn(name)
        keeps = wanted or depth <= self.deepest
        self.open.append(self.keep(name, attributes, depth) if keeps else None)

    def learn(self, name: str) -> bool:
        """Tell whether elements of a name are wanted, once for all of them."""
        if len(self.known) >= _MOST_NAMES:
            raise Unmarkable("too_many_parts")
        self.known[name] = _local(name) in self.names
        return self.known[name]

    def keep(self, name: str, attributes: dict[str, str], depth: int) -> Element:
        if len(self.kept) >= _MOST_KEPT:
            raise Unmarkable("too_many_parts")
        start = self.expat.CurrentByteIndex
        tag = _TAG.match(self.data, start)
        if tag is None:
            raise Unmarkable("broken_xml")
        end = tag.end()
        one = Element(
            name=" ".join(name.split(" ")[:2]),
            written=re.split(rb"[\s/>]", tag[0][1:], maxsplit=1)[0],
            parent=self.near[-1] if self.near else None,
            depth=depth,
            start=start,
            inside=end,
            # Until its end is seen it is taken for a bare one.
            stop=end,
            end=end,
            attributes={" ".join(key.split(" ")[:2]): attributes[key] for key in attributes},
            prefixed={" ".join(key.split(" ")[:2]): _prefixed(key) for key in attributes},
        )
        self.kept.append(one)
        self.near.append(one)
        return one

    def finish(self, _name: str) -> None:
        one = self.open.pop()
        if one is None:
            return
        self.near.pop()
        if self.data[one.inside - 2 : one.inside] == b"/>":
            return
        one.stop = self.expat.CurrentByteIndex
        tag = _TAG.match(self.data, one.stop)
        if tag is None:
            raise Unmarkable("broken_xml")
        one.end = tag.end()

    def say(self, text: str) -> None:
        one = self.open[-1] if self.open else None
        if one is not None and len(one.text) < _DEEPEST:
            one.text += text[:_DEEPEST]


class _Text(_Parser):
    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.pieces: list[str] = []
        self.length = 0
        self.expat.CharacterDataHandler = self.say

    def say(self, text: str) -> None:
        if self.length < _MOST_TEXT:
            self.pieces.append(text)
            self.length += len(text)


def scanned(data: bytes, names: Collection[str] = (), *, deepest: int = -1) -> list[Element]:
    """Return some elements in the order of their start tags.

    Args:
        data: The whole part.
        names: Local names of those that are wanted, wherever they are.
        deepest: All down to here are wanted, too; 0 is the root.

    Returns:
        Each has for its parent the nearest that is wanted, and the first 256 characters of its own
        text, or somewhat more.

    Raises:
        Unmarkable: ``broken_xml``, ``xml_entities``, ``too_many_parts``.
    """
    scan = _Scan(data, names, deepest)
    scan.run()
    return scan.kept


class _Texts(_Parser):
    """What elements of one depth hold, one after another."""

    def __init__(self, data: bytes, names: Collection[str], depth: int, texts: list[str]) -> None:
        super().__init__(data)
        self.names, self.wanted, self.texts = names, depth, texts
        self.depth = 0
        self.start = -1
        """Of the element that is read."""
        self.pieces: list[str] = []
        self.length = 0
        self.found: set[int] = set()
        self.expat.StartElementHandler = self.begin
        self.expat.EndElementHandler = self.finish
        self.expat.CharacterDataHandler = self.say

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        if self.depth == self.wanted and _local(name) in self.names:
            self.start, self.pieces, self.length = self.expat.CurrentByteIndex, [], 0
        self.depth += 1

    def finish(self, _name: str) -> None:
        self.depth -= 1
        if self.depth == self.wanted and self.start >= 0:
            if _are_in(self.texts, self.pieces):
                self.found.add(self.start)
            self.start = -1

    def say(self, text: str) -> None:
        if self.start >= 0 and self.length < _MOST_TEXT:
            self.pieces.append(text)
            self.length += len(text)


def saying(data: bytes, names: Collection[str], depth: int, texts: list[str]) -> set[int]:
    """Return where those elements start that have all of some texts in them.

    Args:
        data: The whole part.
        names: Local names of the elements.
        depth: At which they stand; 0 is the root.
        texts: What is looked for.

    Raises:
        Unmarkable: ``broken_xml``, ``xml_entities``.
    """
    reader = _Texts(data, names, depth, texts)
    reader.run()
    return reader.found


def says(data: bytes, texts: Collection[str]) -> bool:
    """Tell whether all of some texts stand in a part already.

    Raises:
        Unmarkable: ``broken_xml``, ``xml_entities``.
    """
    reader = _Text(data)
    reader.run()
    return _are_in(texts, reader.pieces)


def _are_in(texts: Collection[str], pieces: list[str]) -> bool:
    whole = _SPACE.sub(" ", "".join(pieces))
    return all(_SPACE.sub(" ", text) in whole for text in texts)


def local(one: Element) -> str:
    """Return an element's name without its namespace."""
    return one.name.rpartition(" ")[2]


def namespace(one: Element) -> str:
    """Return an element's namespace, or an empty string."""
    return one.name.rpartition(" ")[0]


def within(held: list[Element], parent: Element) -> list[Element]:
    """Return those that are directly in another, as far as they were wanted."""
    return [one for one in held if one.parent is parent]


def grouped(held: list[Element]) -> dict[int, list[Element]]:
    """Return elements by where their parents start, as far as those were wanted."""
    groups: dict[int, list[Element]] = {}
    for one in held:
        if one.parent is not None:
            groups.setdefault(one.parent.start, []).append(one)
    return groups


def retagged(data: bytes, one: Element, changed: Mapping[str, str]) -> Edit:
    """Return the edit that gives a start tag attributes without a namespace, or other values."""
    tag = data[one.start : one.inside]
    for name, value in changed.items():
        if name in one.attributes:
            tag = with_attribute(tag, one.prefixed[name].encode(), escaped(value))
        else:
            at = 1 + len(one.written)
            tag = tag[:at] + b" %b=" % name.encode() + b'"%b"' % escaped(value) + tag[at:]
    return one.start, one.inside, tag


def _local(name: str) -> str:
    """Return what is local of expat's ``namespace local prefix``."""
    return name.split(" ")[min(1, name.count(" "))]


def _prefixed(name: str) -> str:
    parts = name.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]
