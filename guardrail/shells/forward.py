"""What of a message travels on: header fields that pass, that are dropped, and that are ours."""

from __future__ import annotations

from guardrail.facts import Headers

CONSENT_HEADERS = frozenset({b"guardrail-consent", b"guardrail-subject"})
"""What a caller tells the guard alone."""

_NOT_UPSTREAM = CONSENT_HEADERS | {
    b"host",
    b"content-length",
    b"content-encoding",
    b"accept-encoding",
    b"expect",
    b"baggage",  # W3C baggage may carry anything; the AI's provider is a third party
}
_NOT_BACK = frozenset({b"content-length", b"content-encoding", b"transfer-encoding", b"server"})
_OURS = b"guardrail-"


def to_upstream(headers: Headers, *, key: str = "") -> Headers:
    """Return the header fields that go to the upstream.

    The body goes on decoded, and the reply is asked for without encoding: it has to be read.
    `key` replaces the caller's ``Authorization``.
    """
    kept = [
        (name, value)
        for name, value in headers
        if name not in _NOT_UPSTREAM and not (key and name == b"authorization")
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
