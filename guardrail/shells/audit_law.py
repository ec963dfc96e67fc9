"""Packs and duties as the room of audits tells of them, the packs' own cases run anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from guardrail.audit import Law, LawControl, LawDuty, LawPack, LawRule
from guardrail.audit.results import results_of
from guardrail.policy import Case, Pack, Rule, failures, load_cases, load_packs
from guardrail.policy.obligations import Obligation, Register, has_register, load_register
from guardrail.settings import Settings
from guardrail.shells.packs import folder_of, in_force, own_packs
from guardrail.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a report is held against."""

    law: Law
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The files of the operator's own packs, by their paths with slashes: nobody else has them."""


def law_in_force(
    settings: Settings, names: Sequence[str] = (), outcomes: Mapping[str, str] | None = None
) -> Held:
    """Return the law by an operator's settings, with the operator's own packs.

    Args:
        settings: the operator's.
        names: of the packs; those in force where it is empty.
        outcomes: of tests, by module and name.

    Raises:
        GuardrailError: a pack isn't there or isn't as it must be, or the folder of one's own can't
            be read or isn't signed as it should be.
    """
    if settings.policies is None:
        return Held(law=law_of(shipped("policies"), names or settings.policy, outcomes or {}))
    root = folder_of(settings)
    known = own_packs(root)
    wanted = names or in_force(settings, known)
    own = tuple(name for name in known if name in wanted)
    law = law_of(root, wanted, outcomes or {}, own=own)
    return Held(law=law, files=root.files_under(own))


def law_of(
    root: Traversable,
    names: Sequence[str],
    outcomes: Mapping[str, str],
    *,
    own: Collection[str] = (),
) -> Law:
    """Return the law that a report is held against.

    Args:
        root: the folder of packs; of duties, too, where it lists any beside those that ship.
        names: of the packs.
        outcomes: of tests, by module and name; empty where none are known.
        own: the names of those packs that are the operator's own.

    Raises:
        ConfigError: a pack isn't there or isn't as it must be.
    """
    duties = tuple(_duties(root))
    return Law(
        packs=tuple(
            _pack(pack, load_cases(root, pack.id), own=pack.id in own)
            for pack in load_packs(root, names)
        ),
        duties=duties,
        results=results_of({test for one in duties for test in one.tests}, outcomes),
    )


def _duties(root: Traversable) -> Iterator[LawDuty]:
    """Yield the duties that ship, and those that only the operator's register has."""
    ships = load_register(shipped("policies"))
    yield from (_duty(one, ships) for one in ships.obligations)
    if has_register(root):
        theirs = load_register(root)
        known = frozenset(ships.ids)
        yield from (
            _duty(one, theirs, own=True) for one in theirs.obligations if one.id not in known
        )


def _pack(pack: Pack, cases: Sequence[Case], *, own: bool) -> LawPack:
    wrong = failures(pack, cases)
    return LawPack(
        id=pack.id,
        version=pack.version,
        digest=pack.digest,
        title=pack.title,
        rules=tuple(_rule(rule, cases, wrong) for rule in pack.rules),
        own=own,
    )


def _rule(rule: Rule, cases: Sequence[Case], wrong: Sequence[str]) -> LawRule:
    own = [f"{case.rule}: {case.name}: " for case in cases if case.rule == rule.id]
    return LawRule(
        id=rule.id,
        article=rule.article,
        also=rule.also,
        source=rule.source,
        verify=rule.verify_with_counsel,
        since=rule.valid_from.isoformat(),
        until=rule.valid_to.isoformat() if rule.valid_to else "",
        obligation=rule.obligation,
        sanction=rule.sanction,
        remark=rule.remark,
        cases=len(own),
        failed=sum(any(line.startswith(head) for line in wrong) for head in own),
    )


def _duty(one: Obligation, register: Register, *, own: bool = False) -> LawDuty:
    controls = ((name, register.controls[name]) for name in one.controls)
    return LawDuty(
        id=one.id,
        law=one.law,
        cite=one.cite,
        duty=one.duty,
        since=one.applies_from.isoformat() if one.applies_from else "",
        met=one.met,
        controls=tuple(
            LawControl(name=name, does=control.does, why_not=control.why_not or "")
            for name, control in controls
        ),
        tests=one.tests,
        no_rule=one.no_rule or "",
        no_test=one.no_test or "",
        own=own,
    )
