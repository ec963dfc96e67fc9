"""When a rule applies: a closed set of conditions, compiled once to closures.

Keys side by side must all hold. A condition on `category`, `entity`, `tier` or `consent` is asked
of each finding by itself; without one a rule is about the message as a whole. Nothing here can
loop, call out, or read text.

`material` and `purpose` keep apart what a message's media show and what it asks for: a photograph
of a face isn't biometric processing; with "who is this?" it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints, model_validator

from guardrail.facts import Category, Consent, Direction, Standing, Tier
from guardrail.policy.closed import Closed
from guardrail.policy.situation import Situation

EntityName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,63}$")]
ContextName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,31}$")]
Test = Callable[[Situation, Standing | None], bool]
"""Asked of a message (with None) or of one finding in it."""

_Few = Field(default=(), min_length=1, max_length=64)


class When(Closed):
    """A condition as a pack writes it."""

    direction: Annotated[tuple[Direction, ...], _Few] = ()
    category: Annotated[tuple[Category, ...], _Few] = ()
    entity: Annotated[tuple[EntityName, ...], _Few] = ()
    consent: Annotated[tuple[Consent, ...], _Few] = ()
    tier: Annotated[tuple[Tier, ...], _Few] = ()
    material: Annotated[tuple[EntityName, ...], _Few] = ()
    purpose: Annotated[tuple[EntityName, ...], _Few] = ()
    context: Annotated[tuple[ContextName, ...], _Few] = ()
    opaque: StrictBool | None = None
    remote: StrictBool | None = None
    first_turn: StrictBool | None = None
    ai_reply: StrictBool | None = None
    synthetic: StrictBool | None = None
    all_of: tuple[When, ...] = Field(default=(), alias="all", min_length=1, max_length=64)
    any_of: tuple[When, ...] = Field(default=(), alias="any", min_length=1, max_length=64)
    none_of: When | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _mean_something(self) -> When:
        if not self.model_fields_set:
            raise ValueError("a condition without a key would always hold")
        if len({per_finding(branch) for branch in self.any_of}) > 1:
            # one branch asks of each finding, the other of a message that may have none
            raise ValueError("'any' mixes findings and the whole message: write two rules")
        return self


def per_finding(when: When) -> bool:
    """Tell whether a rule with this condition is asked of each finding."""
    if when.category or when.entity or when.consent or when.tier:
        return True
    inner = (*when.all_of, *when.any_of, *((when.none_of,) if when.none_of else ()))
    return any(per_finding(part) for part in inner)


def entities(when: When) -> frozenset[str]:
    """Return every entity that the condition names."""
    inner = (*when.all_of, *when.any_of, *((when.none_of,) if when.none_of else ()))
    named = frozenset((*when.entity, *when.material, *when.purpose))
    return named.union(*(entities(part) for part in inner))


def compile_condition(when: When, direction: Direction) -> Test | bool:
    """Return a test for messages of this direction; True or False where that alone settles it."""
    return _conjunction(
        (
            *_of_message(when, direction),
            *_of_finding(when),
            *(compile_condition(part, direction) for part in when.all_of),
            *_disjunction(when, direction),
            *_negation(when, direction),
        )
    )


def _of_message(when: When, direction: Direction) -> Iterator[Test | bool]:
    opaque, remote, first_turn, ai_reply, synthetic = (
        when.opaque,
        when.remote,
        when.first_turn,
        when.ai_reply,
        when.synthetic,
    )
    yield from _of_use(when)
    if when.direction:
        yield direction in when.direction
    if ai_reply is not None:
        yield lambda situation, _: situation.ai_reply is ai_reply
    if first_turn is not None:
        yield lambda situation, _: situation.first_turn is first_turn
    if synthetic is not None:
        yield lambda situation, _: situation.synthetic is synthetic
    if opaque is not None:
        yield lambda situation, _: bool(situation.opaque) is opaque
    if remote is not None:
        yield lambda situation, _: bool(situation.remote) is remote


def _of_use(when: When) -> Iterator[Test]:
    materials, purposes, contexts = map(frozenset, (when.material, when.purpose, when.context))
    if materials:
        yield lambda situation, _: not materials.isdisjoint(situation.materials)
    if purposes:
        yield lambda situation, _: not purposes.isdisjoint(situation.purposes)
    if contexts:
        yield lambda situation, _: not contexts.isdisjoint(situation.contexts)


def _of_finding(when: When) -> Iterator[Test]:
    categories, names, states = map(frozenset, (when.category, when.entity, when.consent))
    tiers = frozenset(when.tier)
    if categories:
        yield lambda _, standing: standing is not None and standing.finding.category in categories
    if names:
        yield lambda _, standing: standing is not None and standing.finding.entity in names
    if tiers:
        yield lambda _, standing: standing is not None and standing.finding.tier in tiers
    if states:
        yield lambda _, standing: standing is not None and standing.consent in states


def _disjunction(when: When, direction: Direction) -> Iterator[Test | bool]:
    branches = [compile_condition(part, direction) for part in when.any_of]
    if True in branches:
        return
    tests = [branch for branch in branches if not isinstance(branch, bool)]
    if branches:
        yield reduce(_either, tests) if tests else False


def _negation(when: When, direction: Direction) -> Iterator[Test | bool]:
    if when.none_of is None:
        return
    inner = compile_condition(when.none_of, direction)
    if isinstance(inner, bool):
        yield not inner
    else:
        yield _opposite(inner)


def _conjunction(parts: Sequence[Test | bool]) -> Test | bool:
    if False in parts:
        return False
    tests = [part for part in parts if not isinstance(part, bool)]
    return reduce(_both, tests) if tests else True


def _both(one: Test, other: Test) -> Test:
    return lambda situation, standing: one(situation, standing) and other(situation, standing)


def _either(one: Test, other: Test) -> Test:
    return lambda situation, standing: one(situation, standing) or other(situation, standing)


def _opposite(one: Test) -> Test:
    return lambda situation, standing: not one(situation, standing)
