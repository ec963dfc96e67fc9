"""Totals of entries: said in beats and seals, and counted again by who verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from guardrail.evidence.canonical import Plain, Value, named
from guardrail.evidence.entry import FIELDS

DECISIONS_PER_ENTRY = 30
"""At most 240 bytes each, so that an entry stays below the record's limit, heads and all."""


Rule: TypeAlias = "tuple[str, str, str]"
"""A rule that applied: direction, rule, action."""


def counted(kind: str, fields: Mapping[str, object]) -> tuple[Rule, ...] | None:
    """Return what totals count of an entry, besides its kind.

    Returns:
        The rules that it names among its ``hits``, if it names its direction (``dir``), too. None
        where totals can't say all that they would have to.
    """
    hits = fields.get("hits", ())
    if not _nameable(kind) or not isinstance(hits, list | tuple):
        return None
    way, rules = str(fields.get("dir", "")), list[Rule]()
    for hit in hits:
        if not isinstance(hit, dict):
            return None
        rule = way, str(hit.get("rule")), str(hit.get("action"))
        if way and not _sayable(*rule):
            return None
        rules.append(rule)
    return tuple(rules) if way else ()


@lru_cache(4096)
def _nameable(kind: str) -> bool:
    return named(kind.replace(".", "_"))


@lru_cache(4096)
def _sayable(direction: str, rule: str, action: str) -> bool:
    row: Plain = {"dir": direction, "rule": rule, "action": action, "count": 1}
    return FIELDS["totals"]({"records": {}, "decisions": [row]})


class Totals:
    """Entries by kind, and rules that applied by direction, rule and action.

    A rule counts once for each entry that `counted` finds it in.
    """

    __slots__ = ("decisions", "records")

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.decisions: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, fields: Mapping[str, object]) -> None:
        """Count an entry, given what it says."""
        self.count(kind, counted(kind, fields) or ())

    def count(self, kind: str, rules: Iterable[Rule]) -> None:
        """Count an entry, given what `counted` finds in it."""
        self.records[kind] += 1
        for rule in rules:
            self.decisions[rule] += 1

    def merge(self, other: Totals) -> None:
        """Count what somebody else has counted."""
        self.records.update(other.records)
        self.decisions.update(other.decisions)

    def parts(self) -> Iterator[Mapping[str, Value]]:
        """Return the field ``totals`` for one entry, or for several where there is much to say."""
        rows: list[Value] = [
            {"dir": direction, "rule": rule, "action": action, "count": count}
            for (direction, rule, action), count in sorted(self.decisions.items())
        ]
        records: Mapping[str, Value] = {
            kind.replace(".", "_"): count for kind, count in sorted(self.records.items())
        }
        yield {"records": records, "decisions": rows[:DECISIONS_PER_ENTRY]}
        for at in range(DECISIONS_PER_ENTRY, len(rows), DECISIONS_PER_ENTRY):
            yield {"records": {}, "decisions": rows[at : at + DECISIONS_PER_ENTRY]}

    def take(self, told: Mapping[str, object]) -> None:
        """Add what a field ``totals`` says."""
        records, decisions = told.get("records"), told.get("decisions")
        for kind, count in records.items() if isinstance(records, dict) else ():
            self.records[kind.replace("_", ".")] += count
        for row in decisions if isinstance(decisions, list) else ():
            self.decisions[row["dir"], row["rule"], row["action"]] += row["count"]
