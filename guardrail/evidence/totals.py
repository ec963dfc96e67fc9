"""Totals of entries: said in beats and seals, and counted again by who verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from guardrail.evidence.canonical import Plain, Value, named
from guardrail.evidence.entry import FIELDS

DECISIONS_PER_ENTRY = 30
"""At most 240 bytes each, so that an entry stays below the record's limit, heads and all."""


def countable(kind: str, fields: Mapping[str, object]) -> bool:
    """Tell whether totals can say all that they would count of an entry that somebody wrote."""
    hits = fields.get("hits", ())
    if not named(kind.replace(".", "_")) or not isinstance(hits, list | tuple):
        return False
    if not all(isinstance(hit, dict) for hit in hits):
        return False
    way = str(fields.get("dir", ""))
    rules = hits if way else ()
    return all(_sayable(way, str(hit.get("rule")), str(hit.get("action"))) for hit in rules)


@lru_cache(4096)
def _sayable(direction: str, rule: str, action: str) -> bool:
    row: Plain = {"dir": direction, "rule": rule, "action": action, "count": 1}
    return FIELDS["totals"]({"records": {}, "decisions": [row]})


class Totals:
    """Entries by kind, and rules that applied by direction, rule and action.

    A rule counts once for each entry that names both its direction (``dir``) and the rule among its
    ``hits``.
    """

    __slots__ = ("decisions", "records")

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.decisions: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, fields: Mapping[str, object]) -> None:
        """Count an entry."""
        self.records[kind] += 1
        hits = fields.get("hits")
        if hits and isinstance(hits, list | tuple):
            direction = str(fields.get("dir", ""))
            for hit in hits if direction else ():
                self.decisions[direction, str(hit.get("rule")), str(hit.get("action"))] += 1

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
