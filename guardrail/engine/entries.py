"""Entries of evidence on decisions: kinds, counts, ids and digests, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from guardrail.engine.case import Case
from guardrail.engine.labels import proof_of
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.facts import Decision, Direction, Duty, Standing


def entry_of(
    kind: EntryKind,
    case: Case,
    decision: Decision,
    standings: Sequence[Standing],
    **more: Value,
) -> Entry:
    """Return the entry of a decision.

    Args:
        kind: which of its request's entries it is.
        case: the request.
        decision: what was decided.
        standings: the findings that it was decided on.
        more: further fields; empty texts are left out.
    """
    asks = kind is EntryKind.REQUEST
    fields: dict[str, Value] = {
        "wire": case.exchange.wire,
        "spec": case.route.adapter.digest,
        "dir": (Direction.REQUEST if asks else Direction.REPLY).value,
        "act": decision.action.value,
        "hits": [
            {
                "rule": hit.rule,
                "article": hit.article,
                "action": hit.action.value,
                "entities": _count([standings[i].finding.entity for i in hit.findings]),
            }
            for hit in decision.hits
        ],
        "standings": _count([standing.consent.value for standing in standings]),
        "duties": sorted(duty.value for duty in decision.duties),
    }
    if case.query.subject:
        fields["sub"] = case.names.of(case.query.subject)
    if Duty.LABEL in decision.duties:
        fields |= proof_of(case)
    fields |= {name: value for name, value in more.items() if value != ""}
    return Entry(kind=kind, req=case.request_id, fields=fields)


def _count(names: Sequence[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(names).items())) if names else {}
