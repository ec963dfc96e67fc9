"""Word: a line at the head of every page (ECMA-376, part 1, 17.10)."""

from __future__ import annotations

import posixpath

from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import Element, escaped
from guardrail.disclose.visible.office.lines import FONT, SEPARATOR, Line
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.scanned import local, namespace, says, scanned, within
from guardrail.disclose.visible.unlabelled import Unlabelled

_HEADER = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_PAGES = ("default", "first", "even")
"""Kinds of pages that may have a head of their own."""
_SIZE = 18
"""Half points of the letters."""


def say(package: Package, lines: tuple[Line, ...]) -> None:
    """Write a line at the head of every page.

    A section without a head has that of the section before it: where the first one has them all,
    and each of them says it, every page does.

    Args:
        package: The file.
        lines: The words.

    Raises:
        Unmarkable: As `scanned` and `Archive`.
        Unlabelled: ``unsupported_format``, ``unreadable``, ``too_much_unpacked``.
    """
    held = package.read(package.main)
    found = scanned(held, {"body", "sectPr", "sectPrChange", "headerReference"}, deepest=0)
    body = next((one for one in found if local(one) == "body" and one.parent is found[0]), None)
    if body is None:
        raise Unlabelled("unsupported_format")
    words = namespace(found[0])
    for part in {one.target for one in package.relations(package.main) if one.kind == "header"}:
        _head(package, part, _paragraph(words, lines), lines)
    section = next((one for one in found if _is_section(one)), None)
    references = [] if section is None else within(found, section)
    given = {one.attributes.get(f"{words} type", "default") for one in references}
    added = b"".join(
        _reference(package, words, kind, lines) for kind in _PAGES if kind not in given
    )
    if section is None:
        own = f'<w:sectPr xmlns:w="{words}">'.encode() + added + b"</w:sectPr>"
        package.change(package.main, patched(held, [body.appended(own)]))
    elif added:
        package.change(package.main, patched(held, [section.prepended(added)]))


def _is_section(one: Element) -> bool:
    """Tell sections from what a tracked change says that they were."""
    parent = one.parent
    return local(one) == "sectPr" and (parent is None or local(parent) != "sectPrChange")


def _head(package: Package, part: str, paragraph: bytes, lines: tuple[Line, ...]) -> None:
    held = package.read(part)
    if says(held, [line.text for line in lines]):
        return
    root = scanned(held, deepest=0)[0]
    package.change(part, patched(held, [root.prepended(paragraph)]))


def _reference(package: Package, words: str, kind: str, lines: tuple[Line, ...]) -> bytes:
    """Add a head for a kind of pages, and return what refers to it."""
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    whole = head + f'<w:hdr xmlns:w="{words}">'.encode() + _paragraph(words, lines) + b"</w:hdr>"
    name = package.free(posixpath.join(posixpath.dirname(package.main), "header_ai"), ".xml")
    own = package.add(name, whole, _HEADER, to=package.main, kind="header")
    names = f'xmlns:w="{words}" xmlns:r="{package.kinds}"'
    return f'<w:headerReference {names} w:type="{kind}" r:id="{own}"/>'.encode()


def _paragraph(words: str, lines: tuple[Line, ...]) -> bytes:
    """Return all lines as one paragraph, which no style of the document's hides."""
    space = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    head = f'<w:p xmlns:w="{words}"><w:pPr>{space}<w:ind w:left="0" w:firstLine="0"/></w:pPr>'
    runs = [_run(line, SEPARATOR if index else "") for index, line in enumerate(lines)]
    return head.encode() + b"".join(runs) + b"</w:p>"


def _run(line: Line, before: str) -> bytes:
    look = (
        f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}"/><w:b/><w:vanish w:val="0"/>'
        f'<w:color w:val="000000"/><w:sz w:val="{_SIZE}"/><w:szCs w:val="{_SIZE}"/>'
        '<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>'
        f'<w:lang w:val="{line.language}" w:eastAsia="{line.language}"/>'
    )
    text = escaped(before + line.text)
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">'.encode() + text + b"</w:t></w:r>"
