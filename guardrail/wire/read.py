"""From a parsed document to segments: what each leaf is, and that none is passed over in silence.

A string that no rule covers is still a segment. So is an inert one that doesn't look like an id or
an enum, and the name of a member that isn't a plain identifier. A number of seven digits or more is
a segment too: its place leads to a number, and an edit puts a string there.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from guardrail.errors import BadInput
from guardrail.facts import Author, Kind, Opaque, Segment
from guardrail.wire.codecs import CODECS
from guardrail.wire.limits import Limits
from guardrail.wire.places import NUMBERISH, place_text
from guardrail.wire.shape import Rule, State, Verdict
from guardrail.wire.walk import Leaf, Speakers, is_long, leaves

_INERT = re.compile(r"(?=.{0,256}\Z)(?:[A-Za-z_.:/+=-]++|[0-9]{1,6}+(?![0-9]))*+\Z")
"""What an id or an enum looks like. Longer, freer, or with a number that could be a person's: it is
text."""

_DATA_URL = re.compile(r"data:([a-z]*)[^,]{0,256},", re.IGNORECASE)
"""RFC 2397; the group is the top-level media type."""

_BASE64_URL = re.compile(r"data:[^,]{0,256};base64,", re.IGNORECASE)
"""One whose data is base64; any other's is text, percent-encoded."""

_ENCODED = re.compile(r"[A-Za-z0-9+/_\r\n-]{1024,}+={0,2}\Z")
"""Longer than 1 KiB and of the base64 alphabets only (RFC 4648): no prose looks so."""

_SEALED = re.compile(r"[A-Za-z0-9+/_-]*+={0,2}\Z")
"""Base64, by either alphabet."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_\r\n-]*+[=\r\n]*+\Z")
"""The same in lines."""

_MEDIA = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"%PDF", b"OggS", b"ID3", b"PK\x03\x04",
          b"\x1aE\xdf\xa3", b"BM", b"II*\0", b"MM\0*", b"fLaC", b"\0\0\0")  # fmt: skip
"""How the files of media begin."""

_DATE = re.compile(r"(?<![0-9])20[0-9]{2}(-?)[01][0-9]\1[0-3][0-9](?![0-9])")
"""As in the names of models."""

_MOMENT = re.compile(
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ](?:[0-9]{2}:){2}[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
"""A time of RFC 3339: its digits are many, but none of them a person's."""

_UUID = re.compile(
    r"(?=[0-9]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-"
    r"(?=[0-9]*[a-f])[0-9a-f]{12}\Z",
    re.IGNORECASE,
)
"""RFC 9562. Its longest groups could hold a number of a person's: one of digits alone is text."""

_HEX = re.compile(r"(?!.*[0-9]{12})(?:[A-Za-z]{1,16}[_-]){0,3}[0-9a-f]{32,128}\Z")
"""An id of random bytes, as ``resp_67ccd2be…``. By chance some look as if they held a phone; twelve
digits on end are text, as an IIN has them."""

_LAST_SECOND = 2_200_000_000
"""Unix time in 2039. Ten-digit phones begin higher; what lies between seconds and milliseconds has
the eleven or twelve digits of phones and IINs."""

_WHOLE = 1e15
"""Below it a float tells all whole numbers apart."""

# Bound once: looking a member up in its enum costs as much as the test itself.
_ASSISTANT, _OTHER = Author.ASSISTANT, Kind.OTHER
_TEXT, _INERT_PLACE, _SEALED_PLACE = Verdict.TEXT, Verdict.INERT, Verdict.SEALED

_INLINE = frozenset({"data_url", "encoded"})
"""How a medium can stand in a string."""

_ANYTHING = State()
"""Leads nowhere else, whatever the name."""
_NOBODY = Speakers()


@dataclass(slots=True, kw_only=True)
class Found:
    """What one document holds."""

    segments: list[Segment] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    rules: list[Rule | None] = field(default_factory=list)
    """The rule behind each segment; None where no rule covers it."""
    documents: list[Segment] = field(default_factory=list)
    """The JSON documents in strings that are a tool's arguments, as they are spelt."""
    answered: bool = False
    """True where the assistant has told a person something in it: to call a tool is no answer."""


def read_tree(tree: object, shape: State, speakers: Speakers, limits: Limits) -> Found:
    """Return all that a parsed document holds, in its order.

    Raises:
        BadInput: ``string_too_long``, or what a codec raises for a document in a string.
    """
    found = Found()
    for leaf in leaves(tree, shape, speakers):
        rule, _, value, author, key = leaf
        if author is _ASSISTANT and not found.answered:
            found.answered = _is_said(rule, value, key=key)
        if rule is None:
            _take_uncovered(found, leaf)
        elif rule.verdict is _INERT_PLACE:
            if not (_is_inert(value) or (rule.numbers and not isinstance(value, str))):
                _take_uncovered(found, leaf)
        elif key:
            _take_uncovered(found, leaf)
        elif rule.verdict is _SEALED_PLACE:
            if not _is_sealed(value):
                _take_uncovered(found, leaf)
        elif rule.verdict is _TEXT:
            _take_text(found, rule, leaf, limits)
        else:
            _take_opaque(found, rule, leaf)
    _check_lengths(found.segments, limits)
    return found


def _is_said(rule: Rule | None, value: object, *, key: bool) -> bool:
    """Tell whether what stands in a message of the assistant's was told to a person.

    Media are; of what is inert, what stands for an answer kept elsewhere: its rule says so by
    naming the assistant as its author.
    """
    if rule is None or key or not value:
        return False
    if rule.verdict is _TEXT:
        kind = rule.kinds.get(_ASSISTANT, rule.kind) if rule.kinds else rule.kind
        return kind is Kind.TEXT and rule.author in (None, _ASSISTANT) and rule.codec == ""
    return rule.verdict is Verdict.OPAQUE or rule.author is _ASSISTANT


def number_text(raw: str) -> str | None:
    """Return the text that a number's token is examined as; None where it is too short to be."""
    value = orjson.loads(raw)
    return scalar_text(value) if is_long(value) else None


def scalar_text(value: object) -> str:
    """Return the text of a string or number, as a segment holds it.

    A whole number is one however it is spelt: ``880101300123.0`` and ``8.80101300123e11`` too.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    return value if isinstance(value, str) else repr(value)


def _is_inert(value: object) -> bool:
    if isinstance(value, str):
        if _MOMENT.match(value) or _UUID.match(value):
            return True
        undated = _DATE.sub("", value) if "20" in value else value
        if _INERT.match(undated) is not None and not NUMBERISH.search(undated):
            return True
        return _HEX.match(value) is not None
    # Times in seconds or milliseconds; no identifier of a person has so few digits or so many.
    return isinstance(value, int) and (
        abs(value) < _LAST_SECOND or 10**12 <= value < _LAST_SECOND * 1_000
    )


def _is_sealed(value: object) -> bool:
    """Tell whether a value is base64 of what is neither text nor a medium."""
    if not isinstance(value, str) or not _SEALED.match(value):
        return False
    plain = value.rstrip("=").replace("-", "+").replace("_", "/")
    whole = plain[: len(plain) // 4 * 4]
    data = b64decode(whole)
    try:
        data.decode()
    except UnicodeDecodeError:
        return not data.startswith(_MEDIA)
    return not data


def _take_text(found: Found, rule: Rule, leaf: Leaf, limits: Limits) -> None:
    _, place, value, _, _ = leaf
    if isinstance(value, list):
        found.opaque.append(Opaque(place=place, medium="tokens", reason="unread"))
        return
    text = scalar_text(value)
    if rule.medium and (_DATA_URL.match(text) or _ENCODED.match(text)):
        _take_opaque(found, rule, leaf)
        return
    tree = None
    if rule.codec and isinstance(value, str):
        tree = CODECS[rule.codec](value, limits)
    _take_inner(found, rule, leaf, tree)


def _take_inner(found: Found, rule: Rule, leaf: Leaf, tree: object) -> None:
    _, place, value, speaker, _ = leaf
    author = speaker if rule.author is None else rule.author
    kind = rule.kinds.get(author, rule.kind) if rule.kinds else rule.kind
    if tree is None:
        text = scalar_text(value)
        found.segments.append(Segment(place=place, text=text, author=author, kind=kind))
        found.rules.append(rule)
        return
    if kind is Kind.TOOL_ARGUMENTS:
        whole = Segment(place=place, text=scalar_text(value), author=author, kind=kind)
        found.documents.append(whole)
    for _, inside, inner, _, key in leaves(tree, _ANYTHING, _NOBODY):
        found.segments.append(
            Segment(
                place=place,
                text=scalar_text(inner),
                author=author,
                kind=kind,
                inside=inside,
                key=key,
            )
        )
        found.rules.append(rule)


def _take_uncovered(found: Found, leaf: Leaf) -> None:
    _, place, value, _, key = leaf
    text = scalar_text(value)
    if not key:
        data_url = _DATA_URL.match(text)
        if data_url:
            medium = data_url[1].lower() or "text"
            found.opaque.append(Opaque(place=place, medium=medium, reason="data_url", data=text))
            if _BASE64_URL.match(text):
                return
        elif _ENCODED.match(text):
            found.opaque.append(Opaque(place=place, medium="unknown", reason="encoded", data=text))
    found.segments.append(Segment(place=place, text=text, kind=_OTHER, key=key))
    found.rules.append(None)


def _take_opaque(found: Found, rule: Rule, leaf: Leaf) -> None:
    """Note the medium; what stands for it as readable text (an address, an id) is read as well."""
    _, place, value, _, _ = leaf
    reason = _why_opaque(value)
    if rule.base64 and reason == "reference":
        if not _BASE64.match(scalar_text(value)):
            _take_inner(found, rule, leaf, None)
            return
        reason = "encoded"
    if reason:
        data = scalar_text(value) if reason in _INLINE else b""
        found.opaque.append(Opaque(place=place, medium=rule.medium, reason=reason, data=data))
    if isinstance(value, (dict, list)) or reason == "encoded":
        return
    text = scalar_text(value)
    if reason != "data_url" or not _BASE64_URL.match(text):
        found.segments.append(Segment(place=place, text=text, kind=_OTHER))
        found.rules.append(None)


def _why_opaque(value: object) -> str:
    if isinstance(value, Mapping):
        return "unread" if any(value.values()) else ""
    if isinstance(value, list):
        return "unread" if value else ""
    text = scalar_text(value)
    if text[:5].lower() == "data:":
        return "data_url"
    if _ENCODED.match(text):
        return "encoded"
    return "reference" if text else ""


def _check_lengths(segments: list[Segment], limits: Limits) -> None:
    for segment in segments:
        if len(segment.text) > limits.string_chars:
            raise BadInput(
                f"a text is longer than {limits.string_chars} characters",
                code="string_too_long",
                fix=f"shorten {place_text(segment.place)}",
            )
