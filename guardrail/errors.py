"""Every error that guardrail raises on purpose, and whose fault each is.

    GuardrailError
    ├── ConfigError          the operator's: settings, packs, wire specs; raised at start-up
    ├── BadInput             the caller's: a request that can't be examined (4xx)
    ├── UpstreamError        the upstream's: down, slow, reset, or speaking nonsense (5xx)
    ├── EvidenceError        ours: evidence can't be written or doesn't verify (503)
    └── Refused              not a fault: the decorator's way to hand a refusal to the caller

A decision is a value, never an exception; only the decorator shell raises `Refused`. A message
never holds a personal value: it may name places, kinds, counts, limits and rule ids.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GuardrailError(Exception):
    """Base of all: never raised itself.

    Attributes:
        code: a stable identifier for programs, such as ``body_too_large``.
        status: the HTTP status a shell answers with.
        fix: what the reader can do about it, or an empty string.
    """

    code = "guardrail_error"
    status = 500

    def __init__(self, message: str, *, code: str = "", status: int = 0, fix: str = "") -> None:
        """Take the message and, where they differ from the class's, code, status and fix."""
        super().__init__(message)
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.fix = fix


class ConfigError(GuardrailError):
    """Settings, a policy pack or a wire spec that can't be used. Raised at start-up only."""

    code = "config_error"


class BadInput(GuardrailError):  # noqa: N818 - it says whose fault it is, as h11's errors do
    """The caller sent what can't be examined: malformed, too large, too deep, wrongly encoded."""

    code = "bad_input"
    status = 400


class UpstreamError(GuardrailError):
    """The upstream is down, slow, cut the reply off, or sent what can't be read."""

    code = "upstream_error"
    status = 502


class EvidenceError(GuardrailError):
    """Evidence can't be written, or what is stored doesn't verify."""

    code = "evidence_unavailable"
    status = 503


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known word most like `word`, or an empty string."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""
