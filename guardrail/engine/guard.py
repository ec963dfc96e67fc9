"""The guard: examine, decide, enact. No I/O, no clock, no await.

A message goes one way: `Guard.examine` reads and detects, `Guard.decide` weighs consent and law,
`Guard.enact` makes the edits, the refusal and the evidence. A request and its whole reply take the
same three steps; a streamed reply takes them in pieces (`guardrail.engine.reply_stream`).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from guardrail.consent import ConsentRecord, Query, Terms, query
from guardrail.detect import IntentDetector, TextDetector
from guardrail.detect.intent import OF_SHOWN
from guardrail.detect.media.actions import Redaction
from guardrail.disclose import LabelSigner, Signed, headers
from guardrail.disclose.layers import Said
from guardrail.enforce import Masker, param, refuse
from guardrail.engine.beside import NOTHING_BESIDE, Beside
from guardrail.engine.case import Case, Decided, Enacted, Examined, Handling, Route
from guardrail.engine.conversations import Conversations
from guardrail.engine.disclosure import PAGE, TEXT, Disclosure, expect_words
from guardrail.engine.entries import entry_of
from guardrail.engine.head import caller, content_type, expect_plain_head, is_sure
from guardrail.engine.kept_labels import KeptLabels
from guardrail.engine.labels import (
    NOTHING_LABELLED,
    Labelled,
    is_labelled,
    marks_of,
    note_media,
    said_of,
)
from guardrail.engine.media import (
    counted,
    cropped,
    media_edits,
    media_in,
    outside,
    redactions,
    seen_in,
    shown_by,
    shows_somebody,
    unseen,
    vectors_in,
)
from guardrail.engine.reply_texts import reply_texts
from guardrail.engine.text_labels import TextLabels
from guardrail.engine.weighing import Weigher
from guardrail.evidence import Entry, EntryKind
from guardrail.evidence.pseudonyms import DerivedPseudonyms, EpochKey, Pseudonyms
from guardrail.evidence.shard import SECOND
from guardrail.facts import (
    Action,
    Category,
    Decision,
    Direction,
    Duty,
    Headers,
    RawReply,
    RawRequest,
    Refusal,
    Reply,
    Segment,
    Standing,
)
from guardrail.policy import Judge, Situation, explain
from guardrail.settings import Settings
from guardrail.wire import JSON, WEBSOCKET, Notation, Wires

GENERIC = "generic-json"
GENERIC_MESSAGES = "generic-websocket"
LEGAL_TIME = timezone(timedelta(hours=5))
"""Rules begin and end by Kazakhstan's clock (UTC+5 all over the country since 1 March 2024)."""
FACE_ONLY = "bank-identification"
"""The context in which of a picture nothing but the one face may pass (Rules No 56 (5))."""
Unexamined = tuple[tuple[str, ...], tuple[str, ...]]
"""The kinds of media that nobody looked into: those a message holds, and those it points at."""
NOTHING_UNEXAMINED: Unexamined = ((), ())
NOTHING_REDACTED: Mapping[int, str] = {}

BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose requests carry no content; what they bring all the same goes nowhere."""


class Guard:
    """All that decides, built once and shared by every exchange."""

    def __init__(  # noqa: PLR0913 - one argument for each room that it joins
        self,
        settings: Settings,
        *,
        wires: Wires,
        detector: TextDetector,
        judge: Judge,
        terms: Terms,
        key: bytes,
        detectors: Mapping[str, TextDetector] | None = None,
        signer: LabelSigner | None = None,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        """Join the rooms.

        Args:
            settings: what the operator set.
            wires: the wire formats.
            detector: finds personal data.
            judge: weighs findings by the law packs.
            terms: what a consent must cover here.
            key: secret for stable pseudonyms and placeholders, 32 bytes.
            detectors: by the key of `detect.routes`, where they differ from `detector`.
            signer: signs labels; without it they stand in headers alone, unsigned.
            pseudonyms: the keys of what evidence calls persons and bodies; without them they follow
                from `key`.

        Raises:
            ConfigError: no pack has the words that tell people of the AI, or `Settings.wires` names
                a format that isn't there.
        """
        self.settings = settings
        self.wires = wires
        self.detector = detector
        self._detectors = dict(detectors or {})
        self.judge = judge
        self.weigher = Weigher(terms, key)
        self._key = key
        self.pseudonyms = pseudonyms or DerivedPseudonyms(key)
        self.labels = TextLabels(settings, signer)
        self.labels.use(judge)
        self.intent = IntentDetector(key, embedded=settings.detect.embeddings)
        self._contexts = frozenset(settings.service.contexts)
        expect_words(judge, settings)
        self.disclosure = Disclosure(self, key)
        self.kept = KeptLabels(Conversations(key))
        for wire in settings.wires.values():
            wires.named(wire)
        self._packs = {judge.refs: judge.listed}
        self.card = ""
        """SHA-256 of what people are told of the system, told with each decision; shells set it."""

    def use(self, judge: Judge) -> None:
        """Decide by these packs from now on; what was decided keeps its own on record."""
        self._packs = {**self._packs, judge.refs: judge.listed}
        self.labels.use(judge)
        self.judge = judge

    def route(self, method: str, path: str) -> Route:
        """Say which wire format a request is in and what is done with it."""
        detector = self._detectors.get(self.settings.detect.route_of(path) or "")
        wire, below = self.settings.wire_of(path)
        adapter = self.wires.named(wire) if wire else self.wires.match(method, path)
        if adapter is not None:
            operation = adapter.operation(method, below)
            examined = operation.examined and method != "OPTIONS"  # a browser's preflight
            handling = Handling.EXAMINE if examined else Handling.PASS
            return Route(handling=handling, adapter=adapter, operation=operation, detector=detector)
        unmatched = self.settings.unmatched
        wanted = unmatched.ai if self.settings.is_ai_path(path) else unmatched.other
        handling = Handling.EXAMINE if wanted == "generic" else Handling(wanted)
        if method == "OPTIONS" or (wanted == "generic" and method in BODILESS):
            # A browser's preflight, or a request with nothing to be read: it passes, and says so.
            handling = Handling.PASS
        adapter = self.wires.named(GENERIC_MESSAGES if method == WEBSOCKET else GENERIC)
        operation = adapter.operation(method, path)
        return Route(handling=handling, adapter=adapter, operation=operation, detector=detector)

    def detector_for(self, route: Route) -> TextDetector:
        """Return what looks at the text of requests on a route, and of their replies."""
        return route.detector or self.detector

    def function_route(self) -> Route:
        """Return the way of a function's arguments, on which nobody can be told anything."""
        adapter = self.wires.named(GENERIC)
        return Route(
            handling=Handling.EXAMINE,
            adapter=adapter,
            operation=adapter.operation("CALL", "/"),
            tells=False,
        )

    def examine(
        self,
        raw: RawRequest,
        route: Route,
        *,
        request_id: str,
        label_id: str,
        now: datetime | None = None,
        names: EpochKey | None = None,
    ) -> Examined:
        """Read a request and find what is in it. Without `now`, placeholders never expire.

        Without `names` the key of `now` is asked for on the spot, which may wait for a disk.

        Raises:
            BadInput: it can't be read: of another type, malformed, too deep.
        """
        notation = JSON
        if raw.body or not route.operation.bodiless:
            notation = route.adapter.request_notation(content_type(raw.headers), raw.body)
        self.expect_plain_head(raw)
        exchange = route.adapter.read_request(route.operation, raw.body, notation)
        asking = query(
            raw.headers,
            key=self._key,
            trust_subject_header=self.settings.consent.trust_subject_header,
        )
        case = Case(
            request_id=request_id,
            route=route,
            raw=raw,
            exchange=exchange,
            query=asking,
            masker=Masker(key=self._key, scope=self._scope(raw, asking, now)),
            names=names or self.pseudonyms.at(int(now.timestamp() * SECOND) if now else 0),
            label_id=label_id,
            model=self.plain(exchange.model),
            exempt=self.settings.labels.exempt_of(raw.path),
        )
        return self.examined_request(case, raw.body, notation)

    def examined_request(self, case: Case, body: bytes, notation: Notation = JSON) -> Examined:
        """Find what is in a request, or in one message of a session's, that was read."""
        exchange = case.exchange
        media = media_in(exchange.opaque, exchange.segments)
        case.exchange = replace(exchange, tree=None)  # it is looked at once and may be large
        findings = self.detector_for(case.route).examine(exchange.segments)
        shown = bool(media or case.materials)
        uses = self.intent.examine(exchange.segments, with_media=shown)
        return Examined(
            case=case,
            direction=Direction.REQUEST,
            body=body,
            segments=exchange.segments,
            findings=(*findings, *uses),
            media=media,
            vectors=vectors_in(
                exchange.tree,
                body,
                exchange.segments,
                model=exchange.model,
                route=case.raw.path,
            ),
            notation=notation,
        )

    def examine_reply(self, case: Case, raw: RawReply) -> Examined:
        """Read a whole reply and find what is in it.

        Raises:
            UpstreamError: the upstream sent what can't be read.
        """
        adapter = case.route.adapter
        stated = content_type(raw.headers)
        notation = adapter.reply_notation(stated, raw.body)
        reply: Reply = adapter.read_reply(raw.body, notation)
        media = media_in(reply.opaque, reply.segments)
        found = self.detector_for(case.route).examine(reply.segments)
        uses = self.intent.reply_uses(reply.segments, reply.documents, reply.tree)
        return Examined(
            case=case,
            direction=Direction.REPLY,
            body=raw.body,
            # Uses may be found in documents, which are counted behind the texts and never edited.
            segments=(*reply.segments, *(replace(one, text="") for one in reply.documents if uses)),
            findings=(*outside(found, media), *uses),
            media=media,
            vectors=vectors_in(
                reply.tree, raw.body, reply.segments, model=reply.model, route=case.raw.path
            ),
            notation=notation,
            model=self.plain(reply.model),
            ok=raw.status < 400,
            names=reply.conversation,
            usage=reply.usage,
            media_type=stated.partition(";")[0].strip().lower(),
            spot=adapter.label_spot(reply.tree),
        )

    def decide(
        self, examined: Examined, records: Sequence[ConsentRecord], now: datetime
    ) -> Decided:
        """Weigh what was found by consent and law."""
        case = examined.case
        case.records = records
        if not (shows_somebody(examined.inspected) or case.materials):
            asked = tuple(one for one in examined.findings if one.reason != OF_SHOWN)
            examined = replace(examined, findings=asked)
        standings = (
            *self.weigher.text(case, examined.segments, examined.findings, now),
            *self.weigher.seen(case, shown_by(examined.vectors, examined.inspected), now),
        )
        unexamined = unseen(examined.media, examined.inspected)
        if examined.direction is Direction.REPLY:
            self.kept.note(case, examined.names, now)
            if examined.ok:
                note_media(case, examined.media, examined.inspected, unread=any(unexamined))
            decision = self.judge_reply(
                case, standings, now, unexamined=unexamined, by_ai=examined.ok
            )
        else:
            case.purposes |= {
                finding.entity
                for finding in examined.findings
                if finding.category is Category.PROHIBITED
            }
            self.disclosure.recall(case, now)
            self.kept.recall(case, now)
            decision = self._judge(case, Direction.REQUEST, standings, now, unexamined=unexamined)
        return Decided(examined=examined, standings=standings, decision=decision)

    def judge_reply(
        self,
        case: Case,
        standings: tuple[Standing, ...],
        now: datetime,
        *,
        unexamined: Unexamined = NOTHING_UNEXAMINED,
        by_ai: bool = True,
    ) -> Decision:
        """Decide on a reply, or a piece of one."""
        return self._judge(
            case, Direction.REPLY, standings, now, unexamined=unexamined, ai_reply=by_ai
        )

    def _judge(
        self,
        case: Case,
        direction: Direction,
        standings: tuple[Standing, ...],
        now: datetime,
        *,
        unexamined: Unexamined = NOTHING_UNEXAMINED,
        ai_reply: bool = False,
    ) -> Decision:
        opaque, remote = unexamined
        situation = Situation(
            direction=direction,
            standings=standings,
            opaque=opaque,
            remote=remote,
            materials=case.materials,
            purposes=case.purposes,
            contexts=self._contexts,
            first_turn=case.exchange.first_turn and case.route.tells,
            # Of media that it can't read the guard can't say what they imitate.
            synthetic=ai_reply and (case.synthetic or bool(opaque or remote)),
            ai_reply=ai_reply,
        )
        return self.judge.judge(situation, today=now.astimezone(LEGAL_TIME).date())

    def redactions(self, decided: Decided) -> Mapping[int, Redaction]:
        """Return what is to be hidden in which of a message's media, by its index."""
        examined = decided.examined
        if decided.decision.action in {Action.REFUSE, Action.HOLD}:
            return {}
        before = len(examined.findings) + len(examined.vectors)
        wanted = redactions(seen_in(examined.inspected), decided.decision.actions[before:])
        if FACE_ONLY in self._contexts and examined.direction is Direction.REQUEST:
            wanted |= cropped(examined.inspected)
        return wanted

    def unredacted(self, case: Case, reason: str) -> str:
        """Return why a medium couldn't be changed in a person's languages; empty for no words."""
        return self.disclosure.said(f"media.{reason.replace('_', '-')}", case)

    def said(self, case: Case, model: str, now: int) -> Said:
        """Return what is said of the media of a reply."""
        notices, languages = self.judge.notices, self.disclosure.languages(case)
        who = self.labels.origin
        return said_of(
            case, self.settings, model, now, notices=notices, languages=languages, origin=who
        )

    def enact(
        self,
        decided: Decided,
        redacted: Mapping[int, str] = NOTHING_REDACTED,
        labelled: Mapping[int, Labelled] = NOTHING_LABELLED,
        *,
        beside: Beside = NOTHING_BESIDE,
        now: int = 0,
    ) -> Enacted:
        """Turn a decision into what leaves the guard, and its evidence.

        Args:
            decided: the message and the decision on it.
            redacted: what stands in the places of media that `redactions` named.
            labelled: what became of a reply's media, where `is_labelled` wants them labelled.
            beside: where the manifest of a reply that is a text will be.
            now: Unix seconds, for labels.

        Raises:
            UpstreamError: a medium of the reply can't be labelled and may not go without.
        """
        examined, decision = decided.examined, decided.decision
        stopped = self.refusal(examined.case, decision, place=_to_blame(examined, decision))
        if stopped is not None:
            return Enacted(decided=decided, refusal=stopped, entry=self._entry(decided))
        if examined.direction is Direction.REQUEST:
            return self._enact_request(decided, redacted)
        return self._enact_reply(decided, redacted, labelled, beside, now)

    def refusal(
        self, case: Case, decision: Decision, *, place: str | None = None
    ) -> Refusal | None:
        """Return the refusal that a decision asks for, in the person's languages, or None."""
        if decision.action not in {Action.REFUSE, Action.HOLD}:
            return None
        message = explain(decision, self.judge.notices, self.disclosure.languages(case))
        return refuse(decision, message=message, param=place, request_id=case.request_id)

    def reply_headers(
        self,
        case: Case,
        decision: Decision,
        model: str,
        now: int,
        signed: Signed | None = None,
        *,
        corrects: bool = False,
    ) -> Headers:
        """Return the label and the notice as header fields.

        Args:
            case: the exchange.
            decision: on the reply.
            model: the model's name as the upstream gave it, or an empty string.
            now: Unix seconds.
            signed: the signature of a whole reply's label, which is then the label.
            corrects: whether what the reply claims has to be put right beside it.
        """
        told = Duty.DISCLOSE in decision.duties
        notice = self.disclosure.header(case, told=told, corrects=corrects)
        if Duty.LABEL not in decision.duties:
            return notice
        label = signed.label if signed is not None else self.labels.label(case, model, now)
        return headers(label, signed=signed) + notice

    def _enact_request(self, decided: Decided, redacted: Mapping[int, str]) -> Enacted:
        examined = decided.examined
        findings = examined.findings
        actions = decided.decision.actions[: len(findings)]
        edits = examined.case.masker.edits(examined.segments, findings, actions)
        segments, edits = media_edits(examined.media, redacted, examined.segments, edits)
        adapter = examined.case.route.adapter
        body = adapter.patch(examined.body, segments, edits, examined.notation)
        return Enacted(decided=decided, body=body, entry=self._entry(decided, body))

    def _enact_reply(
        self,
        decided: Decided,
        redacted: Mapping[int, str],
        labelled: Mapping[int, Labelled],
        beside: Beside,
        now: int,
    ) -> Enacted:
        examined, decision = decided.examined, decided.decision
        wanted = examined.media if is_labelled(decided) else ()
        marks = marks_of(wanted, redacted, labelled, self.settings, examined.inspected)
        case = examined.case
        said = reply_texts(examined, decision, self.disclosure)
        segments, changed = media_edits(examined.media, marks.held, examined.segments, said.edits)
        adapter = case.route.adapter
        patched = adapter.patch(examined.body, segments, changed, examined.notation)
        body = self.disclosure.page(examined, decision, patched)
        where = PAGE if body is not patched else TEXT if said.told else ""
        proof = self.disclosure.proof(case, decision, said.opening, where)
        words = self.disclosure.corrections(case) if said.aside else {}
        made = self.labels.labelled(
            decided, body, (segments, changed), now, beside=beside, words=words
        )
        body = made.body
        entry = self._entry(
            decided,
            body,
            **proof,
            corrected=said.corrected or "",
            marks={**marks.written, **made.written} or "",
            layers={**marks.layers, **beside.layers} or "",
            unmarked={**marks.missing, **beside.missing} or "",
        )
        return Enacted(
            decided=decided,
            body=body,
            entry=entry,
            signed=made.signed,
            manifest=marks.manifest,
            linked=bool(beside.address),
            corrects=said.aside,
        )

    def expect_plain_head(self, raw: RawRequest) -> None:
        """Refuse personal data where it can't be hidden: in path, query and header fields.

        Raises:
            BadInput: there is some.
        """
        expect_plain_head(raw, self.detector)

    def plain(self, name: str) -> str:
        """Return what the caller or the upstream calls something, unless it holds personal data.

        A model's name is free text, which labels repeat.
        """
        return "" if any(map(is_sure, self.detector.find(name))) else name

    def _scope(self, raw: RawRequest, asking: Query, now: datetime | None) -> str:
        """Return whose pseudonyms these are: alike over turns, unlike for another tenant.

        What is in the scope tells a later period's pseudonyms from those of an earlier one: what
        the upstream keeps can't be joined over time.
        """
        own = caller(raw)
        tenant = hmac.digest(self._key, own, "sha256").hex() if own else ""
        days = self.settings.pseudonym_days
        period = int(now.timestamp()) // (days * 86_400) if now is not None and days else ""
        return f"{self.settings.service.name}|{tenant}|{asking.subject or ''}|{period}"

    def entry(
        self,
        kind: EntryKind,
        case: Case,
        decision: Decision,
        standings: Sequence[Standing] = (),
        **more: str | int | dict[str, int] | list[str],
    ) -> Entry:
        """Return the evidence of a decision: kinds, counts, ids and digests, never a value."""
        return entry_of(
            kind,
            case,
            decision,
            standings,
            pol=self._packs[decision.packs],
            det=self.detector_for(case.route).digest,
            use=self.intent.digest,
            card=self.card,
            **more,
        )

    def _entry(
        self, decided: Decided, body: bytes = b"", **more: str | int | dict[str, int] | list[str]
    ) -> Entry:
        examined = decided.examined
        names = examined.case.names
        return self.entry(
            EntryKind(examined.direction),
            examined.case,
            decided.decision,
            decided.standings,
            **{"in": names.digest(examined.body), "out": names.digest(body)},
            **counted(examined.media, examined.inspected),
            **more,
        )


def _to_blame(examined: Examined, decision: Decision) -> str | None:
    """Return the place in the request that the first decisive finding stands at."""
    if examined.direction is Direction.REPLY:
        return None
    places = [examined.segments[finding.segment] for finding in examined.findings]
    places += [Segment(place=place, text="") for place, _ in examined.vectors]
    places += [
        Segment(place=examined.media[seen.item].opaque.place, text="")
        for seen in seen_in(examined.inspected)
    ]
    for place, action in zip(places, decision.actions, strict=True):
        if action is decision.action:
            return param(place)
    return None
