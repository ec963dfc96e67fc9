"""Totals of entries: said in beats and seals, and counted again by who verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from guardrail.evidence.canonical import Plain, Value, named
from guardrail.evidence.entry import FIELDS, OTHER

DECISIONS_PER_ENTRY = 30
"""At most 240 bytes each, so that an entry stays below the record's limit, heads and all."""
KINDS = 200
"""That are told by their names; what comes of others is counted as `OTHER`."""


Rule: TypeAlias = "tuple[str, str, str]"
"""A rule that applied: direction, rule, action."""


def counted(fields: Mapping[str, object]) -> tuple[Rule, ...]:
    """Return what totals count of an entry, besides its kind.

    Returns:
        The rules that it names among its ``hits``, if it names its direction (``dir``), too. What
        isn't known here is called `OTHER`: a newer version wrote it
        (docs/adr/0005-what-a-newer-version-says.md).
    """
    hits, way = fields.get("hits"), fields.get("dir")
    if not (hits and way and isinstance(hits, list | tuple) and isinstance(way, str)):
        return ()
    told = (hit for hit in hits if isinstance(hit, dict))
    return tuple(_rule(way, str(hit.get("rule")), str(hit.get("action"))) for hit in told)


@lru_cache(4096)
def _nameable(kind: str) -> bool:
    return named(kind.replace(".", "_"))


@lru_cache(4096)
def _rule(direction: str, rule: str, action: str) -> Rule:
    """Return a rule as totals can say it."""

    def said(**part: str) -> str:
        ((_, value),) = part.items()
        row: Plain = {"dir": "request", "rule": "", "action": "allow", "count": 1, **part}
        return value if FIELDS["totals"]({"records": {}, "decisions": [row]}) else OTHER

    return said(dir=direction), said(rule=rule), said(action=action)


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
        self.count(kind, counted(fields))

    def count(self, kind: str, rules: Iterable[Rule]) -> None:
        """Count an entry, given what `counted` finds in it."""
        self.count_all([(kind, tuple(rules))])

    def count_all(self, entries: Iterable[tuple[str, tuple[Rule, ...]]]) -> None:
        """Count entries, given their kinds and what `counted` finds in each: many are alike."""
        for (kind, rules), times in Counter(entries).items():
            # A record names 256 kinds at most; a writer gone wrong may make up any number.
            is_told = kind in self.records or (len(self.records) < KINDS and _nameable(kind))
            self.records[kind if is_told else OTHER] += times
            for rule in rules:
                self.decisions[rule] += times

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
