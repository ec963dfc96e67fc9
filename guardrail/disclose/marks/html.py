"""HTML: ``meta``, ``link`` and JSON-LD in the head, and attributes on the body (W3C CG draft).

Pages are looked at tag by tag and patched by bytes; comments, scripts and texts aren't taken for
tags. All that is put in is ASCII, so it is right in any encoding that browsers guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import NamedTuple

import orjson

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Opened, Unmarkable
from guardrail.disclose.marks.octets import Edit, patched
from guardrail.disclose.marks.terms import level_of, level_of_schema_org, schema_org
from guardrail.disclose.marks.trees import escaped

_MOST_TAGS = 1_000
_MOST_IN_BODY = 4
"""Tags that are looked at: marks stand in the head, and on the first elements."""
_MOST_ATTRIBUTES = 256
_LONGEST = 128
_LONGEST_DATA = 65_536

_TAG = re.compile(
    rb"<(?:(!--|!\[CDATA\[)|([a-zA-Z!?][^\s/>]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)(>?))"
)
"""What opens a comment; or name, attributes and end of a tag. It never looks back."""
_ENDS = {b"!--": b"-->", b"![CDATA[": b"]]>"}
_ATTRIBUTE = re.compile(rb"([^\s\"'>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?")
_RAW = {
    name: re.compile(rb"</" + name + rb"[\s/>]", re.IGNORECASE)
    for name in (b"script", b"style", b"textarea", b"title", b"xmp", b"noscript", b"template")
}
_WORDS = (b"ai-disclosure", b"c2pa", b"digitalsourcetype")
_TYPES_IN = re.compile(rb'"digitalSourceType"\s*+:\s*+"([^"\\]{1,200})"')
_MARKING = frozenset({b"meta", b"link", b"script"})
_OF_HEADS = frozenset({*_RAW, *_MARKING, b"base", b"head", b"html", b"!doctype"})
_UNSEEN = frozenset({*_RAW, b"meta", b"link", b"head"})
_OF_DOCUMENTS = frozenset({b"html", b"head", b"body", b"!doctype"})


class _Tag(NamedTuple):
    name: bytes
    start: int
    end: int
    rest: bytes
    """What stands behind its name."""
    raw: bytes = b""
    """What an element holds that isn't markup, as scripts do."""

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by their names in lower case; of two of one name, the first."""
        found: dict[str, str] = {}
        if not self.rest:
            return found
        for match in islice(_ATTRIBUTE.finditer(self.rest), _MOST_ATTRIBUTES):
            value = match[2] or match[3] or match[4] or b""
            key = match[1].decode("utf-8", "replace").lower()
            found.setdefault(key, unescape(value.decode("utf-8", "replace")))
        return found


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in a page's head and on its first elements.

    Raises:
        Unmarkable: ``not_ascii_based``: UTF-16 can't be read by bytes.
    """
    _check(data)
    lowered = data.lower()
    # Most pages hold none of these words, and needn't be looked at tag by tag.
    if any(word in lowered for word in _WORDS):
        for tag in _tags(data):
            yield from _of_tag(tag)


def opened(data: bytes, *, is_utf8: bool = False) -> Opened:  # noqa: ARG001 - any encoding does
    """Return a page, or a piece of one, about to be marked.

    Raises:
        Unmarkable: as `read`.
    """
    _check(data)
    tags = list(_tags(data))
    held = [found for tag in tags if _may_be_mark(tag) for found in _of_tag(tag)]

    def write(claim: Claim) -> bytes:
        return _written(data, tags, held, claim)

    return Opened(held, write, _says_ai)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the page, or piece of one, with the label.

    Raises:
        Unmarkable: as `read`; ``no_element``: there is none to mark.
    """
    return opened(data).write(claim)


def _says_ai(data: bytes, claim: Claim) -> bool:  # noqa: ARG001 - that of any medium
    # What stands there was put between tags that were read, in words that are: nobody has to look.
    return True


def _written(data: bytes, tags: list[_Tag], held: list[Found], claim: Claim) -> bytes:
    first: dict[bytes, _Tag] = {}
    for tag in tags:
        first.setdefault(tag.name, tag)
    edits = [] if _declares(held, "html:ai-disclosure") else [_on_element(first, claim)]
    head = _head(held, claim, is_page=not _OF_DOCUMENTS.isdisjoint(first))
    if head:
        at = _place(tags, first)
        edits.append((at, at, head))
    return patched(data, _joined(edits)) if edits else data


def body_begins(data: bytes) -> int | None:
    """Return where a page's own content begins: behind ``<body …>``; None where there is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        return None
    return next((tag.end for tag in _tags(data) if tag.name == b"body"), None)


def _may_be_mark(tag: _Tag) -> bool:
    return tag.name in _MARKING or (tag.rest != b"" and b"ai-disclosure" in tag.rest.lower())


def _of_tag(tag: _Tag) -> Iterator[Found]:
    if not _may_be_mark(tag):
        return
    said = tag.attributes
    if tag.name == b"meta" and said.get("name", "").lower() == "ai-disclosure":
        yield _declared("html:meta", said.get("content", ""), said)
    elif "ai-disclosure" in said:
        yield _declared("html:ai-disclosure", said["ai-disclosure"], said)
    if tag.name == b"link" and "c2pa-manifest" in said.get("rel", "").lower().split():
        yield Found(
            layer=Layer.SIGNED, technique="c2pa:link", stated=said.get("href", "")[:_LONGEST]
        )
    if tag.name != b"script":
        return
    kind = said.get("type", "").partition(";")[0].strip().lower()
    if kind in {"application/c2pa", "application/x-c2pa-manifest-store"}:
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    elif kind == "application/ld+json":
        yield from _linked(tag.raw)


def _declared(technique: str, stated: str, said: dict[str, str]) -> Found:
    level = stated.strip().lower()
    return Found(
        layer=Layer.METADATA,
        technique=technique,
        valid=level in MARKS or (technique == "html:meta" and level == "mixed"),
        level=level if level in MARKS else "",
        producer=said.get("ai-provider", "")[:_LONGEST],
        model=said.get("ai-model", "")[:_LONGEST],
        stated=stated[:_LONGEST],
    )


def _linked(raw: bytes) -> Iterator[Found]:
    for match in _TYPES_IN.finditer(raw[:_LONGEST_DATA]):
        stated = match[1].decode("utf-8", "replace")
        level = level_of_schema_org(stated) or level_of(stated)
        yield Found(
            layer=Layer.METADATA,
            technique="schema.org:digitalSourceType",
            valid=stated.startswith("https://schema.org/") and bool(level),
            level=level,
            stated=stated[:_LONGEST],
        )


def _declares(held: list[Found], technique: str) -> bool:
    # Most pages hold nothing.
    return bool(held) and any(
        one.technique == technique and one.level.startswith("ai-") for one in held
    )


def _head(held: list[Found], claim: Claim, *, is_page: bool) -> bytes:
    """Return what stands in the head; of pieces of pages, only what may stand anywhere."""
    pieces = []
    known = {one.technique for one in held}
    if is_page and "html:meta" not in known:
        pieces.append(b'<meta name="ai-disclosure" content="%b">' % escaped(claim.label.level))
    if is_page and claim.manifest and "c2pa:link" not in known:
        link = b'<link rel="c2pa-manifest" type="application/c2pa" href="%b">'
        pieces.append(link % escaped(claim.manifest))
    if not _declares(held, "schema.org:digitalSourceType"):
        pieces.append(_linked_data("WebPage" if is_page else "CreativeWork", claim.source_type))
    return b"".join(pieces)


@lru_cache(maxsize=16)  # there are as many as source types
def _linked_data(of: str, source_type: str) -> bytes:
    linked = {
        "@context": "https://schema.org",
        "@type": of,
        "digitalSourceType": schema_org(source_type),
    }
    return b'<script type="application/ld+json">%b</script>' % orjson.dumps(linked)


def _place(tags: list[_Tag], first: dict[bytes, _Tag]) -> int:
    """Return where the head's own stands: in it, or where browsers would begin one.

    What states the encoding stays within the 1,024 bytes in which browsers look for it.
    """
    if b"meta" in first:
        for tag in tags:
            if tag.name == b"meta" and {"charset", "http-equiv"} & tag.attributes.keys():
                return tag.end
    chosen = first.get(b"head") or first.get(b"html") or first.get(b"!doctype")
    return chosen.end if chosen else tags[0].start


def _on_element(first: dict[bytes, _Tag], claim: Claim) -> Edit:
    """Return the edit that puts attributes on the body, or on the first element there is."""
    chosen = first.get(b"body") or first.get(b"html") or _seen(first)
    if chosen is None:
        raise Unmarkable("no_element")
    at = chosen.start + 1 + len(chosen.name)
    label = claim.label
    said = _attributes(label.level, label.model, label.provider)
    held = chosen.attributes
    return at, at, b"".join([written for key, written in said.items() if key not in held])


def _seen(first: dict[bytes, _Tag]) -> _Tag | None:
    """Return the first element that people see."""
    others = (tag for name, tag in first.items() if name not in _UNSEEN and name[:1].isalpha())
    return next(others, None)


@lru_cache(maxsize=256)  # a few models make nearly all pages; names are bounded
def _attributes(level: str, model: str, provider: str) -> dict[str, bytes]:
    """Return what stands on an element, each attribute by its name."""
    said = {"ai-disclosure": level, "ai-model": model, "ai-provider": provider}
    return {
        key: b' %b="%b"' % (key.encode(), escaped(value)) for key, value in said.items() if value
    }


def _joined(edits: list[Edit]) -> list[Edit]:
    return [edit for edit in edits if edit[2]]


def _check(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        raise Unmarkable("not_ascii_based")


def _tags(data: bytes) -> Iterator[_Tag]:
    at = in_body = 0
    for _ in range(_MOST_TAGS):
        # What is far away is found sooner like this than by the pattern.
        at = data.find(b"<", at) if in_body <= _MOST_IN_BODY else -1
        match = _TAG.search(data, at) if at >= 0 else None
        if match is None:
            return
        comment, name, rest, end = match.groups()
        start, at = match.span()
        if comment:
            at = data.find(_ENDS[comment], at)
            if at < 0:
                return
            continue
        if not end:
            return  # browsers drop a tag without an end, and so all that follows
        name = name.lower()
        in_body += name not in _OF_HEADS
        behind, raw = at, b""
        if name in _RAW:
            closing = _RAW[name].search(data, at)
            at = closing.start() if closing else len(data)
            raw = data[behind:at]
        yield _Tag(name, start, behind, rest, raw)
