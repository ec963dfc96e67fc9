"""W3C trace context at the edge: whose trace a request belongs to, and what the upstream learns.

Nothing of a request is sent from here: at its end its trail goes into the outbox, and a thread
makes a span of it (`guardrail.telemetry.sending`).
"""

from __future__ import annotations

import re
import time
from contextvars import Token
from random import getrandbits

from guardrail.facts import Headers
from guardrail.settings import Telemetry
from guardrail.telemetry import CURRENT, Trail
from guardrail.telemetry.outbox import Outbox

_PARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
"""https://www.w3.org/TR/trace-context/#traceparent-header; later versions may say more."""
_NO_TRACE, _NO_SPAN = b"0" * 32, b"0" * 16
_TRACEPARENT, _TRACESTATE = b"traceparent", b"tracestate"
_RANDOM_BITS = 56
"""Of a trace id, its last ones: those that sampling goes by in every tool that obeys level 2."""


class Tracing:
    """Follows requests. Holds settings only."""

    def __init__(
        self,
        settings: Telemetry | None = None,
        outbox: Outbox | None = None,
        *,
        inside: bool = False,
    ) -> None:
        """Take what the operator set.

        Args:
            settings: of telemetry.
            outbox: where trails go at their end; None where nothing is sent.
            inside: whether what answers is the operator's own application, in this process: then
                all of the caller's trace context goes on to it.
        """
        settings = settings or Telemetry()
        self._outbox = outbox
        self._spans = outbox is not None and settings.traces != "off"
        self._trusts = settings.trust_traceparent
        self._passes_state = settings.pass_tracestate or inside
        self._rejected = round((1 - settings.sampling) * (1 << _RANDOM_BITS))

    def follow(self, method: str, headers: Headers) -> _Followed:
        """Return what to enter for as long as a request lasts; it is known as `CURRENT` then.

        Args:
            method: of the request.
            headers: of the request; names in lower case.
        """
        trail = Trail(method)
        parent = parent_in(headers)
        if parent is not None:
            trail.trace_id, trail.parent, trail.sampled = parent
        trail.begun = time.time_ns()
        if self._spans:
            self._begin(trail)
        return _Followed(trail, self._outbox)

    def _begin(self, trail: Trail) -> None:
        trail.span_id = f"{getrandbits(64) or 1:016x}"
        if trail.parent and self._trusts:
            return  # who began the trace has decided whether it is sampled
        if trail.parent:
            trail.link, trail.parent = (trail.trace_id, trail.parent), ""
        bits = getrandbits(128) or 1
        trail.trace_id = f"{bits:032x}"
        trail.sampled = bits & ((1 << _RANDOM_BITS) - 1) >= self._rejected

    def onward(self, headers: Headers) -> Headers:
        """Return header fields for the upstream, in which it finds the guard's span.

        Where the guard makes none, it finds the caller's, if callers are trusted.
        """
        trail = CURRENT.get()
        ours = b""
        if trail is not None and trail.span_id:
            flags = "01" if trail.sampled else "00"
            ours = f"00-{trail.trace_id}-{trail.span_id}-{flags}".encode()
        drops = {_TRACEPARENT} if ours or not self._trusts else set()
        if not (self._passes_state and self._trusts):
            drops.add(_TRACESTATE)
        kept = tuple(field for field in headers if field[0] not in drops)
        return (*kept, (_TRACEPARENT, ours)) if ours else kept


class _Followed:
    """A request being followed."""

    __slots__ = ("_outbox", "_token", "trail")

    def __init__(self, trail: Trail, outbox: Outbox | None) -> None:
        self.trail = trail
        self._outbox = outbox
        self._token: Token[Trail | None] | None = None

    def __enter__(self) -> Trail:
        self._token = CURRENT.set(self.trail)
        return self.trail

    def __exit__(self, *_: object) -> None:
        assert self._token is not None  # noqa: S101 - entered before
        CURRENT.reset(self._token)
        if self._outbox is not None and self.trail.told:
            self.trail.ended = time.time_ns()
            self._outbox.trails.put(self.trail)


def parent_in(headers: Headers) -> tuple[str, str, bool] | None:
    """Return the caller's trace, its span, and whether these are sampled; None for none.

    One that isn't as W3C Trace Context has it counts as none, and so do two of them.
    """
    told = [field for field in headers if field[0] == _TRACEPARENT]
    if len(told) != 1:
        return None
    found = _PARENT.fullmatch(told[0][1])
    if found is None:
        return None
    version, trace, span, flags, more = found.groups()
    if trace == _NO_TRACE or span == _NO_SPAN or (version == b"00" and more):
        return None
    return trace.decode(), span.decode(), bool(int(flags, 16) & 1)


def answered_with(status: int) -> None:
    """Take note of the status that a caller gets."""
    trail = CURRENT.get()
    if trail is not None:
        trail.status = status
