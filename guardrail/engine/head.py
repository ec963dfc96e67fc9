"""A request's head: path, query and header fields, in which nothing can be hidden."""

from __future__ import annotations

import re
from base64 import b64decode
from urllib.parse import unquote_plus

from guardrail.detect import TextDetector
from guardrail.errors import BadInput
from guardrail.facts import Finding, Headers, RawRequest

_KEYS = (b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key")
"""Header fields that say who asks."""
_SIGNED = re.compile(rb"\AAWS4-HMAC-SHA256 Credential=([^/, ]+).*", re.DOTALL)
"""A signature, which is another each time, and the key's own id in it."""
_BY_SOUND = frozenset({"PERSON", "TITLE", "USERNAME"})
_BY_SOUND_AT_MOST = 0.8
"""What a name by its sound alone is sure of at most; above it a rule saw one."""
_CREDENTIALS = frozenset(
    {
        *(b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"x-amz-security-token"),
        *(b"x-amz-content-sha256", b"x-amz-date", b"amz-sdk-invocation-id", b"mcp-session-id"),
        *(b"sec-websocket-key", b"traceparent", b"tracestate", b"x-request-id"),
    }
)
"""Header fields that hold random digits, and no text."""
_KEY_IN_QUERY = re.compile(r"(?:(?<=&)|\A)key=(?=[^&]*[A-Za-z])[A-Za-z0-9_.~-]{20,}(?=&|\Z)")
"""The upstream's own credential, as Gemini takes it."""
_ENCODED_FIELD = re.compile(rb"=\?base64\?([A-Za-z0-9+/]*=*)\?=", re.IGNORECASE)
"""A header field's value that isn't of plain letters, as MCP sends a tool's arguments there."""
_BOUNDARY = re.compile(rb"boundary=[^;]*")
"""What divides a form's parts: random letters and digits."""


def expect_plain_head(raw: RawRequest, detector: TextDetector) -> None:
    """Refuse personal data in the head.

    Raises:
        BadInput: there is some.
    """
    fields = (
        _decoded(_BOUNDARY.sub(b"", value) if name == b"content-type" else value)
        for name, value in raw.headers
        if name not in _CREDENTIALS and not name.startswith(b"guardrail-")
    )
    head = "\n".join((raw.path, unquote_plus(_KEY_IN_QUERY.sub("", raw.query)), *fields))
    if any(map(is_sure, detector.find(head))):
        raise BadInput(
            "the address or a header field holds what looks like personal data, which can't "
            "be hidden there",
            code="personal_data_in_head",
            fix="send it in the body, where consent and masking apply",
        )


def caller(raw: RawRequest) -> bytes:
    """Return what tells a caller from others and stays from request to request, as his key does."""
    keys = [_SIGNED.sub(rb"\1", value) for name in _KEYS if (value := raw.header(name))]
    in_query = _KEY_IN_QUERY.findall(raw.query)
    return b"\n".join([*keys, *map(str.encode, in_query)])


def is_sure(finding: Finding) -> bool:
    """Tell whether a finding counts among the words of programs, many of which look like names."""
    return finding.entity not in _BY_SOUND or finding.score > _BY_SOUND_AT_MOST


def _decoded(value: bytes) -> str:
    """Return the text of a header field's value."""
    plain = _ENCODED_FIELD.sub(lambda found: _from_base64(found[1]), value)
    return plain.decode("latin-1" if plain == value else "utf-8", "replace")


def _from_base64(value: bytes) -> bytes:
    data = value.rstrip(b"=")
    return b64decode(data[: len(data) - (len(data) % 4 == 1)] + b"==")


def content_type(headers: Headers) -> str:
    """Return what a body says it is; two who say different things say nothing that can be read."""
    said = dict.fromkeys(value for name, value in headers if name == b"content-type")
    return b", ".join(said).decode("latin-1")
