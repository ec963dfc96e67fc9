"""Items of HTTP structured fields (RFC 9651), written and read: strings, tokens, dates.

Whatever a text holds, what is written is printable ASCII: no name of a model can end a header
line or begin another.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

_MAX_FIELD = 16_384
"""Characters of a field that are read: no server takes longer header lines."""

# All printable ASCII but the percent sign, by which other characters are spelled.
_PLAIN = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
_AS_IT_IS = re.compile(r"[ !#$&-\[\]-~]*")
_CODED = re.compile(r"(?:[^ -~]|[%\"])+")
_ESCAPED = re.compile(r'(["\\])')

_MEMBER = re.compile(
    r"[ \t]*+([A-Za-z*][A-Za-z0-9_.*-]*+)"
    r'(?:[ \t]*+=[ \t]*+("(?:[^"\\]|\\.)*+"|%"[^"]*+"|[^;,"]*+))?[ \t]*+(?:[;,]|\Z)'
)


def string(text: str) -> str:
    """Return `text` as an sf-string (3.3.3).

    Strings are ASCII only, and readers of RFC 8941 drop a whole field over a display string: other
    characters, and the percent sign itself, are percent-encoded UTF-8.
    """
    if _AS_IT_IS.fullmatch(text):
        return f'"{text}"'
    ascii_only = quote(text, safe=_PLAIN, errors="replace")
    return '"' + _ESCAPED.sub(r"\\\1", ascii_only) + '"'


def binary(octets: bytes) -> str:
    """Return `octets` as a byte sequence (3.3.5): base64 between colons."""
    return f":{base64.b64encode(octets).decode()}:"


@lru_cache(maxsize=256)
def display(text: str) -> str:
    """Return `text` as an RFC 9651 Display String (3.3.8, 4.1.11): ``%"…"``, lower-case hex.

    Notices are few and leave with every reply: the last ones are remembered as they are spelt.
    """
    return '%"' + _CODED.sub(_spelled, text) + '"'


def dictionary(members: Mapping[str, str], separator: str) -> bytes:
    """Return ``key=value`` pairs in their order; values are written items already."""
    return separator.join([f"{key}={value}" for key, value in members.items()]).encode("ascii")


def members(field: bytes) -> dict[str, str]:
    """Return a field's keys, in lower case, and values as texts, members and parameters alike.

    The AI-Disclosure draft names a dictionary (commas) and shows parameters (semicolons), so both
    are read the same way. Reading ends at the first thing that is neither.
    """
    text = field[:_MAX_FIELD].decode("latin-1")
    found: dict[str, str] = {}
    at = 0
    while match := _MEMBER.match(text, at):
        found[match[1].lower()] = _value(match[2])
        at = match.end()
    return found


def octets(value: str) -> bytes:
    """Return what a byte sequence holds, as `members` returned it; nothing where it is none."""
    inside = value[1:-1] if len(value) > 1 and value[0] == value[-1] == ":" else ""
    try:
        return base64.b64decode(inside, validate=True)
    except ValueError:
        return b""


def _spelled(match: re.Match[str]) -> str:
    return "%" + match[0].encode("utf-8", "replace").hex("%")


def _value(item: str | None) -> str:
    if item is None:
        return "?1"
    if item.startswith('%"'):
        return unquote(item[2:-1], errors="replace")
    if item.startswith('"'):
        return unquote(re.sub(r"\\(.)", r"\1", item[1:-1]), errors="replace")
    return item.strip(" \t")
