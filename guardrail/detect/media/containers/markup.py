"""SVG, HTML and other markup: never drawn, only read for the media that stand in it.

Entities and document types of one's own are refused in XML (CVE-2003-1564 and its like).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import FAILURES, Part, Room
from guardrail.detect.media.hidden import hidden_in
from guardrail.detect.media.payload import payload

_LONGEST = 8 << 20
"""Bytes of markup: parsing takes time, and pages that people write are shorter."""
_DEPTH = 256
_DATA_URL = re.compile(
    r"data:[^,\"'()<>\s]{0,256},(?:[A-Za-z0-9+/=_%!$*.:;@~&?#-]|\s{1,64}+(?=[A-Za-z0-9+/=]))++",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"<\s*script|\son[a-z]{3,24}\s*=|javascript:", re.IGNORECASE)
_FOREIGN = re.compile(r"<\s*(?:[a-z]+:)?foreignObject|<\s*(?:iframe|object|embed)\b", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:\b(?:src|data|poster|href|srcset)\s*=\s*[\"']?|url\(\s*[\"']?|@import\s+[\"'])"
    r"\s*(?:https?:|ftp:|file:|//)",
    re.IGNORECASE,
)


def parts(data: bytes, mime: str, budget: Budget) -> Iterator[Part]:
    """Yield the media that stand in markup as ``data:`` addresses, or in XML as base64.

    Raises:
        Uninspectable: ``too_many_bytes``, ``too_many_parts``, ``too_many_unpacked_bytes``,
            ``entities`` (XML that defines its own), ``broken`` (XML that isn't well-formed),
            ``not_text``.
    """
    room = Room(data, budget)
    text = unescape(_text(data))
    if mime != "text/html":
        _check(data)
    number = 0
    for found in _DATA_URL.finditer(text):
        number += 1
        try:
            content = payload(found[0], budget).data
        except Uninspectable as error:
            if error.reason == "not_base64":
                continue
            raise
        room.unpack(len(content), len(content))
        yield room.part(f"entry {number}", content)
    rest = _DATA_URL.sub(" ", text)
    for hidden in hidden_in(rest):
        number += 1
        room.unpack(len(hidden.data), len(hidden.data))
        yield room.part(f"entry {number}", hidden.data)


def flags(data: bytes) -> tuple[str, ...]:
    """Return what is odd about markup: ``script``, ``foreign_object``, ``external_reference``.

    Raises:
        Uninspectable: ``too_many_bytes`` or ``not_text``.
    """
    text = unescape(_text(data))
    marks = (("script", _ACTIVE), ("foreign_object", _FOREIGN), ("external_reference", _AWAY))
    return tuple(name for name, pattern in marks if pattern.search(text))


def _text(data: bytes) -> str:
    if len(data) > _LONGEST:
        raise Uninspectable("too_many_bytes")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise Uninspectable("not_text")
    return data.decode("utf-8-sig", "replace")


class _Depth:
    """Counts how deep elements stand in each other, and builds nothing."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - the port
        self._depth += 1
        if self._depth > _DEPTH:
            raise Uninspectable("too_deep")

    def end(self, tag: str) -> None:  # noqa: ARG002 - the port
        self._depth -= 1

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def _check(data: bytes) -> None:
    """See that XML is well-formed and defines no entities; a bare DOCTYPE is usual in SVG."""
    parser = DefusedXMLParser(target=_Depth(), forbid_dtd=False)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise Uninspectable("entities") from error
    except (ParseError, *FAILURES) as error:
        raise Uninspectable("broken") from error
