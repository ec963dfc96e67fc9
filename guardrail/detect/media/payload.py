"""Media in strings: base64 in all its spellings, data URLs, and the way back.

Whoever reads these strings in the end is lenient: both alphabets of RFC 4648, with and without
padding, in lines, percent-encoded. So is this. But what two readers would read as two things, as
where both alphabets are mixed or something follows the padding, is no base64 here.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from guardrail.detect.media.budget import Budget, Uninspectable

_DATA_URL = re.compile(r"\s*data:([^,;]{0,128})((?:;[^,;]{0,128}){0,8}),", re.IGNORECASE)
"""RFC 2397: media type, parameters."""
_BASE64 = re.compile(r";\s*base64\s*(?:;|\Z)", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")
_TO_URL_SAFE = str.maketrans("+/", "-_")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
_FIRST_LINE = re.compile(r"\s*+(\S++)(\s*?[\r\n]\s*+)\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A medium's bytes, and what they are said to be."""

    data: bytes
    declared: str = ""
    """A media type, as ``image/png``; empty where nothing is said."""


def payload(held: bytes | str, budget: Budget) -> Payload:
    """Return the bytes that a medium's string stands for.

    Raises:
        Uninspectable: ``too_large``, or ``not_base64`` where it stands for none.
    """
    if isinstance(held, bytes):
        return _within(Payload(data=held), budget)
    if len(held) > budget.encoded_bytes * 4 + 4096:
        # Base64 takes four characters for three bytes, percent-encoding three for one.
        raise Uninspectable("too_large")
    url = _DATA_URL.match(held)
    if url is None:
        return _within(Payload(data=from_base64(held)), budget)
    rest = held[url.end() :]
    data = from_base64(rest) if _BASE64.search(url[2]) else _unquoted(rest)
    return _within(Payload(data=data, declared=url[1].strip().lower()), budget)


def from_base64(text: str) -> bytes:
    """Return what base64 stands for, however it is spelt.

    Raises:
        Uninspectable: ``not_base64``.
    """
    if "%" in text:
        text = _unquoted(text).decode("latin-1")
    padding = text.find("=")
    if (padding >= 0 and text[padding:].strip("= \t\r\n")) or is_mixed(text):
        raise Uninspectable("not_base64")
    plain = _NO_BASE64.sub("", text.translate(_URL_SAFE))
    if not plain or len(plain) * 2 < len(text):
        raise Uninspectable("not_base64")
    # A last character alone holds no byte.
    plain = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
    return b64decode(plain + "=" * (-len(plain) % 4))


def is_mixed(text: str) -> bool:
    """Tell whether a text has characters of both alphabets, which no encoder writes."""
    return ("-" in text or "_" in text) and ("+" in text or "/" in text)


def respelt(held: bytes | str, data: bytes) -> str:
    """Return a string that stands for `data` in the way that `held` stood for what it held.

    Bytes come back as Latin-1 characters, as `guardrail.wire` takes them.
    """
    if isinstance(held, bytes):
        return data.decode("latin-1")
    url = _DATA_URL.match(held)
    if url is None:
        return spelt_as(held, data)
    head, rest = held[: url.end()], held[url.end() :]
    if not _BASE64.search(url[2]):
        return f"{head[:-1]};base64,{b64encode(data).decode()}"
    return head + spelt_as(rest, data)


def spelt_as(model: str, data: bytes) -> str:
    """Return base64 of `data` in the alphabet, padding, lines and escapes of other base64."""
    plain = _unquoted(model).decode("latin-1") if "%" in model else model
    spelt = b64encode(data).decode()
    if "-" in plain or "_" in plain:
        spelt = spelt.translate(_TO_URL_SAFE)
    if _is_unpadded(plain):
        spelt = spelt.rstrip("=")
    spelt = _in_lines(plain, spelt)
    return quote(spelt, safe="/" if "/" in model else "") if "%" in model else spelt


def _is_unpadded(plain: str) -> bool:
    # Without padding, what needs none says nothing of the habit: it stays then.
    return "=" not in plain and len(_NO_BASE64.sub("", plain.translate(_URL_SAFE))) % 4 != 0


def _in_lines(plain: str, spelt: str) -> str:
    first = _FIRST_LINE.match(plain)
    if first is None:
        return spelt
    width, between = len(first[1]), first[2]
    lines = [spelt[at : at + width] for at in range(0, len(spelt), width)]
    return between.join(lines) + (between if plain[-1] in "\r\n" else "")


def _unquoted(text: str) -> bytes:
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass"))


def _within(one: Payload, budget: Budget) -> Payload:
    if len(one.data) > budget.encoded_bytes:
        raise Uninspectable("too_large")
    return one
