"""The text of a request to the upstream: its address, its target, its header section. Pure.

Everything that would let one message look like two, or one path like another, is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from guardrail.errors import BadInput, ConfigError
from guardrail.facts import Headers

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
"""Fields of one connection only (RFC 9110 section 7.6.1); all ``proxy-…`` fields join them."""

_NOT_COPIED = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
_PLAIN_CONNECTION = frozenset({b"keep-alive", b"close"})
_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TARGET = re.compile(r"/[!-\"$-~]*")
# A path that an upstream may simplify to another path would be matched here as the one and
# answered there as the other: the guard would have examined the wrong operation.
_TWO_WAYS = re.compile(r"//|\\|(?:/|%2f|%5c)(?:\.|%2e){1,2}(?:/|%2f|%5c|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the upstream is: one scheme, host and port, and the path its API starts at."""

    tls: bool
    host: str
    """Host name in its ASCII form, or an address; no brackets."""
    port: int
    path: str
    """Path prefix without a slash at its end, or an empty string."""
    authority: str
    """The Host field's value (RFC 9112 section 3.2): the port only where it isn't the default."""


def read_origin(url: str) -> Origin:
    """Read an upstream's address; ConfigError where it isn't one."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _bad_url("it can't be read") from None
    if parts.scheme not in {"http", "https"}:
        raise _bad_url("it must start with http:// or https://")
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise _bad_url("it must be a host, a port and a path, without user, query or fragment")
    path = parts.path.rstrip("/")
    if path and (not _TARGET.fullmatch(path) or _TWO_WAYS.search(path)):
        raise _bad_url("its path holds empty or dot segments, spaces or control characters")
    tls = parts.scheme == "https"
    usual = 443 if tls else 80
    name = f"[{host}]" if ":" in host else host
    authority = name if port in {None, usual} else f"{name}:{port}"
    return Origin(tls=tls, host=host, port=port or usual, path=path, authority=authority)


def _bad_url(why: str) -> ConfigError:
    return ConfigError(
        f"The upstream's URL can't be used: {why}.",
        fix="Give it as http://127.0.0.1:11434 or https://api.example.org/v1.",
    )


def join_path(prefix: str, target: str) -> str:
    """Join an upstream's path prefix and a request's target.

    A prefix that ends in the target's first segment overlaps with it, so that both
    ``https://host`` and ``https://host/v1`` serve a caller who asks for ``/v1/models``.

    Raises:
        BadInput: `target` isn't a plain path (RFC 9112 section 3.2.1), or its path has two
            readings (empty segments, dot segments, backslashes).
    """
    path = target.partition("?")[0]
    if not _TARGET.fullmatch(target) or _TWO_WAYS.search(path):
        raise BadInput(
            "The request's path can't be forwarded: it must be one plain path.",
            code="bad_target",
            fix="Send it without empty or dot segments, spaces, backslashes or control characters.",
        )
    if prefix:
        first = "/" + path[1:].partition("/")[0]
        if prefix.endswith(first) and first != "/":
            return prefix[: -len(first)] + target
    return prefix + target


def end_to_end(headers: Headers) -> Headers:
    """Return the fields that may travel beyond one connection, in their order.

    RFC 9110 section 7.6.1: without Connection, the fields it names, and those known to belong to
    one connection.
    """
    return tuple(_kept(headers, HOP_BY_HOP))


def _kept(headers: Headers, dropped: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    for name, value in headers:
        if name == b"connection" and value not in _PLAIN_CONNECTION:
            dropped = dropped.union(token.strip().lower() for token in value.split(b","))
    return [field for field in headers if field[0] not in dropped and field[0][:6] != b"proxy-"]


def request_head(method: str, target: str, authority: str, headers: Headers, length: int) -> bytes:
    """Write a request's head, ready to be sent.

    Host and Content-Length are ours. Expect is dropped: the body is here already.

    Raises:
        BadInput: the method isn't one to forward, or a field would end its line.
    """
    if not method or method == "CONNECT" or _strange(method.encode("utf-8")):
        raise BadInput("This method can't be forwarded.", code="bad_method", status=405)
    fields = _kept(headers, _NOT_COPIED)
    # One look at all of them is as sure as one at each, and many times cheaper.
    names = [name for name, _ in fields]
    block = b"\r\n".join(map(b": ".join, fields))
    breaks = max(len(fields) - 1, 0)
    broken = block.count(b"\n") != breaks or block.count(b"\r") != breaks or b"\0" in block
    if broken or not all(names) or _strange(b"".join(names)):
        raise BadInput(
            "A header field can't be forwarded: its name or value holds forbidden characters.",
            code="bad_header",
            fix="Send header fields without line breaks or NUL.",
        )
    # A body's length is told even where it is 0, but not by methods that have none of their own
    # (RFC 9110 section 8.6).
    told = length or method not in {"GET", "HEAD", "OPTIONS"}
    size = f"content-length: {length}\r\n" if told else ""
    start = f"{method} {target} HTTP/1.1\r\nhost: {authority}\r\n{size}"
    return b"%b%b%b" % (start.encode("ascii"), block, b"\r\n\r\n" if fields else b"\r\n")


def _strange(name: bytes) -> bool:
    """True where `name` holds what no token may (RFC 9110 section 5.6.2)."""
    return bool(name.translate(None, _TOKEN))
