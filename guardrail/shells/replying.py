"""The reply's half of the order: whole, or streamed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from guardrail.enforce import refuse_error
from guardrail.engine import Codec, Enacted, Out, ReplyStream
from guardrail.engine.authorship import NOTHING, Registered
from guardrail.engine.labels import Labelled, kind_of
from guardrail.errors import EvidenceError, GuardrailError, UpstreamError
from guardrail.evidence import Entry, EntryKind, Receipt
from guardrail.facts import Duty, Headers, RawReply, Usage
from guardrail.shells.answers import Admitted, Answer, Streaming, Told, rendered
from guardrail.shells.manifest_link import link, uuid_of
from guardrail.shells.steps import DECISION_WORDS, Steps, made
from guardrail.telemetry import Trail
from guardrail.wire.usage import MAX_NAME

log = logging.getLogger("guardrail")

RECEIPT = b"guardrail-receipt"
"""What the comment at a stream's end begins with."""


class Replying(Steps):
    """Takes upstreams' replies."""

    async def answer(self, admitted: Admitted, reply: RawReply) -> Answer:
        """Take the upstream's whole reply; return what the caller gets."""
        now, trail = self._ports.seconds(), admitted.trail
        started = now - admitted.spent
        decided = admitted.decided
        assert decided is not None  # noqa: S101 - shells pass what is unexamined on by themselves
        case = decided.examined.case
        self._metrics.replied(trail.route, now - trail.left)
        self._metrics.operated(trail.operation, trail.wire, now - trail.left)
        try:
            examined = await self._ports.compute(
                lambda: self.guard.examine_reply(case, reply), len(reply.body)
            )
            self._took("detect", now)
            self._used(trail, replace(examined.usage, model=examined.model[:MAX_NAME]))
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
                trail=admitted.trail,
            )
        answer = self._finished(admitted, reply, enacted, evidence, started)
        return replace(answer, headers=answer.headers + _receipt(registered, evidence))

    def delivered(self, answer: Answer) -> None:
        """Take note that a whole answer has been sent: who left before that wasn't told."""
        if (told := answer.told) is not None:
            self._metrics.disclosed(told.where, told.lang)
            self.guard.disclosure.remember(told.case, told.names, told.where, self._unix())

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
        self._metrics.replied(admitted.trail.route, started - admitted.trail.left)
        try:
            stream = ReplyStream(self.guard, decided, codec, self._ports.now())
            registered = await self._registered(case)
            evidence = await self._record(stream.open(), *registered.entries)
            if evidence:
                stream.logged(str(evidence[0]))
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            return await self.fault(
                admitted.adapter,
                admitted.request_id,
                error,
                spent=self._ports.seconds() - started,
                echo=case.exchange.echo,
                trail=admitted.trail,
            )
        spent = admitted.spent + self._ports.seconds() - started
        headers = self._guard_headers(
            admitted.trail,
            self._word(decided),
            tuple(dict.fromkeys(decided.decision.rules + stream.decision.rules)),
            evidence,
            spent,
        ) + self.guard.reply_headers(case, stream.decision, "", self._unix())
        headers += self._receipts(admitted.evidence + evidence)
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
        stream = streaming.stream
        data = await self._release(streaming, lambda: stream.receive(chunk, self._ports.now()))
        self._heard(streaming)
        return data

    async def overdue(self, streaming: Streaming) -> bytes:
        """Take note that text has waited for as long as it may; return what is let go."""
        stream = streaming.stream
        data = await self._release(streaming, lambda: stream.overdue(self._ports.now()))
        self._heard(streaming)
        return data

    def _heard(self, streaming: Streaming) -> None:
        """Wait anew, unless the same text waits that has waited longest so far."""
        oldest = streaming.stream.oldest
        if oldest != streaming.oldest:
            streaming.oldest, streaming.heard = oldest, self._ports.seconds()

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
        self._end(admitted.trail, "abandoned", admitted.spent)
        streaming = admitted.streaming
        entries: tuple[Entry, ...] = (_gone(admitted.request_id),)
        if streaming is not None:
            entries = streaming.stream.abandon()
            # Whether it got there nobody knows: the conversation isn't remembered as told.
            if entries:
                self._streamed(admitted.trail, streaming.stream.usage)
                self._tell_disclosed(streaming.stream)
        if entries:
            await self._record(*entries)

    def _finished(
        self,
        admitted: Admitted,
        reply: RawReply,
        enacted: Enacted,
        evidence: tuple[Receipt, ...],
        started: float,
    ) -> Answer:
        asked = admitted.decided
        assert asked is not None  # noqa: S101 - `answer` looked
        decided = enacted.decided
        case = decided.examined.case
        word = self._word(asked, decided)
        rules = tuple(dict.fromkeys(asked.decision.rules + decided.decision.rules))
        spent = self._ports.seconds() - started
        self._end(admitted.trail, word, spent)
        extra = self._guard_headers(admitted.trail, word, rules, evidence, spent)
        extra += self._receipts(admitted.evidence + evidence)
        if enacted.refusal is not None:
            return rendered(
                admitted.adapter,
                enacted.refusal,
                extra,
                decided.decision,
                echo=case.exchange.echo,
            )
        fields = enacted.entry.fields
        told = Told(
            case=case,
            names=decided.examined.names,
            where=str(fields.get("disclosed", "")),
            lang=str(fields.get("lang", "")),
        )
        if "label" in fields and "exempt" not in fields:
            self._metrics.label(kind_of(case))
        extra += self.guard.reply_headers(
            case,
            decided.decision,
            decided.examined.model,
            self._unix(),
            enacted.signed,
            corrects=enacted.corrects,
        )
        if enacted.manifest or enacted.linked:
            extra += (link(case.label_id, self._ports.published_at),)
        headers = reply.headers + extra
        return Answer(status=reply.status, headers=headers, body=enacted.body, told=told)

    async def _release(self, streaming: Streaming, work: Callable[[], list[Out]]) -> bytes:
        started = self._ports.seconds()
        data = b""
        try:
            stream = streaming.stream
            data += await self._release_all(stream, work())
            while stream.halted:
                data += await self._release_all(stream, await self._went_on(stream))
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of the guard is a decision
            # An upstream's fault comes before anything is given out; others may come behind that.
            lost = not isinstance(error, UpstreamError)
            data += await self._fail(streaming, error, lost=lost)
        else:
            if stream.ended:
                self._ended(streaming, DECISION_WORDS[stream.action])
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
        evidence: tuple[Receipt, ...] = ()
        try:
            evidence = await self._record(*out.entries)
        except EvidenceError:
            log.warning("a stream was ended without evidence of its end")
        return self._with_receipt(streaming.stream, out, evidence)

    async def _release_all(self, stream: ReplyStream, outs: Sequence[Out]) -> bytes:
        entries = [entry for out in outs for entry in out.entries]
        evidence = await self._record(*entries) if entries else ()
        return b"".join(self._with_receipt(stream, out, evidence) for out in outs)

    def _with_receipt(self, stream: ReplyStream, out: Out, evidence: Sequence[Receipt]) -> bytes:
        """Return what leaves: at a stream's end with the receipt for the last of its entries.

        The head, with the receipts for the request and for the stream's begin, left long ago.
        """
        if not (out.end and evidence):
            return out.data
        said = evidence[-1].header(self.guard.settings.evidence.origin)
        return out.commented(stream.comment(RECEIPT + b" " + said.encode()))

    def _ended(self, streaming: Streaming, word: str) -> None:
        stream, trail = streaming.stream, streaming.admitted.trail
        decided = streaming.admitted.decided
        self._end(trail, word, streaming.spent)
        # Of a stream's decisions the strictest is told: there may be one for each word.
        decision = stream.refused_by or replace(stream.decision, action=stream.action)
        made(trail, trail.direction, decision, ())
        took = self._ports.seconds() - trail.left
        self._metrics.operated(trail.operation, trail.wire, took)
        self._streamed(trail, stream.usage)
        if stream.refusal is None and decided is not None and Duty.LABEL in stream.decision.duties:
            case = decided.examined.case
            if not case.exempt:
                self._metrics.label(kind_of(case))
        self._tell_disclosed(stream)
        stream.notice.remember(stream.told, self._unix())

    def _streamed(self, trail: Trail, usage: Usage) -> None:
        # What an upstream calls a model is looked at for personal data where somebody is told.
        model = self.guard.plain(usage.model) if usage.model and trail.traced else ""
        self._used(trail, replace(usage, model=model))

    def _used(self, trail: Trail, usage: Usage) -> None:
        """Take note of what a reply took. One that is but fetched again took it before."""
        if trail.method != "GET":
            trail.usage = usage
            self._metrics.used(trail.operation, trail.wire, usage)

    def _tell_disclosed(self, stream: ReplyStream) -> None:
        lang = stream.notice.proof(stream.decision).get("lang", "") if stream.told else ""
        self._metrics.disclosed(stream.told, str(lang))


def _receipt(registered: Registered, evidence: Sequence[Receipt]) -> Headers:
    """Return the receipt for what is on record; what isn't has none."""
    return registered.headers if evidence else ()


def _gone(request_id: str) -> Entry:
    return Entry(kind=EntryKind.ERROR, req=request_id, fields={"code": "client_gone"})
