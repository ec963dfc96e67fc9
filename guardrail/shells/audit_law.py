"""Packs and duties as the room of audits tells of them, the packs' own cases run anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable

from guardrail.audit import Law, LawControl, LawDuty, LawPack, LawRule
from guardrail.audit.results import results_of
from guardrail.policy import Case, Pack, Rule, failures, load_cases, load_packs
from guardrail.policy.obligations import Obligation, Register, load_register


def law_of(root: Traversable, names: Sequence[str], outcomes: Mapping[str, str]) -> Law:
    """Return the law that a report is held against.

    Args:
        root: the folder of packs and duties.
        names: of the packs.
        outcomes: of tests, by module and name; empty where none are known.

    Raises:
        ConfigError: a pack isn't there or isn't as it must be.
    """
    register = load_register(root)
    return Law(
        packs=tuple(_pack(pack, load_cases(root, pack.id)) for pack in load_packs(root, names)),
        duties=tuple(_duty(one, register) for one in register.obligations),
        results=results_of({test for one in register.obligations for test in one.tests}, outcomes),
    )


def _pack(pack: Pack, cases: Sequence[Case]) -> LawPack:
    wrong = failures(pack, cases)
    return LawPack(
        id=pack.id,
        version=pack.version,
        digest=pack.digest,
        title=pack.title,
        rules=tuple(_rule(rule, cases, wrong) for rule in pack.rules),
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


def _duty(one: Obligation, register: Register) -> LawDuty:
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
    )
