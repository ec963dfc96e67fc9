"""The order of things, owned once: examine, fetch consent, decide, enact, record, release.

Every shell goes through a `Runner`. What touches the world comes through `Ports`: a running event
loop's (`guardrail.shells.ports.LoopPorts`), or none at all (`DirectPorts`), under which the very
same coroutines run to their end without ever suspending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from guardrail.disclose.layers import Said
from guardrail.enforce import refuse_error
from guardrail.engine import (
    Case,
    Codec,
    Decided,
    Enacted,
    Examined,
    Guard,
    Handling,
    Out,
    ReplyStream,
    Route,
    Session,
)
from guardrail.engine.authorship import NOTHING, Registered, Registrar
from guardrail.engine.guard import BODILESS
from guardrail.engine.labels import Job, Labelled, is_body, is_labelled, to_label
from guardrail.engine.media import unseen
from guardrail.errors import BadInput, EvidenceError, GuardrailError, UpstreamError
from guardrail.evidence import Entry, EntryKind
from guardrail.facts import (
    Action,
    Direction,
    Headers,
    RawReply,
    RawRequest,
    strictest,
)
from guardrail.shells.answers import Admitted, Answer, Streaming, rendered
from guardrail.shells.manifest_link import link, uuid_of
from guardrail.shells.media import NotRedactedError
from guardrail.shells.ports import Ports
from guardrail.telemetry import Metrics
from guardrail.wire import NO_ECHO, Adapter

log = logging.getLogger("guardrail")

DECISION_WORDS = {
    Action.ALLOW: "allowed",
    Action.PSEUDONYMISE: "masked",
    Action.MASK: "masked",
    Action.HOLD: "held",
    Action.REFUSE: "refused",
}
"""What ``guardrail-decision`` says. A fifth word, ``unexamined``, says that nothing was read."""
UNEXAMINED = "unexamined"
NO_EVIDENCE = "unavailable"
"""What ``guardrail-evidence`` says where the operator chose to fail open."""


class Runner:
    """Runs exchanges through the guard, in the one order."""

    def __init__(
        self,
        guard: Guard,
        ports: Ports,
        metrics: Metrics,
        *,
        fail_open: bool = False,
        registrar: Registrar | None = None,
    ) -> None:
        """Take the guard and the world.

        Args:
            guard: decides.
            ports: the world.
            metrics: counts.
            fail_open: whether messages pass while evidence can't be written.
            registrar: puts prompts on record for their authors; None registers none.
        """
        self.guard = guard
        self._registrar = registrar
        self._ports = ports
        self._metrics = metrics
        self._fail_open = fail_open

    async def admit(self, raw: RawRequest, route: Route | None = None) -> Admitted | Answer:
        """Take a request; return it ready for the upstream, or the answer in its stead.

        Args:
            raw: the request.
            route: how to read it, where the shell knows better than its path.
        """
        started = self._ports.seconds()
        request_id = "req_" + self._ports.fresh_id()
        route = route or self.guard.route(raw.method, raw.path)
        if route.handling is Handling.REFUSE:
            return await self.fault(route.adapter, request_id, _no_format(raw.method))
        try:
            if route.handling is Handling.PASS:
                return await self._pass(raw, route, request_id, started)
            examined = await self._ports.compute(
                lambda: self.guard.examine(
                    raw,
                    route,
                    request_id=request_id,
                    label_id=_urn(self._ports.fresh_id()),
                    now=self._ports.now(),
                ),
                len(raw.body),
            )
            enacted = await self._settle(examined)
            evidence = await self._record(enacted.entry)
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                route.adapter,
                request_id,
                error,
                spent=self._ports.seconds() - started,
                echo=route.adapter.echo(raw.body),
            )
        decision = enacted.decided.decision
        if enacted.refusal is not None:
            word = DECISION_WORDS[decision.action]
            extra = self._guard_headers(
                request_id, word, decision.rules, evidence, self._ports.seconds() - started
            )
            self._metrics.answered(word, self._ports.seconds() - started)
            echo = enacted.decided.examined.case.exchange.echo
            return rendered(route.adapter, enacted.refusal, extra, decision, echo=echo)
        return Admitted(
            raw=raw,
            adapter=route.adapter,
            request_id=request_id,
            body=enacted.body,
            decided=enacted.decided,
            evidence=evidence,
            spent=self._ports.seconds() - started,
        )

    async def answer(self, admitted: Admitted, reply: RawReply) -> Answer:
        """Take the upstream's whole reply; return what the caller gets."""
        started = self._ports.seconds() - admitted.spent
        decided = admitted.decided
        assert decided is not None  # noqa: S101 - shells pass what is unexamined on by themselves
        case = decided.examined.case
        try:
            examined = await self._ports.compute(
                lambda: self.guard.examine_reply(case, reply), len(reply.body)
            )
            enacted = await self._settle(examined)
            refused = enacted.refusal is not None
            registered = NOTHING if refused else await self._registered(case, enacted.body)
            evidence = await self._record(enacted.entry, *registered.entries)
            if enacted.manifest:
                await self._ports.keep_manifest(uuid_of(case.label_id), enacted.manifest)
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                admitted.adapter,
                admitted.request_id,
                error,
                spent=self._ports.seconds() - started,
                echo=case.exchange.echo,
            )
        answer = self._finished(admitted, reply, enacted, evidence, started)
        return replace(answer, headers=answer.headers + _receipt(registered, evidence))

    async def open_stream(self, admitted: Admitted, codec: Codec) -> Streaming | Answer:
        """Take the head of a streamed reply; return what it leaves with.

        Args:
            admitted: the request.
            codec: reads the reply's events.
        """
        started = self._ports.seconds()
        decided = admitted.decided
        assert decided is not None  # noqa: S101 - shells pass what is unexamined on by themselves
        case = decided.examined.case
        try:
            stream = ReplyStream(self.guard, decided, codec, self._ports.now())
            registered = await self._registered(case)
            evidence = await self._record(stream.open(), *registered.entries)
            if evidence[0] != NO_EVIDENCE:
                stream.logged(evidence[0])
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                admitted.adapter,
                admitted.request_id,
                error,
                spent=self._ports.seconds() - started,
                echo=case.exchange.echo,
            )
        spent = admitted.spent + self._ports.seconds() - started
        headers = self._guard_headers(
            admitted.request_id,
            self._word(decided),
            tuple(dict.fromkeys(decided.decision.rules + stream.decision.rules)),
            evidence,
            spent,
        ) + self.guard.reply_headers(case, stream.decision, "", self._unix())
        headers += _receipt(registered, evidence)
        admitted.streaming = Streaming(
            admitted=admitted,
            stream=stream,
            headers=headers,
            spent=spent,
            heard=self._ports.seconds(),
        )
        return admitted.streaming

    async def receive(self, streaming: Streaming, chunk: bytes) -> bytes:
        """Take bytes of a streamed reply; return what may leave now."""
        stream, so_far = streaming.stream, streaming.stream.texts
        data = await self._release(streaming, lambda: stream.receive(chunk, self._ports.now()))
        if stream.texts != so_far:
            streaming.heard = self._ports.seconds()
        return data

    async def overdue(self, streaming: Streaming) -> bytes:
        """Take note that text has waited for as long as it may; return what is let go."""
        return await self._release(streaming, lambda: streaming.stream.overdue(self._ports.now()))

    def seconds(self) -> float:
        """Return the clock that `Streaming.heard` goes by."""
        return self._ports.seconds()

    async def finish(self, streaming: Streaming) -> bytes:
        """Take the end of a streamed reply; return the rest."""
        if streaming.stream.ended:
            return b""
        return await self._release(streaming, lambda: streaming.stream.finish(self._ports.now()))

    async def break_off(
        self, streaming: Streaming, error: GuardrailError, *, lost: bool = False
    ) -> bytes:
        """End a streamed reply in its own format after a fault.

        Args:
            streaming: the reply.
            error: the upstream's fault, or the guard's.
            lost: whether what was given out last may not have left.
        """
        if streaming.stream.ended:
            return b""
        return await self._fail(streaming, error, lost=lost)

    async def unread(self, streaming: Streaming, medium: str) -> bytes:
        """Take a message of an upstream's that can't be read; return what ends the stream."""
        return await self._release(
            streaming, lambda: streaming.stream.unread(medium, self._ports.now())
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
            return await self.fault(admitted.adapter, admitted.request_id, error)
        if enacted.refusal is not None:
            decided = enacted.decided
            echo = decided.examined.case.exchange.echo
            return rendered(admitted.adapter, enacted.refusal, (), decided.decision, echo=echo)
        return enacted

    async def hung_up(self, streaming: Streaming, how: str) -> None:
        """Record that a session was ended by the caller, or by the guard's stop."""
        entries = streaming.stream.abandon(how)
        if entries:
            self._ended(streaming, DECISION_WORDS[streaming.stream.action])
            try:
                await self._record(*entries)
            except EvidenceError:
                log.warning("a session was ended without evidence of its end")

    async def caller_gone(self, admitted: Admitted) -> None:
        """Record that the caller went away before the answer was whole."""
        self._metrics.answered("abandoned", admitted.spent)
        streaming = admitted.streaming
        entries: tuple[Entry, ...] = (_gone(admitted.request_id),)
        if streaming is not None:
            entries = streaming.stream.abandon()
            # Whether it got there nobody knows: the conversation isn't remembered as told.
            self._metrics.disclosed(streaming.stream.told if entries else "")
        if entries:
            await self._record(*entries)

    async def fault(
        self,
        adapter: Adapter,
        request_id: str,
        error: Exception,
        *,
        spent: float = 0.0,
        echo: Mapping[str, object] = NO_ECHO,
    ) -> Answer:
        """Turn a fault into an answer in the caller's format, on record where it can be."""
        known = self._known(error)
        refusal = refuse_error(known, request_id=request_id)
        try:
            evidence = await self._record(_error_entry(request_id, known))
        except EvidenceError:
            evidence = (NO_EVIDENCE,)  # the caller gets an error and nothing else: none is released
        self._metrics.answered("error", spent)
        extra = self._guard_headers(request_id, DECISION_WORDS[Action.REFUSE], (), evidence, spent)
        return rendered(adapter, refusal, extra, echo=echo)

    async def refuse_early(self, method: str, path: str, error: GuardrailError) -> Answer:
        """Answer a request that couldn't even be received: too large, too slow, too many."""
        route = self.guard.route(method, path)
        request_id = "req_" + self._ports.fresh_id()
        return await self.fault(route.adapter, request_id, error)

    def unexamined_headers(self, admitted: Admitted) -> Headers:
        """Return what a reply that passes unexamined says of itself."""
        self._metrics.answered(UNEXAMINED, admitted.spent)
        return self._guard_headers(
            admitted.request_id, UNEXAMINED, (), admitted.evidence, admitted.spent
        )

    async def _pass(
        self, raw: RawRequest, route: Route, request_id: str, started: float
    ) -> Admitted:
        if self.guard.wires.match(raw.method, raw.path) is not None:
            self.guard.expect_plain_head(raw)  # of a known operation at least this much is sure
        entry = Entry(kind=EntryKind.UNEXAMINED, req=request_id, fields={"wire": route.adapter.ref})
        evidence = await self._record(entry)
        return Admitted(
            raw=raw,
            adapter=route.adapter,
            request_id=request_id,
            body=b"" if raw.method in BODILESS else raw.body,
            decided=None,
            evidence=evidence,
            spent=self._ports.seconds() - started,
        )

    async def _registered(self, case: Case, output: bytes = b"") -> Registered:
        registrar = self._registrar
        if registrar is None or not registrar.asked(case):
            return NOTHING
        fresh = [self._ports.fresh_id() for _ in range(3)]
        return await self._ports.compute(
            lambda: registrar.register(case, self._ports.now(), fresh=fresh, output=output),
            len(case.raw.body) + len(output),
        )

    async def _settle(self, examined: Examined) -> Enacted:
        decided = await self._decide(examined)
        try:
            redacted = {
                index: await self._ports.redact(decided.examined.media[index].held, redaction)
                for index, redaction in self.guard.redactions(decided).items()
            }
        except NotRedactedError as error:
            # What a person can mend is told in the person's languages.
            words = self.guard.unredacted(decided.examined.case, error.reason)
            raise NotRedactedError(error.reason, words) from None
        now = self._unix()
        if not (decided.examined.media and examined.direction is Direction.REPLY):
            return self.guard.enact(decided, redacted, now=now)
        labelled = await self._labelled(decided, redacted, now)
        # What was changed of a large reply takes milliseconds to be written into it.
        return await self._ports.compute(
            lambda: self.guard.enact(decided, redacted, labelled, now=now), len(examined.body)
        )

    async def _labelled(
        self, decided: Decided, redacted: Mapping[int, str], now: int
    ) -> Mapping[int, Labelled]:
        """Label what leaves of a reply's media."""
        if decided.decision.action in {Action.REFUSE, Action.HOLD} or not is_labelled(decided):
            return {}
        examined = decided.examined
        jobs = to_label(examined.media, redacted)
        said = self.guard.said(examined.case, examined.model, now)
        beside = self._ports.publishes and is_body(examined.media)
        return await self._label(jobs, replace(said, beside=beside))

    async def _label(self, jobs: Mapping[int, Job], said: Said) -> Mapping[int, Labelled]:
        made = await self._ports.label(tuple(jobs.values()), said)
        for one in made:
            self._metrics.labelled(one.layered.written, one.layered.missing)
        return dict(zip(jobs, made, strict=True))

    async def _decide(self, examined: Examined) -> Decided:
        case: Case = examined.case
        if examined.media:
            held = [one.held for one in examined.media]
            examined = replace(examined, inspected=await self._ports.inspect(held))
        records = case.records
        found = examined.findings or any(one.seen for one in examined.inspected)
        if not records and found and case.query.subject:
            records = await self._ports.records(case.query.subject)
        decided = self.guard.decide(examined, records, self._ports.now())
        found_in = [standing.finding for standing in decided.standings]
        self._metrics.decided(examined.direction.value, found_in, decided.decision)
        return decided

    async def _expect_allowed(self, across: Examined) -> None:
        if (await self._decide(across)).decision.action is not Action.ALLOW:
            raise BadInput(
                "what looks like personal data comes in pieces, in several messages, where it "
                "can't be hidden",
                code="personal_data_in_pieces",
                fix="send it in one message, where consent and masking apply",
            )

    async def _record(self, *entries: Entry) -> tuple[str, ...]:
        try:
            return await self._ports.append(entries)
        except EvidenceError as error:
            self._metrics.failed(error.code)
            if not self._fail_open:
                raise
            self._metrics.fail_open.inc()
            return (NO_EVIDENCE,)

    def _finished(
        self,
        admitted: Admitted,
        reply: RawReply,
        enacted: Enacted,
        evidence: tuple[str, ...],
        started: float,
    ) -> Answer:
        asked = admitted.decided
        assert asked is not None  # noqa: S101 - `answer` looked
        decided = enacted.decided
        case = decided.examined.case
        word = self._word(asked, decided)
        rules = tuple(dict.fromkeys(asked.decision.rules + decided.decision.rules))
        spent = self._ports.seconds() - started
        self._metrics.answered(word, spent)
        extra = self._guard_headers(case.request_id, word, rules, evidence, spent)
        if enacted.refusal is not None:
            return rendered(
                admitted.adapter,
                enacted.refusal,
                extra,
                decided.decision,
                echo=case.exchange.echo,
            )
        told = str(enacted.entry.fields.get("disclosed", ""))
        self._metrics.disclosed(told)
        self.guard.disclosure.remember(case, decided.examined.names, told, self._unix())
        extra += self.guard.reply_headers(
            case, decided.decision, decided.examined.model, self._unix(), enacted.signed
        )
        if enacted.manifest:
            extra += (link(case.label_id),)
        return Answer(status=reply.status, headers=reply.headers + extra, body=enacted.body)

    async def _release(self, streaming: Streaming, work: Callable[[], list[Out]]) -> bytes:
        started = self._ports.seconds()
        data = b""
        try:
            data += await self._release_all(work())
            while streaming.stream.halted:
                data += await self._release_all(await self._went_on(streaming.stream))
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            # An upstream's fault comes before anything is given out; others may come behind that.
            lost = not isinstance(error, UpstreamError)
            data += await self._fail(streaming, error, lost=lost)
        else:
            if streaming.stream.ended:
                self._ended(streaming, DECISION_WORDS[streaming.stream.action])
        streaming.spent += self._ports.seconds() - started
        return data

    async def _went_on(self, stream: ReplyStream) -> Sequence[Out]:
        """Do to media of a stream what must be done before it goes on."""
        if stream.changes is None:
            inspected = await self._ports.inspect(stream.awaits)
            return stream.looked(inspected, self._ports.now())
        changes = stream.changes
        redacted = {
            index: await self._ports.redact(changes.media[index].held, redaction)
            for index, redaction in changes.redactions.items()
        }
        labelled: Mapping[int, Labelled] = {}
        if changes.said is not None:
            labelled = await self._label(changes.jobs(redacted), changes.said)
        return stream.changed(redacted, labelled, self._ports.now())

    async def _fail(self, streaming: Streaming, error: Exception, *, lost: bool = False) -> bytes:
        known = self._known(error)
        refusal = refuse_error(known, request_id=streaming.admitted.request_id)
        out = streaming.stream.fail(refusal, lost=lost)
        self._ended(streaming, "error")
        try:
            await self._record(*out.entries)
        except EvidenceError:
            log.warning("a stream was ended without evidence of its end")
        return out.data

    async def _release_all(self, outs: Sequence[Out]) -> bytes:
        entries = [entry for out in outs for entry in out.entries]
        if entries:
            await self._record(*entries)
        return b"".join(out.data for out in outs)

    def _ended(self, streaming: Streaming, word: str) -> None:
        self._metrics.answered(word, streaming.spent)
        self._metrics.disclosed(streaming.stream.told)
        streaming.stream.notice.remember(streaming.stream.told, self._unix())

    def _known(self, error: Exception) -> GuardrailError:
        if isinstance(error, GuardrailError):
            self._metrics.failed(error.code)
            return error
        # Only the type is told: a message may hold what the guard was looking at.
        log.error("the guard failed: %s", type(error).__name__)
        self._metrics.failed("guard_failed")
        return GuardrailError("the guard failed, so nothing was released", code="guard_failed")

    def _word(self, *decided: Decided) -> str:
        action = strictest(*(one.decision.action for one in decided))
        if action is Action.ALLOW and any(map(_is_unexamined, decided)):
            return UNEXAMINED
        return DECISION_WORDS[action]

    def _guard_headers(
        self,
        request_id: str,
        word: str,
        rules: Sequence[str],
        evidence: Sequence[str],
        spent: float,
    ) -> Headers:
        return (
            (b"guardrail-request-id", request_id.encode()),
            (b"guardrail-decision", word.encode()),
            (b"guardrail-rules", ", ".join(rules).encode()),
            (b"guardrail-policy", ", ".join(self.guard.judge.refs).encode()),
            (b"guardrail-evidence", ", ".join(evidence).encode()),
            (b"guardrail-duration-ms", f"{spent * 1_000:.3f}".encode()),
        )

    def _unix(self) -> int:
        return int(self._ports.now().timestamp())


def _no_format(method: str) -> BadInput:
    return BadInput(
        f"no wire format matches {method} on this path, so it can't be examined",
        code="unsupported_route",
        status=404,
        fix="set unmatched.ai to generic or pass, or use a supported path",
    )


def _is_unexamined(decided: Decided) -> bool:
    return any(unseen(decided.examined.media, decided.examined.inspected))


def _receipt(registered: Registered, evidence: Sequence[str]) -> Headers:
    """Return the receipt for what is on record; what isn't has none."""
    return () if NO_EVIDENCE in evidence else registered.headers


def _gone(request_id: str) -> Entry:
    return Entry(kind=EntryKind.ERROR, req=request_id, fields={"code": "client_gone"})


def _error_entry(request_id: str, error: GuardrailError) -> Entry:
    return Entry(
        kind=EntryKind.ERROR,
        req=request_id,
        fields={"code": error.code, "status": error.status},
    )


def _urn(hexadecimal: str) -> str:
    h = hexadecimal
    return f"urn:uuid:{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
