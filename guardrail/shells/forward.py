"""What of a message travels on: header fields that pass, that are dropped, and that are ours."""

from __future__ import annotations

from guardrail.facts import Headers
from guardrail.shells.upstream_head import end_to_end

_NOT_UPSTREAM = {
    b"host",
    b"content-length",
    b"content-encoding",
    b"accept-encoding",
    b"expect",
    b"cookie",  # of the caller's session with the service, not with the AI's provider
    b"baggage",  # W3C baggage may carry anything; the AI's provider is a third party
}
_NOT_BACK = frozenset(
    {b"content-length", b"content-encoding", b"transfer-encoding", b"server", b"date"}
)
_OURS = b"guardrail-"
"""Fields between the caller and the guard alone: consent one way, decisions the other."""


def to_upstream(headers: Headers, *, key: str = "") -> Headers:
    """Return the header fields that go to the upstream.

    The body goes on decoded, and the reply is asked for without encoding: it has to be read.
    `key` replaces the caller's ``Authorization``; a caller's ``Connection`` can't name it away.
    """
    kept = [
        (name, value)
        for name, value in end_to_end(headers)
        if not (name in _NOT_UPSTREAM or name.startswith(_OURS))
        and not (key and name == b"authorization")
    ]
    if key:
        kept.append((b"authorization", b"Bearer " + key.encode()))
    kept.append((b"accept-encoding", b"identity"))
    return tuple(kept)


def to_caller(headers: Headers) -> Headers:
    """Return the upstream's header fields that go back; it can't speak in the guard's name."""
    return tuple(
        (name, value)
        for name, value in headers
        if name not in _NOT_BACK and not name.startswith(_OURS)
    )
