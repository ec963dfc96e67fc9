"""Figures of a tally as tables, lists and plots, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from guardrail.audit.law import Law, LawRule
from guardrail.audit.page import Bars, Block, Items, Paragraph, Said, Table
from guardrail.audit.page import Words as Cell
from guardrail.audit.tally import Tally
from guardrail.audit.words import Words

LIMITS = ("intent", "training", "registration", "deepfakes", "vendor", "watermark", "lawful")
"""What a guard between caller and model can't do; said in every report."""

PROHIBITED = ("KZ-AI-23", "KZ-AI-24", "KZ-AI-25", "KZ-AI-26", "KZ-AI-27", "KZ-AI-28", "KZ-AI-29")
"""Duties that stand for the seven capabilities of Law 230-VIII art. 17(3), in the law's order."""

_ACTIONS = ("allow", "pseudonymise", "mask", "hold", "refuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose report it is, and of what."""

    service: str = ""
    owner: str = ""
    bin: str = ""
    contact: str = ""
    provider: str = ""
    recipient: str = ""
    country: str = ""
    purpose: str = ""
    since: str = ""
    """First day, ISO."""
    until: str = ""
    """Last day, ISO."""
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    version: str = ""
    """Of the product."""
    proofs: Mapping[str, str] = field(default_factory=dict)
    """Leaf hash in hex to the proof's file in the archive."""


class Figures:
    """Makes blocks out of a tally."""

    def __init__(self, tally: Tally, law: Law, about: About, words: Words) -> None:
        """Take what was counted, what it is held against, whose it is, and the language."""
        self.tally, self.law, self.about, self.words = tally, law, about, words

    # ---------------------------------------------------------------- whose, and how much

    def whose(self) -> Block:
        """Return whose system it is."""
        about, words = self.about, self.words
        names = ("service", "owner", "bin", "contact", "provider", "recipient", "country",
                 "purpose", "version")  # fmt: skip
        said = {name: str(getattr(about, name)) or words("unsaid") for name in names}
        return self.table(
            "whose.title", ("what", "value"), [(words(f"whose.{k}"), v) for k, v in said.items()]
        )

    def totals(self) -> Block:
        """Return how much there was of everything."""
        tally, words = self.tally, self.words
        seen = {
            "entries": tally.entries,
            "requests": tally.kinds["request"],
            "subjects": tally.subjects.count(),
            "writers": tally.writers.count(),
            "orphans": len(tally.orphans()) + tally.open.lost,
            "under-way": tally.open.under_way(tally.last or 0),
            "incidents": tally.incident_codes.total(),
        }
        if tally.latency.count:
            seen |= {"latency-50": tally.latency.at(0.5), "latency-99": tally.latency.at(0.99)}
        rows = [(words(f"summary.{key}"), str(count)) for key, count in seen.items()]
        return self.table("summary.title", ("what", "count"), rows)

    def actions(self) -> Block:
        """Return what was done with messages."""
        tally = self.tally
        kinds = ("request", "reply", "stream.open", "stream.finding")
        return Table(
            caption=self.words("actions.title"),
            heads=(self.words("head.kind"), *map(self.action, _ACTIONS)),
            rows=tuple(
                (
                    self.words(f"kind.{kind}"),
                    *(str(tally.acts[kind, action]) for action in _ACTIONS),
                )
                for kind in kinds
            ),
        )

    def days(self) -> Block:
        """Return requests by day, or by month where there are many days."""
        days: dict[str, int] = {}
        for (day, _), count in self.tally.days:
            days[day] = days.get(day, 0) + count
        words = self.words
        if not days:
            return Paragraph(label=words("days.title"), words=words("none"))
        most = max(days, key=lambda day: (days[day], day))
        about = words("days.about", days=len(days), most=most, count=days[most])
        return Bars(title=words("days.title"), about=about, bars=_fewer(tuple(days.items())))

    def packs(self) -> Block:
        """Return which packs decided, by the entries that name them."""
        rows = [
            (f"{name}@{version}", digest, self.when(period.first), self.when(period.last),
             str(period.count))
            for (name, version, digest), period in sorted(self.tally.packs.items())
        ]  # fmt: skip
        return self.table("packs.title", ("pack", "digest", "from", "to", "entries"), rows)

    def held_against(self) -> Block:
        """Return the packs that the report knows of, whose they are, and how their cases went."""
        words = self.words
        rows = [
            (
                pack.ref,
                pack.digest,
                words("packs.own" if pack.own else "packs.ships"),
                str(len(pack.rules)),
                self.held(pack.rules),
            )
            for pack in self.law.packs
        ]
        return self.table("packs.held", ("pack", "digest", "whose", "rules", "held"), rows)

    def held(self, rules: Sequence[LawRule]) -> str:
        """Return how many of the rules' own cases held, of those that were run."""
        run, failed = sum(one.cases for one in rules), sum(one.failed for one in rules)
        return f"{run - failed} / {run}" if run else self.words("unrun")

    def detectors(self) -> Block:
        """Return which detectors looked."""
        rows = [
            (digest, self.when(period.first), self.when(period.last), str(period.count))
            for digest, period in sorted(self.tally.detectors.items())
        ]
        return self.table("packs.detectors", ("digest", "from", "to", "entries"), rows)

    # ---------------------------------------------------------------- what was found and told

    def entities(self) -> Block:
        """Return kinds of data that a rule applied to, by direction."""
        found: dict[str, dict[str, int]] = {}
        for (entity, direction), count in self.tally.entities:
            found.setdefault(entity, {})[direction] = count
        rows = [
            (entity, str(by.get("request", 0)), str(by.get("reply", 0)))
            for entity, by in found.items()
        ]
        return self.table("data.entities", ("entity", "request", "reply"), rows)

    def standings(self) -> Block:
        """Return what consent said of findings."""
        return self.plain("data.standings", self.tally.standings.largest())

    def consents(self) -> Block:
        """Return events of consent by state."""
        return self.plain("data.consents", self.tally.consents.largest())

    def told(self) -> Block:
        """Return where the notice that an AI answers stood."""
        words = self.words
        rows = [
            (words.or_plain(f"told.{where}", where), lang, str(count))
            for (where, lang), count in self.tally.disclosed
        ]
        return self.table("telling.disclosed", ("where", "language", "count"), rows)

    def labels(self) -> Sequence[Block]:
        """Return what was labelled, by which layers, and what labels lack."""
        tally = self.tally
        return (
            self.plain("telling.labels", tally.labels.largest()),
            self.plain("telling.layers", tally.layers.largest()),
            self.plain("telling.unmarked", tally.unmarked.largest()),
        )

    def prohibited(self) -> Block:
        """Return the seven prohibited capabilities: their rules' cases, and how often they hit."""
        duties = {one.id: one for one in self.law.duties}
        rows: list[tuple[Cell, ...]] = []
        for number, name in enumerate(PROHIBITED, 1):
            rules = self.law.of_duty(name)
            hits = sum(self.applied(one.id) for one in rules)
            said: Cell = self.words.of_duty(name)
            if not said and name in duties:
                said = Said(text=duties[name].duty, lang="en")
            names = ", ".join(one.id for one in rules)
            rows.append((f"17(3)({number})", said, names, self.held(rules), str(hits)))
        heads = ("article", "capability", "rule", "tests", "applied")
        return self.table("prohibited.title", heads, rows)

    # ---------------------------------------------------------------- what went wrong, and proof

    def errors(self) -> Sequence[Block]:
        """Return errors, how streams ended, and what wasn't examined."""
        tally = self.tally
        unseen = [("unexamined", tally.kinds["unexamined"]), *tally.opaque.largest()]
        return (
            self.plain("faults.errors", tally.errors.largest()),
            self.plain("faults.endings", tally.endings.largest()),
            self.plain("faults.unexamined", [(what, n) for what, n in unseen if n]),
        )

    def orphans(self) -> Block:
        """Return the first requests that were let through and never closed."""
        rows = [(each,) for each in self.tally.orphans()[:20]]
        return self.table("faults.orphans", ("request",), rows)

    def incidents(self) -> Block:
        """Return the incidents on record."""
        rows = [
            (one.code, one.reason, one.record, self.when(one.ts),
             f"{one.place.shard} № {one.place.index}")
            for one in self.tally.incidents
        ]  # fmt: skip
        heads = ("incident", "reason", "number", "when", "entry")
        return self.table("faults.incidents", heads, rows)

    def shards(self) -> Block:
        """Return which entries were read."""
        rows = [
            (shard, str(first), str(last))
            for shard, (first, last) in sorted(self.tally.shards.items())
        ]
        return self.table("proof.shards", ("shard", "first", "last"), rows)

    def anchors(self) -> Block:
        """Return which checkpoints left the house."""
        rows = [
            (kind, self.words("anchor.yes" if done else "anchor.no"), str(count))
            for (kind, done), count in self.tally.anchors
        ]
        return self.table("proof.anchors", ("anchor", "outcome", "count"), rows)

    def kinds(self) -> Block:
        """Return entries by kind."""
        return self.plain("proof.kinds", list(self.tally.kinds))

    def limits(self) -> Sequence[Block]:
        """Return what no guard can show or do."""
        said = tuple(self.words(f"limits.{key}") for key in LIMITS)
        return (Paragraph(words=self.words("limits.about")), Items(items=said))

    def applied(self, rule: str) -> int:
        """Return how often a rule applied."""
        return sum(self.tally.of_rule(rule).values())

    # ---------------------------------------------------------------- pieces

    def table(self, key: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Block:
        """Return a table called `key`, or the words that there is nothing to tell."""
        words = self.words
        if not rows:
            return Paragraph(label=words(key), words=words("none"))
        said = tuple(words(f"head.{head}") for head in heads)
        return Table(caption=words(key), heads=said, rows=tuple(map(tuple, rows)))

    def plain(self, key: str, counts: Sequence[tuple[str, int]]) -> Block:
        """Return counts as a table."""
        return self.table(key, ("what", "count"), [(what or "—", str(n)) for what, n in counts])

    def action(self, action: str) -> str:
        """Return an action in words."""
        return self.words.or_plain(f"action.{action}", action)

    def when(self, ts: int) -> str:
        """Return a time in microseconds as date and time of the report's zone."""
        moment = datetime.fromtimestamp(ts // 1_000_000, self.about.zone)
        return moment.isoformat(sep=" ", timespec="seconds")


def _fewer(bars: tuple[tuple[str, int], ...], most: int = 62) -> tuple[tuple[str, int], ...]:
    """Join days to months where a plot would have more bars than can be read."""
    if len(bars) <= most:
        return bars
    months: dict[str, int] = {}
    for day, count in bars:
        months[day[:7]] = months.get(day[:7], 0) + count
    return tuple(months.items())
