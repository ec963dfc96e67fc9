"""The report of an audit pack: article by article, what was done, and what can't be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.audit.figures import Figures
from guardrail.audit.law import LawDuty, LawPack, LawRule
from guardrail.audit.page import Block, Items, Page, Paragraph, Said, Section
from guardrail.audit.page import Words as Cell
from guardrail.audit.tally import Case


def proof_name(shard: str, index: int) -> str:
    """Return where an archive holds the proof of an entry."""
    return f"proofs/{shard}-{index}.tlog-proof"


def report(figures: Figures) -> Page:
    """Return the report in the figures' language."""
    words, about = figures.words, figures.about
    return Page(
        lang=words.lang,
        title=words("report.title"),
        about=(
            about.service,
            words("report.period", since=about.since, until=about.until, zone=about.zone_name),
            words("report.not-advice"),
        ),
        contents=words("contents"),
        sections=tuple(_sections(figures)),
    )


def _sections(figures: Figures) -> Iterator[Section]:
    words = figures.words

    def section(name: str, *blocks: Block) -> Section:
        return Section(id=name, title=words(f"{name}.title"), blocks=blocks)

    yield section("whose", figures.whose())
    estimate = () if figures.tally.subjects.exact else (Paragraph(words=words("summary.estimate")),)
    yield section("summary", figures.totals(), *estimate, figures.actions(), figures.days())
    about = Paragraph(words=words("packs.about"))
    yield section("packs", about, figures.packs(), figures.held_against(), figures.detectors())
    duties = _Duties(figures)
    yield duties.section()
    if figures.law.own():
        yield duties.own()
    rights = Paragraph(words=words("data.rights"))
    yield section("data", figures.entities(), figures.standings(), figures.consents(), rights)
    yield section("telling", figures.told(), *figures.labels())
    yield section("faults", *figures.errors(), figures.orphans(), figures.incidents())
    proof = Paragraph(words=words("proof.about"))
    yield section("proof", proof, figures.shards(), figures.anchors(), figures.kinds())
    yield section("limits", *figures.limits(), *_verify(figures))


def _verify(figures: Figures) -> Iterator[Block]:
    yield Paragraph(words=figures.words("limits.verify"))
    yield Items(
        items=tuple(
            Said(text=f"{rule.id} ({rule.article}): {rule.source}", lang="en")
            for _, rule in figures.law.rules()
            if rule.verify
        )
    )


class _Duties:
    """The heart of it: every duty, what met it, and cases that show it."""

    def __init__(self, figures: Figures) -> None:
        self.figures, self.words, self.law = figures, figures.words, figures.law
        self._owned = {rule.id for pack in self.law.own() for rule in pack.rules}

    def section(self) -> Section:
        words = self.words
        duties = self.law.chosen()
        rows = [
            (one.id, one.cite, words(f"met.{one.met}"), str(self._applied(one))) for one in duties
        ]
        return Section(
            id="duties",
            title=words("duties.title"),
            blocks=(
                Paragraph(words=words("duties.about")),
                self.figures.table("duties.all", ("duty", "article", "met", "applied"), rows),
            ),
            sections=tuple(map(self._duty, duties)),
        )

    def own(self) -> Section:
        """Tell of the operator's own packs, rule by rule: most of theirs stand for no duty."""
        return Section(
            id="own",
            title=self.words("own.title"),
            blocks=(Paragraph(words=self.words("own.about")),),
            sections=tuple(map(self._own, self.law.own())),
        )

    def _own(self, pack: LawPack) -> Section:
        words = self.words
        lang = words.lang if words.lang in pack.title else next(iter(pack.title), "")
        blocks: list[Block] = [Paragraph(label=words("head.digest"), words=pack.digest)]
        if lang:
            blocks.insert(0, Paragraph(words=Said(text=pack.title[lang], lang=lang)))
        return Section(
            id=f"own-{pack.id}", title=pack.ref, blocks=(*blocks, *self._rules(pack.rules))
        )

    def _applied(self, duty: LawDuty) -> int:
        return sum(
            sum(self.figures.tally.of_rule(rule.id).values()) for rule in self.law.of_duty(duty.id)
        )

    def _duty(self, duty: LawDuty) -> Section:
        words = self.words
        blocks: list[Block] = [
            *self._asks(duty),
            Paragraph(label=words("duty.met"), words=words(f"met.{duty.met}")),
        ]
        if duty.since:
            blocks.append(Paragraph(label=words("duty.since"), words=duty.since))
        blocks.append(self._controls(duty))
        rules = self.law.of_duty(duty.id)
        if rules:
            blocks += self._rules(rules)
        else:
            blocks.append(
                Paragraph(label=words("duty.no-rule"), words=Said(text=duty.no_rule, lang="en"))
            )
        blocks += self._tests(duty)
        return Section(id=f"duty-{duty.id}", title=f"{duty.id}: {duty.cite}", blocks=tuple(blocks))

    def _asks(self, duty: LawDuty) -> Iterator[Block]:
        """Tell the duty in the reader's language, and then as the register has it."""
        words, plain = self.words, Said(text=duty.duty, lang="en")
        if said := words.of_duty(duty.id):
            yield Paragraph(label=words("duty.asks"), words=said)
            yield Paragraph(label=words("duty.register"), words=plain)
        else:
            yield Paragraph(label=words("duty.asks"), words=plain)

    def _controls(self, duty: LawDuty) -> Block:
        words = self.words
        rows: list[tuple[Cell, ...]] = [
            (
                one.name,
                Said(text=one.does, lang="en"),
                words("control.there") if not one.why_not else Said(text=one.why_not, lang="en"),
            )
            for one in duty.controls
        ]
        return self.figures.table("duty.controls", ("control", "does", "there"), rows)

    def _rules(self, rules: Sequence[LawRule]) -> Iterator[Block]:
        rows: list[tuple[Cell, ...]] = []
        for rule in rules:
            by_action = self.figures.tally.of_rule(rule.id)
            said = ", ".join(
                f"{self.figures.action(name)}: {n}" for name, n in sorted(by_action.items())
            )
            article = "; ".join((rule.article, *rule.also))
            held = self.figures.held([rule])
            rows.append((self._called(rule), article, said or "0", self._found(rule.id), held))
        yield self.figures.table(
            "duty.rules", ("rule", "article", "applied", "entities", "held"), rows
        )
        for rule in rules:
            yield from self._reading(rule)
        cases = [(rule, case) for rule in rules for case in self.figures.tally.cases(rule.id)]
        if cases:
            yield self._cases(cases)
        else:
            yield Paragraph(words=self.words("cases.none"))

    def _called(self, rule: LawRule) -> str:
        """Return a rule's name, and whose it is where it isn't the product's."""
        return f"{rule.id} ({self.words('packs.own')})" if rule.id in self._owned else rule.id

    def _found(self, rule: str) -> str:
        found = [
            (entity, n) for (name, entity), n in self.figures.tally.entities_of if name == rule
        ]
        return ", ".join(f"{entity}: {n}" for entity, n in found) or "—"

    def _reading(self, rule: LawRule) -> Iterator[Block]:
        words = self.words
        if rule.verify:
            yield Paragraph(
                label=words("rule.verify", rule=rule.id), words=Said(text=rule.source, lang="en")
            )
        if rule.sanction:
            yield Paragraph(
                label=words("rule.sanction", rule=rule.id),
                words=Said(text=rule.sanction, lang="en"),
            )

    def _cases(self, cases: Sequence[tuple[LawRule, Case]]) -> Block:
        rows = [
            (
                case.req,
                rule.id,
                self.figures.action(case.action),
                self.figures.when(case.ts),
                f"{case.place.shard} № {case.place.index}",
                self.figures.about.proofs.get(case.place.leaf, self.words("proof.none")),
            )
            for rule, case in cases
        ]
        return self.figures.table(
            "cases.title", ("request", "rule", "action", "when", "entry", "proof"), rows
        )

    def _tests(self, duty: LawDuty) -> Iterator[Block]:
        words = self.words
        if not duty.tests:
            yield Paragraph(label=words("duty.no-test"), words=Said(text=duty.no_test, lang="en"))
            return
        rows = [
            (test, words(f"result.{self.law.results.get(test, 'unknown')}")) for test in duty.tests
        ]
        yield self.figures.table("duty.tests", ("test", "result"), rows)
