"""What the runner hands to the shells: a request admitted, a stream under way, a whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from guardrail.engine import Decided, ReplyStream
from guardrail.engine.case import Case
from guardrail.evidence import Receipt
from guardrail.facts import Decision, Headers, RawRequest, Refusal
from guardrail.telemetry import Trail
from guardrail.wire import NO_ECHO, Adapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a whole answer tells people, once they have it."""

    case: Case
    names: tuple[str, ...]
    """What later requests call the answer by."""
    where: str
    """The notice stands: empty where none was due, ``none`` for nowhere."""
    lang: str
    """Of the notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer to the caller."""

    status: int
    headers: Headers
    body: bytes
    refusal: Refusal | None = None
    """Why the caller gets nothing else, where that is so."""
    decision: Decision | None = None
    """The decision that refused."""
    told: Told | None = None
    """What people know when it has arrived; None for a refusal."""


@dataclass(slots=True, kw_only=True)
class Admitted:
    """A request that may go to the upstream, with the body that may."""

    raw: RawRequest
    adapter: Adapter
    request_id: str
    body: bytes
    decided: Decided | None
    """None for a request that passes unexamined."""
    evidence: tuple[Receipt, ...]
    """Empty where the operator lets messages pass without."""
    spent: float
    """Seconds that the guard itself took so far."""
    trail: Trail = field(default_factory=Trail)
    """What is told of it in telemetry."""
    streaming: Streaming | None = None
    """The reply, once it is known to be a stream."""

    @property
    def echo(self) -> Mapping[str, object]:
        """What a refusal may repeat of the request."""
        return self.decided.examined.case.exchange.echo if self.decided is not None else NO_ECHO


@dataclass(slots=True, kw_only=True)
class Streaming:
    """A streamed reply under way."""

    admitted: Admitted
    stream: ReplyStream
    headers: Headers
    spent: float
    heard: float
    """When text came last, by `Runner.seconds`, in the channel whose text waits longest."""
    oldest: int = 0
    """Which text that was: its number in the stream."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever works on the stream and tells the caller what came of it."""


def rendered(
    adapter: Adapter,
    refusal: Refusal,
    extra: Headers,
    decision: Decision | None = None,
    *,
    echo: Mapping[str, object],
) -> Answer:
    """Return a refusal as an answer in the caller's own format; `echo` is `Exchange.echo`."""
    status, headers, body = adapter.error(refusal, echo)
    return Answer(
        status=status, headers=headers + extra, body=body, refusal=refusal, decision=decision
    )
