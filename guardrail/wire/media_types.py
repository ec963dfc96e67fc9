"""Content types: what a body says of itself, read strictly (RFC 9110 section 8.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from guardrail.errors import BadInput

KINDS = frozenset({"json", "form", "multipart", "text", "html", "other"})
"""The ways in which bodies are read; ``other`` is what can't be, unless it looks like text."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the grammar's word for a word
_ESSENCE = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*")
_PARAMETER = re.compile(rf';\s*(?:({_TOKEN})=(?:"([^"\\\r\n]*)"|([^\s";,\\]+))\s*)?')

_UTF8 = frozenset({"", "utf-8", "utf8"})
_ASCII_BASED = re.compile(r"(?:us-)?ascii|iso-8859-[0-9]{1,2}|latin1|windows-125[0-8]|koi8-[ru]")
"""Charsets in which ASCII means what it means in UTF-8."""

_KINDS = {
    "application/json": "json",
    "text/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/html": "html",
    "application/xhtml+xml": "html",
}
_JSON_LINES = re.compile(r"application/(?:x-)?(?:ndjson|jsonl|jsonlines)")
_SEEN_OR_HEARD = frozenset({"image", "audio", "video"})
_FILES = re.compile(
    r"font/.*|model/.*|message/.*|application/(?:pdf|zip|gzip|x-(?:tar|gzip|7z-compressed|bzip2)"
    r"|vnd\.(?:openxmlformats|ms-|oasis).*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """A media type with its parameters; type and names in lower case."""

    essence: str = ""
    """As ``text/plain``; empty where a body doesn't say what it is."""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """How it is read: ``json``, ``form``, ``multipart``, ``html``, ``text`` or ``other``.

        Empty where a body doesn't say what it is.
        """
        if not self.essence:
            return ""
        if self.essence.endswith("+json"):
            return "json"
        text = self.essence.startswith("text/") or _JSON_LINES.fullmatch(self.essence)
        return _KINDS.get(self.essence, "text" if text else "other")

    @property
    def medium(self) -> str:
        """What can't be read in it: ``image``, ``audio``, ``video``, ``file``; or nothing."""
        if self.essence.endswith("+xml"):
            return ""
        top = self.essence.partition("/")[0]
        if top in _SEEN_OR_HEARD:
            return top
        return "file" if _FILES.fullmatch(self.essence) else ""

    def is_utf8(self, body: bytes) -> bool:
        """Tell whether a body may be read as UTF-8: it is, or means the same in its charset."""
        charset = self.parameters.get("charset", "").lower()
        return charset in _UTF8 or (_ASCII_BASED.fullmatch(charset) is not None and body.isascii())


def media_type(value: str) -> MediaType:
    """Read a ``Content-Type``; an empty one is a type that says nothing.

    Raises:
        BadInput: ``unsupported_media_type``, where two readers could read it in two ways.
    """
    if not value.strip():
        return MediaType()
    essence = _ESSENCE.match(value)
    at = essence.end() if essence else 0
    parameters: dict[str, str] = {}
    while essence and at < len(value) and (found := _PARAMETER.match(value, at)):
        name, quoted, plain = found.groups()
        said = quoted if plain is None else plain
        if name is not None and parameters.setdefault(name.lower(), said) != said:
            break
        at = found.end()
    if essence is None or at < len(value):
        raise BadInput(
            "the Content-Type can't be read",
            code="unsupported_media_type",
            status=415,
            fix="send one media type with its parameters",
        )
    return MediaType(essence=essence[1].lower(), parameters=parameters)
