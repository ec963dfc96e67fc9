"""The sums that beats, stops and seals tell, held against the entries themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from guardrail.verify.entries import Entry, count_of, rows_of, text_of
from guardrail.verify.known import OTHER, is_known

Name = tuple[object, ...]
"""What is counted: a kind of entry, or direction, rule and action of one that applied."""


def names_of(entry: Entry) -> list[Name]:
    """Return under which names totals tell an entry: its kind, and the rules that applied."""
    names: list[Name] = [(entry.kind.replace(".", "_"),)]
    if way := text_of(entry, "dir"):
        hits = rows_of(entry.record.get("hits"))
        names += [(way, str(hit.get("rule")), str(hit.get("action"))) for hit in hits]
    return names


class Sum:
    """Counts entries, to be held against the totals that an entry tells (or several in a row)."""

    def __init__(self, *, exact: bool) -> None:
        self.counted, self.told = Counter[Name](), Counter[Name]()
        self.due: Counter[Name] | None = None
        self.exact = exact

    def count(self, names: Sequence[Name]) -> None:
        """Count an entry by all the names under which totals tell it."""
        for name in names:
            self.counted[name] += 1

    def right(self, entry: Entry) -> bool:
        """Hear an entry's totals; tell whether they are right, as far as can be told yet."""
        totals = entry.record.get("totals")
        if not isinstance(totals, dict):
            return True
        if self.due is None:
            self.due, self.told = Counter(self.counted), Counter()
        records = totals.get("records")
        for name, count in records.items() if isinstance(records, dict) else ():
            self.told[name,] += count_of(count)
        for row in rows_of(totals.get("decisions")):
            name = row.get("dir"), str(row.get("rule")), str(row.get("action"))
            self.told[name] += count_of(row.get("count"))
        if entry.record.get("more"):
            return True
        due, self.due = self.due, None
        if not self.exact:  # what came before can't be read: from here on it is taken as told
            self.exact, self.counted = True, self.told + (self.counted - due)
            return True
        return agree(self.told, due)


def agree(told: Counter[Name], due: Counter[Name]) -> bool:
    """Tell whether totals are those that are due, as far as who told them knew the names.

    What only newer versions know may be told as `OTHER`: one for one, and nothing else may be.
    """
    if told == due:
        return True
    missed = {name: due[name] - told[name] for name in {*told, *due}}
    vague = {name: -count for name, count in missed.items() if OTHER in name}
    short = {name: count for name, count in missed.items() if count and OTHER not in name}
    if any(count < 0 for count in (*vague.values(), *short.values())) or any(map(is_known, short)):
        return False
    return all(
        sum(count for name, count in vague.items() if len(name) == length)
        == sum(count for name, count in short.items() if len(name) == length)
        for length in (1, 3)
    )
