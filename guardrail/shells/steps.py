"""The steps that every message takes, whichever way it goes; `Runner` puts them in their order."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from guardrail.consent import ConsentRecord
from guardrail.disclose.layers import SIGNED, Said
from guardrail.enforce import refuse_error
from guardrail.engine import Case, Decided, Enacted, Examined, Guard
from guardrail.engine.authorship import NOTHING, Registered, Registrar
from guardrail.engine.beside import Beside
from guardrail.engine.labels import Job, Labelled, is_body, is_labelled, to_label
from guardrail.engine.media import unseen
from guardrail.errors import EvidenceError, GuardrailError
from guardrail.evidence import Entry, EntryKind, Receipt
from guardrail.evidence.pseudonyms import EpochKey
from guardrail.evidence.shard import SECOND
from guardrail.facts import Action, Decision, Direction, Found, Headers, strictest
from guardrail.policy import Judge
from guardrail.shells.answers import Answer, rendered
from guardrail.shells.manifest_link import address
from guardrail.shells.media import NotRedactedError
from guardrail.shells.ports import Ports
from guardrail.telemetry import CURRENT, Metrics, Trail
from guardrail.telemetry.trail import OTHER
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
MOST_MADE = 64
"""Decisions of one exchange that its span tells of; a WebSocket may see any number."""


class Steps:
    """What is done with a message, step by step."""

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
        self._known_judge: Judge | None = None
        self._note_packs()

    async def fault(
        self,
        adapter: Adapter,
        request_id: str,
        error: Exception,
        *,
        spent: float = 0.0,
        echo: Mapping[str, object] = NO_ECHO,
        trail: Trail | None = None,
    ) -> Answer:
        """Turn a fault into an answer in the caller's format, on record where it can be."""
        trail = trail or begun(request_id, adapter)
        known = self._known(error)
        trail.code = known.code
        refusal = refuse_error(known, request_id=request_id)
        try:
            evidence = await self._record(_error_entry(request_id, known))
        except EvidenceError:
            evidence = ()  # the caller gets an error and nothing else: none is released
        self._end(trail, "error", spent)
        extra = self._guard_headers(trail, DECISION_WORDS[Action.REFUSE], (), evidence, spent)
        extra += self._receipts(evidence)
        return rendered(adapter, refusal, extra, echo=echo)

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
            return await self._ports.detailed(await self._vouched(decided, redacted, now))
        labelled = await self._labelled(decided, redacted, now)
        # What was changed of a large reply takes milliseconds to be written into it.
        enacted = await self._ports.compute(
            lambda: self.guard.enact(decided, redacted, labelled, now=now), len(examined.body)
        )
        return await self._ports.detailed(enacted)

    async def _vouched(self, decided: Decided, redacted: Mapping[int, str], now: int) -> Enacted:
        """Enact a decision; a reply that is a text gets a signed manifest beside it, if it may."""
        if not (self._ports.vouches and self.guard.labels.is_vouched_for(decided)):
            return self.guard.enact(decided, redacted, now=now)
        examined = decided.examined
        at = address(examined.case.label_id, self._ports.published_at)
        enacted = self.guard.enact(decided, redacted, beside=Beside(address=at), now=now)
        if enacted.refusal is not None:
            return enacted
        started = self._ports.seconds()
        said = self.guard.said(examined.case, examined.model, now)
        made = await self._ports.vouch(enacted.body, said, examined.media_type)
        self._took("label", started)
        self._metrics.labelled(made.written, made.missing)
        if made.is_signed:
            return enacted
        # Nothing may lead to a manifest that isn't there.
        without = Beside(reason=made.missing.get(SIGNED, "unknown"))
        return self.guard.enact(decided, redacted, beside=without, now=now)

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
        started = self._ports.seconds()
        made = await self._ports.label(tuple(jobs.values()), said)
        self._took("label", started)
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
        # A withdrawal also ends what is remembered of earlier turns.
        subject = case.query.subject or ""
        if not records and subject and (found or self.guard.kept.knows(subject)):
            records = await self._looked_up(subject)
        started = self._ports.seconds()
        decided = self.guard.decide(examined, records, self._ports.now())
        self._took("decide", started)
        found_in = [standing.finding for standing in decided.standings]
        lang = self.guard.disclosure.languages(case)[0] if found_in else ""
        direction = examined.direction.value
        self._metrics.decided(direction, found_in, decided.decision, lang)
        made(CURRENT.get(), direction, decided.decision, found_in)
        return decided

    async def _names(self, now: datetime) -> EpochKey:
        """Return the key that evidence names persons by; its file is read off the loop."""
        keys, ts = self.guard.pseudonyms, int(now.timestamp() * SECOND)
        ready = keys.ready(ts)
        return ready if ready is not None else await self._ports.fetch(lambda: keys.at(ts))

    async def _looked_up(self, subject: str) -> Sequence[ConsentRecord]:
        started = self._ports.seconds()
        try:
            records = await self._ports.records(subject)
        except Exception:
            self._metrics.looked_up("failed")
            raise
        self._took("consent", started)
        self._metrics.looked_up("found" if records else "none")
        return records

    async def _record(self, *entries: Entry) -> tuple[Receipt, ...]:
        """Put entries on record; return no receipts where none can be and the operator said so."""
        for entry in entries:
            if entry.kind is EntryKind.STREAM_FINDING:
                self._metrics.decided_in_stream(entry.fields)
        started = self._ports.seconds()
        try:
            appended = await self._ports.append(entries)
        except EvidenceError as error:
            self._metrics.failed(error.code)
            self._metrics.record_failed()
            if not self._fail_open:
                self._metrics.fail_closed.inc()
                raise
            self._metrics.fail_open.inc()
            return ()
        self._took("evidence", started)
        return appended

    def _took(self, stage: str, started: float) -> None:
        self._metrics.took(stage, self._ports.seconds() - started)

    def _end(self, trail: Trail, outcome: str, spent: float) -> None:
        """Take note of how a request ended; `spent` in seconds."""
        trail.outcome, trail.spent = outcome, spent
        self._metrics.answered(trail, outcome, spent)

    def _note_packs(self) -> None:
        """Tell the metrics which packs are in force, where these are others than before."""
        judge = self.guard.judge
        if judge is not self._known_judge:
            self._known_judge = judge
            note_packs(self._metrics, judge)

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
        trail: Trail,
        word: str,
        rules: Sequence[str],
        evidence: Sequence[Receipt],
        spent: float,
    ) -> Headers:
        ids = [str(receipt) for receipt in evidence] or [NO_EVIDENCE]
        trail.rules, trail.packs, trail.evidence = rules, self.guard.judge.refs, ids
        return (
            (b"guardrail-request-id", trail.request_id.encode()),
            (b"guardrail-decision", word.encode()),
            (b"guardrail-rules", ", ".join(rules).encode()),
            (b"guardrail-policy", ", ".join(self.guard.judge.refs).encode()),
            (b"guardrail-evidence", ", ".join(ids).encode()),
            (b"guardrail-duration-ms", f"{spent * 1_000:.3f}".encode()),
        )

    def _receipts(self, receipts: Sequence[Receipt]) -> Headers:
        """Return what a caller can hold the log to; nothing where nothing is on record."""
        origin = self.guard.settings.evidence.origin
        said = ", ".join(receipt.header(origin) for receipt in receipts)
        return ((b"guardrail-receipt", said.encode()),) if said else ()

    def _unix(self) -> int:
        return int(self._ports.now().timestamp())


def made(trail: Trail | None, direction: str, decision: Decision, found: Sequence[Found]) -> None:
    """Note a decision, where somebody follows the request and hasn't been told of too many."""
    if trail is not None and len(trail.made) < MOST_MADE:
        trail.made.append((time.time_ns(), direction, decision, found))


def note_packs(metrics: Metrics, judge: Judge) -> None:
    """Tell the metrics which packs are in force, and which rule is which pack's."""
    rules = {rule.id: pack.id for pack in judge.packs for rule in pack.rules}
    metrics.in_force(judge.digests, rules)


def begun(request_id: str, adapter: Adapter) -> Trail:
    """Return the trail of a request that nothing more is known of than its format."""
    trail = CURRENT.get()
    if trail is None or trail.request_id not in {"", request_id}:
        trail = Trail()
    trail.request_id = request_id
    if not trail.wire:
        trail.wire, trail.route = adapter.name, f"{adapter.name}/{OTHER}"
    return trail


def _is_unexamined(decided: Decided) -> bool:
    return any(unseen(decided.examined.media, decided.examined.inspected))


def _error_entry(request_id: str, error: GuardrailError) -> Entry:
    return Entry(
        kind=EntryKind.ERROR,
        req=request_id,
        fields={"code": error.code, "status": error.status},
    )
