"""What is wrong with packs that load: rules that never apply, clash, expired, or go unproven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import TypeAlias

from guardrail.errors import nearest
from guardrail.facts import STRICTNESS, Action
from guardrail.policy.cases import Case, failures
from guardrail.policy.obligations import Register
from guardrail.policy.pack import Pack, Rule
from guardrail.policy.reach import TooBranched, Way, World, meet, overlap, possible, ways
from guardrail.policy.retention import FLOOR_DAYS

SPOKEN = frozenset(
    {
        *(
            "banner.short",
            "chat.first",
            "call.preface",
            "human.corrected",
            "suspended",
            "hold.unavailable",
        ),
        *("chat.reminder", "agent.on-behalf", "decision.notice", "work.notice"),
        *("label.generated", "label.short", "label.modified", "label.assisted"),
        *("media.no-face", "media.several-faces", "media.face-too-small"),
    }
)
"""Notices that the program says by itself, without a rule."""

PAIRED = {"KZ": ("kk", "ru")}
"""Languages in which a jurisdiction wants people to be told; one alone counts as not told."""


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """The pack doesn't do what it says."""
    WARNING = "warning"
    """It does, and shouldn't stay so."""
    NOTE = "note"
    """Worth knowing; may well be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that a pack should not be like."""

    level: Level
    pack: str
    where: str
    """The rule or notice; empty for the pack as a whole."""
    kind: str
    """For programs, as ``unreachable``."""
    said: str
    fix: str = ""


def problems(
    packs: Sequence[Pack],
    cases: Mapping[str, Sequence[Case]],
    *,
    world: World,
    today: date,
    register: Register | None = None,
) -> tuple[Problem, ...]:
    """Return everything that is wrong with packs, one by one and together.

    Args:
        packs: as loaded: what stops a pack from loading is told by `load_packs`.
        cases: by the pack's id; a pack without is only looked at.
        world: what messages can be like, for what can never apply.
        today: rules that ended before this day have expired.
        register: the duties that rules may name; None where there is no list.
    """
    return (
        *(
            found
            for pack in packs
            for found in _of_pack(pack, cases.get(pack.id), world, today, register)
        ),
        *_between(packs, world),
    )


def _of_pack(
    pack: Pack,
    cases: Sequence[Case] | None,
    world: World,
    today: date,
    register: Register | None,
) -> Iterator[Problem]:
    yield from _languages(pack)
    yield from _review(pack, today)
    yield from _retention(pack)
    if cases is not None:
        yield from _cases(pack, cases)
    yield from _unsaid(pack)
    for rule in pack.rules:
        yield from _reach(pack, rule, world)
        yield from _expiry(pack, rule, today)
        yield from _sanction(pack, rule)
        if register is not None:
            yield from _citations(pack, rule, register)


def _languages(pack: Pack) -> Iterator[Problem]:
    due = PAIRED.get(pack.jurisdiction, ())
    missing = [tag for tag in due if tag not in pack.languages]
    if missing:
        yield Problem(
            level=Level.ERROR,
            pack=pack.id,
            where="",
            kind="language",
            said=f"the pack doesn't ask for {', '.join(missing)}: in {pack.jurisdiction} what is "
            "told in one language counts as not told",
            fix=f"languages: [{', '.join(due)}]",
        )
    for notice in pack.notices.values():
        unsaid = [tag for tag in due if tag not in notice.texts]
        if unsaid and not missing:  # pragma: no cover - such a pack doesn't load
            yield _problem(pack, notice.key, Level.ERROR, "language", f"no {', '.join(unsaid)}")


def _problem(pack: Pack, where: str, level: Level, kind: str, said: str, fix: str = "") -> Problem:
    return Problem(level=level, pack=pack.id, where=where, kind=kind, said=said, fix=fix)


def _review(pack: Pack, today: date) -> Iterator[Problem]:
    if pack.review_by is not None and pack.review_by < today:
        said = f"the law was to be read again by {pack.review_by}"
        fix = "read it, correct the pack, and set a new review_by"
        yield _problem(pack, "", Level.WARNING, "review", said, fix)


def _retention(pack: Pack) -> Iterator[Problem]:
    if pack.retention is not None and pack.retention.at_least < FLOOR_DAYS:
        said = f"its law asks for {pack.retention.at_least} days of logs, but less than "
        said += f"{FLOOR_DAYS} are never kept"
        fix = f"set at_least to {FLOOR_DAYS} or more"
        yield _problem(pack, "retention", Level.WARNING, "retention", said, fix)


def _cases(pack: Pack, cases: Sequence[Case]) -> Iterator[Problem]:
    for found in failures(pack, cases):
        rule, _, said = found.partition(": ")
        kind = "no-case" if said.startswith("no case") else "case"
        fix = "write it in cases.yaml" if kind == "no-case" else "correct the rule or the case"
        yield _problem(pack, rule, Level.ERROR, kind, said, fix)


def _unsaid(pack: Pack) -> Iterator[Problem]:
    used = {key for rule in pack.rules for key in rule.notices.values()} | SPOKEN
    for key in sorted(pack.notices.keys() - used):
        said = f"no rule tells people this notice{nearest(key, used)}"
        yield _problem(pack, key, Level.WARNING, "notice", said, "name it in a rule, or drop it")


def _reach(pack: Pack, rule: Rule, world: World) -> Iterator[Problem]:
    try:
        if not possible(rule.when, world):
            said = "no message can ever meet its condition"
            fix = "look for conditions that exclude each other, or that the guard never tells"
            yield _problem(pack, rule.id, Level.ERROR, "unreachable", said, fix)
    except TooBranched:
        said = "its condition is too branched to be checked"
        yield _problem(pack, rule.id, Level.NOTE, "unchecked", said, "write two rules")


def _expiry(pack: Pack, rule: Rule, today: date) -> Iterator[Problem]:
    if rule.valid_to is not None and rule.valid_to < today:
        said = f"it ended on {rule.valid_to}"
        fix = "drop it, or correct valid_to if the law goes on"
        yield _problem(pack, rule.id, Level.WARNING, "expired", said, fix)


def _sanction(pack: Pack, rule: Rule) -> Iterator[Problem]:
    if not rule.sanction:
        said = "it doesn't say what a breach costs"
        yield _problem(pack, rule.id, Level.NOTE, "sanction", said, "write 'sanction'")


def _citations(pack: Pack, rule: Rule, register: Register) -> Iterator[Problem]:
    for one in rule.obligation:
        if one not in register.ids:
            said = f"no obligation {one!r}{nearest(one, register.ids)}"
            fix = "add it to obligations.yaml, or correct the name"
            yield _problem(pack, rule.id, Level.ERROR, "obligation", said, fix)
        elif not register.controlled(one):
            said = f"{rule.article} is cited for {one}, for which the product has no control"
            fix = "name the control that the rule works by in obligations.yaml"
            yield _problem(pack, rule.id, Level.ERROR, "control", said, fix)


def _between(packs: Sequence[Pack], world: World) -> Iterator[Problem]:
    rules = [(pack, rule) for pack in packs for rule in pack.rules]
    ids = [rule.id for _, rule in rules]
    for name in sorted({one for one in ids if ids.count(one) > 1}):
        pack = next(pack for pack, rule in reversed(rules) if rule.id == name)
        said = "another pack has a rule of this name: they can't be used together"
        yield _problem(pack, name, Level.ERROR, "name", said, "call one of them otherwise")
    for (one, rule), (other, later) in combinations(rules, 2):
        yield from _choices(one, rule, other, later, world)
    shapes = {rule.id: _shape(rule, world) for _, rule in rules}
    for pack, rule in rules:
        yield from _shadow(pack, rule, rules, shapes, world)
    yield from _wordings(packs)


def _choices(one: Pack, rule: Rule, other: Pack, later: Rule, world: World) -> Iterator[Problem]:
    """Tell of two rules between which no choice of the operator's is allowed by both."""
    if rule.choose is None or later.choose is None or rule.choose.setting != later.choose.setting:
        return
    if set(rule.choose.among) & set(later.choose.among):
        return
    try:
        together = overlap(rule.when, later.when, world) and _both_hold(rule, later)
    except TooBranched:
        together = True
    where = "for the same messages" if together else "though never for one message"
    said = (
        f"{rule.id} of {one.id} leaves {rule.choose.setting} among "
        f"{', '.join(rule.choose.among)}, this rule among {', '.join(later.choose.among)}, "
        f"{where}: nothing that can be set is allowed by both"
    )
    fix = "give both an action in common, or don't name both packs under policy"
    yield _problem(other, later.id, Level.ERROR, "conflict", said, fix)


def _both_hold(one: Rule, other: Rule) -> bool:
    ends = [rule.valid_to for rule in (one, other) if rule.valid_to is not None]
    return not ends or max(one.valid_from, other.valid_from) <= min(ends)


Shape: TypeAlias = tuple[frozenset[Way], frozenset[Way]]
"""The ways in which a rule's condition holds, and those in which it doesn't."""


def _shape(rule: Rule, world: World) -> Shape | None:
    try:
        return ways(rule.when, world), ways(rule.when, world, wanted=False)
    except TooBranched:
        return None


def _shadow(
    pack: Pack,
    rule: Rule,
    rules: Sequence[tuple[Pack, Rule]],
    shapes: Mapping[str, Shape | None],
    world: World,
) -> Iterator[Problem]:
    """Tell of a rule that never changes what is done, since another is always as strict."""
    for above, other in rules:
        if other.id == rule.id or not _as_strict(other, rule):
            continue
        mine, theirs = shapes[rule.id], shapes[other.id]
        if mine is None or theirs is None or meet(mine[0], theirs[1], world):
            continue
        mutual = _as_strict(rule, other) and not meet(theirs[0], mine[1], world)
        if not (mutual and _first(rules, rule, other)):
            said = f"{other.id} of {above.id} already does all that this rule does, and as strictly"
            yield _problem(pack, rule.id, Level.NOTE, "shadowed", said)
            return


def _first(rules: Sequence[tuple[Pack, Rule]], one: Rule, other: Rule) -> bool:
    """Tell which of two rules that do the same stands first: the later one is told of."""
    return next(rule.id for _, rule in rules if rule.id in {one.id, other.id}) == one.id


def _as_strict(other: Rule, rule: Rule) -> bool:
    """Tell whether `other` asks for at least as much as `rule`, on every day that this holds."""
    ends = other.valid_to is None or (rule.valid_to is not None and rule.valid_to <= other.valid_to)
    least = min(map(STRICTNESS.__getitem__, _actions(other)))
    most = max(map(STRICTNESS.__getitem__, _actions(rule)))
    return (
        other.valid_from <= rule.valid_from
        and ends
        and least >= most
        and rule.duties <= other.duties
    )


def _actions(rule: Rule) -> tuple[Action, ...]:
    if rule.choose is not None:
        return rule.choose.among
    return (rule.action or Action.ALLOW,)


def _wordings(packs: Sequence[Pack]) -> Iterator[Problem]:
    """Tell of notices that two packs word otherwise: of these the first's is said."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for pack in packs:
        for key, notice in pack.notices.items():
            for language, text in notice.texts.items():
                first, known = said.setdefault((key, language), (pack.id, text))
                if known != text:
                    told = f"in {language} {first} words it otherwise, and together that is said"
                    fix = "word it alike, or give it a key of its own"
                    yield _problem(pack, key, Level.WARNING, "wording", told, fix)
