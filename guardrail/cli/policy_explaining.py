"""What the rules make of one request: the work of `guardrail policy explain`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.engine import Decided, Guard
    from guardrail.engine.media import Medium
    from guardrail.facts import Inspected
    from guardrail.policy import Rule
    from guardrail.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A rule that applied to a request."""

    rule: str
    article: str
    also: tuple[str, ...]
    pack: str
    action: str
    duties: tuple[str, ...]
    decisive: bool
    """True where it asked for what was done."""
    found: dict[str, int]
    """What it applied to: entity and consent, as ``KZ_IIN missing``, to how often."""
    sanction: str
    remark: str
    verify_with_counsel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the rules make of one request. Holds no personal value."""

    wire: str
    packs: tuple[str, ...]
    today: str
    action: str
    rules: tuple[Applied, ...]
    unexamined: dict[str, int]
    """Kinds of media that couldn't be looked into, by how many."""
    told: str
    """What the person is told, in the languages asked for; empty where nothing is refused."""


def guard_of(settings: Settings) -> Guard:
    """Return a guard as `serve` would have it, but for keys and stores: nothing is written.

    Raises:
        ConfigError: something that `settings` name can't be used.
    """
    from guardrail.consent import Terms
    from guardrail.engine import Guard
    from guardrail.policy import strictest_thresholds
    from guardrail.shells.detectors import detectors_for
    from guardrail.shells.packs import judge_for
    from guardrail.shipped import shipped
    from guardrail.wire import Limits, load_wires

    key = os.urandom(32)
    judge = judge_for(settings)
    detectors = detectors_for(settings.detect, key=key, floors=strictest_thresholds(judge.packs))
    return Guard(
        settings,
        wires=load_wires(
            shipped("adapters"),
            own=settings.formats,
            generic_text=settings.generic.text,
            generic_label=settings.generic.label,
            limits=Limits(depth=settings.limits.json_depth, values=settings.limits.json_values),
        ),
        detector=detectors.usual,
        detectors=detectors.routes,
        judge=judge,
        terms=Terms(
            purpose=settings.service.purpose,
            recipient=settings.service.recipient,
            country=settings.service.country,
            audience=settings.consent.audience,
            issuers={},
        ),
        key=key,
    )


def explained(
    guard: Guard, body: bytes, path: str, now: datetime, languages: Sequence[str] = ()
) -> Explained:
    """Return which rules apply to a request without any consent, and what follows.

    Args:
        guard: see `guard_of`.
        body: the request's body.
        path: where it would be sent, which tells its wire format.
        now: the time; rules that don't hold then are passed over.
        languages: of what the person is told; empty for all that the packs ask for.

    Raises:
        BadInput: the request can't be read, or the guard doesn't examine such requests.
    """
    from guardrail.engine import Handling
    from guardrail.engine.guard import LEGAL_TIME
    from guardrail.facts import RawRequest
    from guardrail.policy import explain

    route = guard.route("POST", path)
    if route.handling is not Handling.EXAMINE:
        raise BadInput(
            f"POST {path} isn't examined: the guard would {route.handling} it",
            fix="name the path that the request is sent to with --path",
        )
    headers = ((b"content-type", b"application/json"),)
    raw = RawRequest(method="POST", path=path, headers=headers, body=body)
    examined = guard.examine(raw, route, request_id="explain", label_id="", now=now)
    examined = replace(examined, inspected=_looked(guard, examined.media))
    decided = guard.decide(examined, (), now)
    decision = decided.decision
    refused = decision.action in {"refuse", "hold"}
    wanted = tuple(languages) or guard.judge.languages
    return Explained(
        wire=examined.case.exchange.wire,
        packs=decision.packs,
        today=now.astimezone(LEGAL_TIME).date().isoformat(),
        action=decision.action.value,
        rules=tuple(_applied(guard, decided)),
        unexamined=_unexamined(decided),
        told=explain(decision, guard.judge.notices, wanted) if refused else "",
    )


def _looked(guard: Guard, media: Sequence[Medium]) -> tuple[Inspected, ...]:
    """Look into a request's media, as serving would; nothing is started where there are none."""
    from guardrail.shells.assembly import media_pool
    from guardrail.shells.media.looker import Looker

    if not media:
        return ()
    pool = media_pool(guard.settings)
    try:
        looker = Looker(pool)
        return tuple(looker.inspect(one.held) for one in media)
    finally:
        pool.close()


def _applied(guard: Guard, decided: Decided) -> Iterator[Applied]:
    rules: dict[str, Rule] = {rule.id: rule for pack in guard.judge.packs for rule in pack.rules}
    decision = decided.decision
    for hit in decision.hits:
        rule = rules[hit.rule]
        standings = [decided.standings[index] for index in hit.findings]
        yield Applied(
            rule=hit.rule,
            article=hit.article,
            also=rule.also,
            pack=hit.pack,
            action=hit.action.value,
            duties=tuple(sorted(duty.value for duty in rule.duties)),
            decisive=hit.action is decision.action,
            found=dict(Counter(f"{one.finding.entity} {one.consent}" for one in standings)),
            sanction=rule.sanction,
            remark=rule.remark,
            verify_with_counsel=rule.verify_with_counsel,
        )


def _unexamined(decided: Decided) -> dict[str, int]:
    from guardrail.engine.media import unseen

    examined = decided.examined
    held, pointed = unseen(examined.media, examined.inspected)
    return dict(Counter((*held, *pointed)))


def as_text(explained: Explained) -> Iterator[str]:
    """Yield the explanation line by line, for people."""
    yield f"read as {explained.wire}, on {explained.today}, by {', '.join(explained.packs)}"
    if explained.unexamined:
        yield f"media that nobody could look into: {', '.join(explained.unexamined)}"
    yield f"without any consent it comes to: {explained.action}"
    if not explained.rules:
        yield "no rule applies"
    for one in explained.rules:
        yield ""
        yield from _rule_as_text(one)
    if explained.told:
        yield ""
        yield "the person is told:"
        yield from (f"  {line}" for line in explained.told.splitlines())


def _rule_as_text(one: Applied) -> Iterator[str]:
    decisive = " (decisive)" if one.decisive and one.action != "allow" else ""
    yield f"{one.rule}: {', '.join((one.action, *one.duties))}{decisive}"
    yield f"  law: {'; '.join((one.article, *one.also))} ({one.pack})"
    if one.found:
        yield f"  why: {', '.join(f'{what} x{times}' for what, times in one.found.items())}"
    else:
        yield "  why: the message as a whole"
    if one.remark:
        yield f"  remark: {one.remark}"
    if one.sanction:
        yield f"  sanction: {one.sanction}"
    if one.verify_with_counsel:
        yield "  to be verified with counsel"
