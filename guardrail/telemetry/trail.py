"""What is known of the request under way: ids for logs, and what its span will say at its end.

Only kinds, ids and counts stand here; findings say where something stood, never what.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar

from guardrail.facts import NO_USAGE, Action, Decision, Found, Usage

OTHER = "other"
"""The label of what belongs to no closed set."""

Made = tuple[int, str, Decision, Sequence[Found]]
"""A decision: when (Unix nanoseconds), on which way, what, and on what was found."""


class Trail:
    """One request under way. Written by the shells, read by nobody before its end but by logs.

    What nobody wrote stands in the class, so that making one costs next to nothing.
    """

    method: str = ""
    trace_id: str = ""
    """32 hex digits; empty where neither the caller nor the guard has a trace."""
    span_id: str = ""
    """16 hex digits, of the guard's own span; empty where it makes none."""
    parent: str = ""
    """The caller's span."""
    link: tuple[str, str] | None = None
    """The trace and span of a caller whose trace isn't gone on with."""
    sampled: bool = False
    begun: int = 0
    """Unix nanoseconds; so is `ended`."""
    ended: int = 0
    request_id: str = ""
    wire: str = ""
    """The wire format's name."""
    route: str = OTHER
    """``<wire format>/<operation>``: a closed set, as far as the operator's formats go."""
    operation: str = ""
    direction: str = "request"
    """Which way the message goes that is being worked on."""
    outcome: str = ""
    status: int = 0
    """Of the answer, HTTP; 0 where none left."""
    code: str = ""
    """Of a fault."""
    rules: Sequence[str] = ()
    packs: Sequence[str] = ()
    evidence: Sequence[str] = ()
    model: str = ""
    """As evidence has it: looked at before."""
    usage: Usage = NO_USAGE
    """Of the reply, where its upstream told it; its model's name was looked at before."""
    spent: float = 0.0
    """Seconds that the guard itself took."""
    left: float = 0.0
    """When the request went to the upstream, by the runner's clock."""

    def __init__(self, method: str = "") -> None:
        """Take the request's method."""
        self.method = method
        self.made: list[Made] = []

    @property
    def traced(self) -> bool:
        """Whether a span of it is sent."""
        return self.sampled and bool(self.span_id)

    @property
    def events(self) -> Sequence[Made]:
        """The decisions that are told as events: those that did something.

        What was refused or held is never sampled away; where there are no spans, nothing is.
        """
        told = _WITHHELD if self.span_id and not self.sampled else _DONE
        return [one for one in self.made if one[2].action in told]

    @property
    def told(self) -> bool:
        """Whether anything of it is sent."""
        return self.traced or bool(self.events)


_WITHHELD = frozenset({Action.REFUSE, Action.HOLD})
_DONE = frozenset(Action) - {Action.ALLOW}

CURRENT: ContextVar[Trail | None] = ContextVar("guardrail_trail", default=None)
"""The request that the running task works on."""
