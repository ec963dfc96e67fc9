"""The order of things, owned once: examine, fetch consent, decide, enact, record, release.

Every shell goes through a `Runner`. What touches the world comes through `Ports`: a running event
loop's (`guardrail.shells.ports.LoopPorts`), or none at all (`DirectPorts`), under which the very
same coroutines run to their end without ever suspending.
"""

from __future__ import annotations

from collections.abc import Callable

from guardrail.engine import (
    Enacted,
    Examined,
    Handling,
    Route,
    Session,
)
from guardrail.engine.guard import BODILESS
from guardrail.errors import BadInput, GuardrailError
from guardrail.evidence import Entry, EntryKind
from guardrail.facts import (
    Action,
    Direction,
    Headers,
    RawRequest,
)
from guardrail.shells.answers import Admitted, Answer, rendered
from guardrail.shells.replying import Replying
from guardrail.shells.steps import DECISION_WORDS, UNEXAMINED
from guardrail.telemetry import CURRENT, Trail


class Runner(Replying):
    """Runs exchanges through the guard, in the one order."""

    async def admit(self, raw: RawRequest, route: Route | None = None) -> Admitted | Answer:
        """Take a request; return it ready for the upstream, or the answer in its stead.

        Args:
            raw: the request.
            route: how to read it, where the shell knows better than its path.
        """
        started = self._ports.seconds()
        request_id = "req_" + self._ports.fresh_id()
        route = route or self.guard.route(raw.method, raw.path)
        trail = _entered(request_id, route)
        self._note_packs()
        if route.handling is Handling.REFUSE:
            no_format = _no_format(raw.method)
            return await self.fault(route.adapter, request_id, no_format, trail=trail)
        try:
            if route.handling is Handling.PASS:
                return await self._pass(raw, route, trail, started)
            now = self._ports.now()
            names = await self._names(now)
            examined = await self._ports.compute(
                lambda: self.guard.examine(
                    raw,
                    route,
                    request_id=request_id,
                    label_id=_urn(self._ports.fresh_id()),
                    now=now,
                    names=names,
                ),
                len(raw.body),
            )
            self._took("detect", started)
            enacted = await self._settle(examined)
            evidence = await self._record(enacted.entry)
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                route.adapter,
                request_id,
                error,
                spent=self._ports.seconds() - started,
                echo=route.adapter.echo(raw.body),
                trail=trail,
            )
        decision = enacted.decided.decision
        ended = self._ports.seconds()
        spent = ended - started
        trail.model = str(enacted.entry.fields.get("model", ""))
        if enacted.refusal is not None:
            word = DECISION_WORDS[decision.action]
            extra = self._guard_headers(trail, word, decision.rules, evidence, spent)
            extra += self._receipts(evidence)
            self._end(trail, word, spent)
            echo = enacted.decided.examined.case.exchange.echo
            return rendered(route.adapter, enacted.refusal, extra, decision, echo=echo)
        trail.direction, trail.left = Direction.REPLY.value, ended
        return Admitted(
            raw=raw,
            adapter=route.adapter,
            request_id=request_id,
            body=enacted.body,
            decided=enacted.decided,
            evidence=evidence,
            spent=spent,
            trail=trail,
        )

    async def message(
        self, admitted: Admitted, session: Session, examine: Callable[[], Examined], size: int
    ) -> Enacted | Answer:
        """Take one message of a caller's; return it decided, or what the caller is told instead.

        Args:
            admitted: the request that opened the session.
            session: the messages so far.
            examine: reads the message.
            size: its bytes.
        """
        try:
            examined = await self._ports.compute(examine, size)
            across = session.across(examined)
            if across is not None:
                await self._expect_allowed(across)
            enacted = await self._settle(examined)
            if session.tells(enacted):
                await self._record(enacted.entry)
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                admitted.adapter, admitted.request_id, error, trail=admitted.trail
            )
        if enacted.refusal is not None:
            decided = enacted.decided
            echo = decided.examined.case.exchange.echo
            return rendered(admitted.adapter, enacted.refusal, (), decided.decision, echo=echo)
        return enacted

    async def refuse_early(self, method: str, path: str, error: GuardrailError) -> Answer:
        """Answer a request that couldn't even be received: too large, too slow, too many."""
        route = self.guard.route(method, path)
        request_id = "req_" + self._ports.fresh_id()
        return await self.fault(route.adapter, request_id, error)

    def unexamined_headers(self, admitted: Admitted) -> Headers:
        """Return what a reply that passes unexamined says of itself."""
        trail = admitted.trail
        self._metrics.replied(trail.route, self._ports.seconds() - trail.left)
        self._end(trail, UNEXAMINED, admitted.spent)
        evidence = admitted.evidence
        headers = self._guard_headers(trail, UNEXAMINED, (), evidence, admitted.spent)
        return headers + self._receipts(evidence)

    async def _pass(self, raw: RawRequest, route: Route, trail: Trail, started: float) -> Admitted:
        if self.guard.wires.match(raw.method, raw.path) is not None:
            self.guard.expect_plain_head(raw)  # of a known operation at least this much is sure
        entry = Entry(
            kind=EntryKind.UNEXAMINED, req=trail.request_id, fields={"wire": route.adapter.ref}
        )
        evidence = await self._record(entry)
        trail.direction, trail.left = Direction.REPLY.value, self._ports.seconds()
        return Admitted(
            raw=raw,
            adapter=route.adapter,
            request_id=trail.request_id,
            body=b"" if raw.method in BODILESS else raw.body,
            decided=None,
            evidence=evidence,
            spent=trail.left - started,
            trail=trail,
        )

    async def _expect_allowed(self, across: Examined) -> None:
        if (await self._decide(across)).decision.action is not Action.ALLOW:
            raise BadInput(
                "what looks like personal data comes in pieces, in several messages, where it "
                "can't be hidden",
                code="personal_data_in_pieces",
                fix="send it in one message, where consent and masking apply",
            )


def _entered(request_id: str, route: Route) -> Trail:
    """Return the trail that a request begins, in the shell's place where that made none."""
    trail = CURRENT.get()
    if trail is None or trail.request_id:  # a guarded function in a guarded application
        trail = Trail()
    trail.request_id, trail.wire = request_id, route.adapter.name
    trail.operation = route.operation.name
    trail.route = f"{trail.wire}/{trail.operation}"
    return trail


def _no_format(method: str) -> BadInput:
    return BadInput(
        f"no wire format matches {method} on this path, so it can't be examined",
        code="unsupported_route",
        status=404,
        fix="set unmatched.ai to generic or pass, or use a supported path",
    )


def _urn(hexadecimal: str) -> str:
    h = hexadecimal
    return f"urn:uuid:{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
