"""The cases that each pack brings along: where a rule applies and where it doesn't."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field, StrictBool, TypeAdapter, model_validator

from guardrail.facts import (
    Action,
    Category,
    Consent,
    Direction,
    Duty,
    Finding,
    Standing,
    Tier,
    strictest,
)
from guardrail.policy.closed import Closed, parse
from guardrail.policy.conditions import ContextName, EntityName
from guardrail.policy.judge import Judge
from guardrail.policy.pack import Pack, read_file
from guardrail.policy.schema import QuotedDate, Remark
from guardrail.policy.situation import Choices, Situation

CASES = "cases.yaml"


class CaseFinding(Closed):
    """A finding without a place: rules never look at one."""

    entity: EntityName
    category: Category
    consent: Consent
    tier: Tier = Tier.CERTAIN


class CaseSituation(Closed):
    """A `Situation` as a case writes it."""

    direction: Direction
    findings: tuple[CaseFinding, ...] = ()
    opaque: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    materials: frozenset[EntityName] = frozenset()
    purposes: frozenset[EntityName] = frozenset()
    contexts: frozenset[ContextName] = frozenset()
    first_turn: StrictBool = False
    synthetic: StrictBool = False
    ai_reply: StrictBool = False


class CaseChoices(Closed):
    """A `Choices` as a case writes it."""

    personal_data: Action | None = None
    reply_personal_data: Action | None = None
    opaque: Action | None = None
    remote: Action | None = None
    suspected_use: Action | None = None


class Expected(Closed):
    """What the rule itself must come to: `allow` or no duties where it doesn't apply."""

    action: Action | None = None
    duties: frozenset[Duty] | None = None

    @model_validator(mode="after")
    def _expect_one_thing(self) -> Expected:
        if (self.action is None) is (self.duties is None):
            raise ValueError("a case expects either an 'action' or 'duties'")
        return self

    @property
    def applies(self) -> bool:
        """Tell whether the case shows the rule at work."""
        return bool(self.duties) or self.action not in {None, Action.ALLOW}


class Case(Closed):
    """One situation on one day, and what one rule makes of it."""

    rule: str
    name: Remark
    today: QuotedDate
    situation: CaseSituation
    choices: CaseChoices = CaseChoices()
    expect: Expected


class _CaseFile(Closed):
    cases: Annotated[tuple[Case, ...], Field(max_length=5000)]


_CASE_FILE = TypeAdapter(_CaseFile)


def load_cases(root: Traversable, name: str) -> tuple[Case, ...]:
    """Return the cases of the pack called `name` in the folder `root`.

    Raises:
        ConfigError: the file isn't there or isn't as it must be.
    """
    _, raw = read_file(root.joinpath(name), CASES, name)
    return parse(_CASE_FILE, raw, f"{name}/{CASES}").cases


def failures(pack: Pack, cases: Sequence[Case]) -> tuple[str, ...]:
    """Return what is wrong with a pack by its own cases; nothing is the good answer.

    Every rule needs a case where it applies and one where it doesn't, and all of them must hold
    with the pack judged by itself.
    """
    known = {rule.id for rule in pack.rules}
    wrong = [f"{case.rule}: {case.name}: no such rule" for case in cases if case.rule not in known]
    for rule in pack.rules:
        own = [case for case in cases if case.rule == rule.id]
        if not any(case.expect.applies for case in own):
            wrong.append(f"{rule.id}: no case where it applies")
        if all(case.expect.applies for case in own):
            wrong.append(f"{rule.id}: no case where it doesn't apply")
        wrong += [found for case in own if (found := _failure(pack, case))]
    return tuple(wrong)


def _failure(pack: Pack, case: Case) -> str:
    judge = Judge((pack,), Choices(**dict(case.choices)))
    decision = judge.judge(_situation(case.situation), today=case.today)
    hits = [hit for hit in decision.hits if hit.rule == case.rule]
    owed = {rule.id: rule.duties for rule in pack.rules}[case.rule] if hits else frozenset()
    action = strictest(*(hit.action for hit in hits))
    if case.expect.duties is not None and case.expect.duties != owed:
        return f"{case.rule}: {case.name}: owes {sorted(map(str, owed))}"
    if case.expect.action is not None and case.expect.action is not action:
        return f"{case.rule}: {case.name}: comes to {action}"
    return ""


def _situation(case: CaseSituation) -> Situation:
    return Situation(
        direction=case.direction,
        standings=tuple(_standing(finding) for finding in case.findings),
        opaque=case.opaque,
        remote=case.remote,
        materials=case.materials,
        purposes=case.purposes,
        contexts=case.contexts,
        first_turn=case.first_turn,
        synthetic=case.synthetic,
        ai_reply=case.ai_reply,
    )


def _standing(case: CaseFinding) -> Standing:
    finding = Finding(
        segment=0,
        start=0,
        end=1,
        entity=case.entity,
        category=case.category,
        score=1.0,
        tier=case.tier,
        recognizer="case",
    )
    return Standing(finding=finding, consent=case.consent)
