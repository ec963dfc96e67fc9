"""One pass over the entries of a log, and what it counts: the figures of every report.

Takes entries as the mappings that they are in JSON, in the log's order. What an entry doesn't say
isn't counted; nothing is guessed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from guardrail.audit.counting import Counts, Distinct, Quantiles
from guardrail.audit.open_requests import OpenRequests

Named = TypeVar("Named", str, tuple[str, str, str])

CASES_PER_RULE = 5
"""Cases that are shown of each rule."""
MOST_INCIDENTS = 1000
"""Incidents that are listed one by one; more are counted."""

_WEIGHED = frozenset({"request", "reply", "stream.open", "stream.finding"})
"""Kinds whose ``hits`` count: ``stream.close`` says those of ``stream.open`` again."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where an entry stands, and the hash that proves it."""

    shard: str
    index: int
    leaf: str
    """Leaf hash in hex: SHA-256 of a zero byte and the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An entry that shows a rule at work: ids alone, nothing of what was said."""

    place: Place
    req: str
    ts: int
    """Microseconds since 1970, UTC."""
    kind: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An entry of the kind ``incident``."""

    place: Place
    ts: int
    code: str
    reason: str
    record: str


@dataclass(slots=True, kw_only=True)
class Period:
    """From when to when something was in force, by the entries that name it; microseconds."""

    first: int
    last: int
    count: int = 1


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the entries of a period say. `zone` says whose days the days are."""

    zone: tzinfo = UTC
    entries: int = 0
    first: int | None = None
    """Time of the first entry, microseconds."""
    last: int | None = None
    kinds: Counts[str] = field(default_factory=Counts)
    acts: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(kind, action) of messages."""
    days: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(day, action) of requests."""
    rules: Counts[tuple[str, str, str]] = field(default_factory=Counts)
    """(rule, action, direction)."""
    articles: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(article, action)."""
    entities: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(entity, direction), of findings that a rule applied to."""
    entities_of: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(rule, entity)."""
    standings: Counts[str] = field(default_factory=Counts)
    disclosed: Counts[tuple[str, str]] = field(default_factory=Counts)
    """(where the notice stood, languages)."""
    labels: Counts[str] = field(default_factory=Counts)
    """Media that were labelled, by type; ``text`` for replies that carry a label's id."""
    layers: Counts[str] = field(default_factory=Counts)
    unmarked: Counts[str] = field(default_factory=Counts)
    consents: Counts[str] = field(default_factory=Counts)
    errors: Counts[str] = field(default_factory=Counts)
    endings: Counts[str] = field(default_factory=Counts)
    """How streams ended."""
    opaque: Counts[str] = field(default_factory=Counts)
    wires: Counts[str] = field(default_factory=Counts)
    models: Counts[str] = field(default_factory=Counts)
    purposes: Counts[str] = field(default_factory=Counts)
    recipients: Counts[str] = field(default_factory=Counts)
    incidents: list[Incident] = field(default_factory=list)
    incident_codes: Counts[str] = field(default_factory=Counts)
    anchors: Counts[tuple[str, bool]] = field(default_factory=Counts)
    """(kind of anchor, whether it came about)."""
    subjects: Distinct = field(default_factory=Distinct)
    writers: Distinct = field(default_factory=Distinct)
    latency: Quantiles = field(default_factory=Quantiles)
    packs: dict[tuple[str, str, str], Period] = field(default_factory=dict)
    """(pack, version, digest)."""
    detectors: dict[str, Period] = field(default_factory=dict)
    shards: dict[str, tuple[int, int]] = field(default_factory=dict)
    """First and last index that was read of each shard."""
    open: OpenRequests = field(default_factory=OpenRequests)
    _cases: dict[str, list[tuple[int, Place, Case]]] = field(default_factory=dict)

    def add(self, record: Mapping[str, object], place: Place) -> None:
        """Count an entry."""
        ts, kind = _number(record, "ts"), _text(record, "t")
        self.entries += 1
        self.first = ts if self.first is None else min(self.first, ts)
        self.last = ts if self.last is None else max(self.last, ts)
        low, high = self.shards.get(place.shard, (place.index, place.index))
        self.shards[place.shard] = (min(low, place.index), max(high, place.index))
        self.kinds.add(kind)
        self.writers.add(_text(record, "w"))
        self.open.add(kind, record, ts)
        if "act" in record:
            self._message(kind, record, ts)
        if kind in _WEIGHED:
            self._hits(kind, record, place, ts)
        self._rest(kind, record, place, ts)

    def cases(self, rule: str) -> tuple[Case, ...]:
        """Return at most `CASES_PER_RULE` cases of a rule, the oldest first.

        They are those with the least leaf hashes: nobody picks them, and who counts again gets
        the same.
        """
        kept = self._cases.get(rule, ())
        return tuple(sorted((case for _, _, case in kept), key=lambda case: (case.ts, case.place)))

    def of_rule(self, rule: str) -> Mapping[str, int]:
        """Return how often a rule applied, by action."""
        found: dict[str, int] = {}
        for (name, action, _), count in self.rules:
            if name == rule:
                found[action] = found.get(action, 0) + count
        return found

    def orphans(self) -> tuple[str, ...]:
        """Return ids of requests that were let through and never closed; see `OpenRequests`."""
        return self.open.orphans(self.last or 0)

    def _message(self, kind: str, record: Mapping[str, object], ts: int) -> None:
        action = _text(record, "act")
        if kind != "stream.close":  # it says what `stream.open` said
            self.acts.add((kind, action))
        if kind == "request":
            self.days.add((self._day(ts), action))
        self._packs(record, ts)
        for name, counts in (("standings", self.standings), ("opaque", self.opaque)):
            _count_all(record, name, counts)
        if text := _text(record, "sub"):
            self.subjects.add(text)
        if (spent := _number(record, "lat_us")) > 0:
            self.latency.add(spent)
        if kind == "request":
            _add_text(record, "wire", self.wires)
            _add_text(record, "model", self.models)
        for name, texts in (("purposes", self.purposes), ("recipients", self.recipients)):
            for text in _texts(record, name):
                texts.add(text)
        if kind in {"reply", "stream.close"}:
            self._labelled(record)

    def _labelled(self, record: Mapping[str, object]) -> None:
        if where := _text(record, "disclosed"):
            self.disclosed.add((where, _text(record, "lang")))
        if _text(record, "label"):
            self.labels.add("text")
        _count_all(record, "marks", self.labels)
        _count_all(record, "layers", self.layers)
        _count_all(record, "unmarked", self.unmarked)

    def _packs(self, record: Mapping[str, object], ts: int) -> None:
        for pack in _mappings(record, "pol"):
            key = (_text(pack, "id"), _text(pack, "ver"), _text(pack, "dig"))
            _extend(self.packs, key, ts)
        if detector := _text(record, "det"):
            _extend(self.detectors, detector, ts)

    def _hits(self, kind: str, record: Mapping[str, object], place: Place, ts: int) -> None:
        direction = "request" if kind == "request" else "reply"
        for hit in _mappings(record, "hits"):
            rule, action = _text(hit, "rule"), _text(hit, "action")
            self.rules.add((rule, action, direction))
            self.articles.add((_text(hit, "article"), action))
            for entity, count in _counts(hit, "entities"):
                self.entities.add((entity, direction), count)
                self.entities_of.add((rule, entity), count)
            req = _text(record, "req")
            self._case(rule, Case(place=place, req=req, ts=ts, kind=kind, action=action))

    def _case(self, rule: str, case: Case) -> None:
        kept = self._cases.setdefault(rule, [])
        ranked = (-int(case.place.leaf, 16), case.place, case)
        if any(case.place == place for _, place, _ in kept):
            return
        if len(kept) < CASES_PER_RULE:
            heapq.heappush(kept, ranked)
        elif ranked[0] > kept[0][0]:
            heapq.heapreplace(kept, ranked)

    def _rest(self, kind: str, record: Mapping[str, object], place: Place, ts: int) -> None:
        match kind:
            case "consent":
                self.consents.add(_text(record, "state"))
            case "error":
                self.errors.add(_text(record, "code"))
            case "stream.close":
                self.endings.add(_text(record, "code"))
            case "policy.load":
                self._packs(record, ts)
            case "log.anchor":
                self.anchors.add((_text(record, "anchor"), record.get("ok") is True))
            case "incident":
                self._incident(record, place, ts)
            case _:
                pass

    def _incident(self, record: Mapping[str, object], place: Place, ts: int) -> None:
        code = _text(record, "code")
        self.incident_codes.add(code)
        if len(self.incidents) < MOST_INCIDENTS:
            reason, name = _text(record, "reason"), _text(record, "record")
            self.incidents.append(
                Incident(place=place, ts=ts, code=code, reason=reason, record=name)
            )

    def _day(self, ts: int) -> str:
        return datetime.fromtimestamp(ts // 1_000_000, self.zone).date().isoformat()


def _extend(periods: dict[Named, Period], key: Named, ts: int) -> None:
    period = periods.get(key)
    if period is None:
        periods[key] = Period(first=ts, last=ts)
        return
    period.first, period.last = min(period.first, ts), max(period.last, ts)
    period.count += 1


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _number(record: Mapping[str, object], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) else 0


def _texts(record: Mapping[str, object], name: str) -> Iterator[str]:
    value = record.get(name)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item


def _mappings(record: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    value = record.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else ()


def _counts(record: Mapping[str, object], name: str) -> Iterator[tuple[str, int]]:
    value = record.get(name)
    for key, count in value.items() if isinstance(value, dict) else ():
        if isinstance(count, int):
            yield str(key), count


def _add_text(record: Mapping[str, object], name: str, into: Counts[str]) -> None:
    if text := _text(record, name):
        into.add(text)


def _count_all(record: Mapping[str, object], name: str, into: Counts[str]) -> None:
    for key, count in _counts(record, name):
        into.add(key, count)
