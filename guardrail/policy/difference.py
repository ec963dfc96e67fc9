"""What a new version of a pack changes, in plain words for those who answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from guardrail.facts import STRICTNESS, Action
from guardrail.policy.conditions import When
from guardrail.policy.pack import Pack, Rule
from guardrail.policy.reach import TooBranched, World, implies
from guardrail.policy.retention import Retention


class Effect(StrEnum):
    """Which way a change goes."""

    STRICTER = "stricter"
    MILDER = "milder"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is no longer as it was."""

    effect: Effect
    where: str
    """The rule's or notice's name; empty for the pack as a whole."""
    said: str


def differences(old: Pack, new: Pack, world: World) -> tuple[Change, ...]:
    """Return what a new version of a pack changes; nothing where they say the same."""
    return (*_of_pack(old, new), *_of_rules(old, new, world), *_of_notices(old, new))


def _change(where: str, said: str, effect: Effect = Effect.OTHER) -> Change:
    return Change(effect=effect, where=where, said=said)


def _of_pack(old: Pack, new: Pack) -> Iterator[Change]:
    for what, before, after in (
        ("id", old.id, new.id),
        ("version", old.version, new.version),
        ("jurisdiction", old.jurisdiction, new.jurisdiction),
        ("rank among norms", old.rank, new.rank),
        ("day of review", str(old.review_by), str(new.review_by)),
    ):
        if before != after:
            yield _change("", f"the {what} was {before} and is {after}")
    yield from _lists("", "languages", old.languages, new.languages)
    for entity in sorted(old.thresholds.keys() | new.thresholds.keys()):
        yield from _threshold(entity, old.thresholds.get(entity), new.thresholds.get(entity))
    yield from _reminders(old.remind_hours, new.remind_hours)
    yield from _retention(old.retention, new.retention)


def _threshold(entity: str, before: float | None, after: float | None) -> Iterator[Change]:
    name = "whatever isn't named" if entity == "*" else entity
    if before == after:
        return
    if before is None or after is None:
        told = "is found as the operator sets it" if after is None else f"is found from {after} on"
        effect = Effect.MILDER if after is None else Effect.STRICTER
        yield _change("", f"{name} now {told}", effect)
        return
    effect = Effect.STRICTER if after < before else Effect.MILDER
    yield _change("", f"{name} was found from {before} on and now is from {after} on", effect)


def _reminders(before: float | None, after: float | None) -> Iterator[Change]:
    if before == after:
        return
    told = f"every {after:g} hours" if after else "by no rule"
    effect = Effect.STRICTER if after and (not before or after < before) else Effect.MILDER
    yield _change("", f"people are now reminded {told}", effect)


def _retention(old: Retention | None, new: Retention | None) -> Iterator[Change]:
    before, after = (_kept(one) for one in (old, new))
    if before == after:
        return
    told = f"{after[1]} days, {after[0]} at least" if new else "as long as other packs ask"
    effect = Effect.STRICTER if after > before else Effect.MILDER
    yield _change("", f"evidence is now kept for {told}", effect)


def _kept(one: Retention | None) -> tuple[int, int]:
    return (one.at_least, one.days) if one else (0, 0)


def _of_rules(old: Pack, new: Pack, world: World) -> Iterator[Change]:
    before, after = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    for name, rule in before.items():
        if name not in after:
            said = f"is gone: nothing does this for {rule.article} any more: {does(rule)}"
            yield _change(name, said, Effect.MILDER)
    for name, rule in after.items():
        if name in before:
            yield from _of_rule(before[name], rule, world)
        else:
            said = f"is new, for {rule.article}, from {rule.valid_from} on: {does(rule)}"
            yield _change(name, said, Effect.STRICTER)


def _of_rule(old: Rule, new: Rule, world: World) -> Iterator[Change]:
    yield from _condition(new.id, old.when, new.when, world)
    yield from _doing(old, new)
    yield from _dates(old, new)
    yield from _words(old, new)


def _condition(name: str, old: When, new: When, world: World) -> Iterator[Change]:
    if old == new:
        return
    try:
        kept, only = implies(old, new, world), implies(new, old, world)
    except TooBranched:
        kept, only = False, False
    match kept, only:
        case True, True:
            yield _change(name, "its condition is written otherwise and means the same")
        case True, False:
            yield _change(name, "it applies to more than before", Effect.STRICTER)
        case False, True:
            yield _change(name, "it applies to less than before", Effect.MILDER)
        case _:
            yield _change(name, "it applies to other messages than before")


def _doing(old: Rule, new: Rule) -> Iterator[Change]:
    if does(old) != does(new):
        said = f"it did this: {does(old)}; it does this: {does(new)}"
        yield _change(new.id, said, _effect(_ranks(old), _ranks(new)))
    if old.on_error is not new.on_error:
        said = f"when the guard fails, it was to {old.on_error} and is to {new.on_error}"
        before, after = STRICTNESS[old.on_error], STRICTNESS[new.on_error]
        yield _change(new.id, said, _effect((before,), (after,)))


def does(rule: Rule) -> str:
    """Return what a rule does where it applies, in words."""
    if rule.choose is not None:
        among = ", ".join(rule.choose.among)
        return f"{rule.choose.setting} among {among}, else {rule.choose.default}"
    return rule.action.value if rule.action is not None else " and ".join(sorted(rule.duties))


def _ranks(rule: Rule) -> tuple[int, ...]:
    """Return how strict a rule is at least, by default and at most; its duties count as more."""
    if rule.choose is not None:
        ranks = [STRICTNESS[one] for one in rule.choose.among]
        return min(ranks), STRICTNESS[rule.choose.default], max(ranks)
    rank = STRICTNESS[rule.action or Action.ALLOW] + len(rule.duties)
    return rank, rank, rank


def _effect(before: Sequence[int], after: Sequence[int]) -> Effect:
    pairs = list(zip(before, after, strict=True))
    if before != after and all(one <= other for one, other in pairs):
        return Effect.STRICTER
    if before != after and all(one >= other for one, other in pairs):
        return Effect.MILDER
    return Effect.OTHER


def _dates(old: Rule, new: Rule) -> Iterator[Change]:
    if old.valid_from != new.valid_from:
        earlier = new.valid_from < old.valid_from
        said = f"it held from {old.valid_from} on and now does from {new.valid_from} on"
        yield _change(new.id, said, Effect.STRICTER if earlier else Effect.MILDER)
    if old.valid_to != new.valid_to:
        longer = new.valid_to is None or (old.valid_to is not None and new.valid_to > old.valid_to)
        said = f"its last day was {old.valid_to or 'open'} and is {new.valid_to or 'open'}"
        yield _change(new.id, said, Effect.STRICTER if longer else Effect.MILDER)


def _words(old: Rule, new: Rule) -> Iterator[Change]:
    for what, before, after in (
        ("article", old.article, new.article),
        ("sanction", old.sanction, new.sanction),
        ("source", old.source, new.source),
        ("remark", old.remark, new.remark),
    ):
        if before != after:
            yield _change(new.id, f"its {what} was {before or 'none'!r} and is {after or 'none'!r}")
    yield from _lists(new.id, "further articles", old.also, new.also)
    yield from _lists(new.id, "obligations", old.obligation, new.obligation)
    if old.verify_with_counsel is not new.verify_with_counsel:
        word = "must be verified with counsel" if new.verify_with_counsel else "counts as verified"
        yield _change(new.id, f"its reading now {word}")
    if set(old.notices.values()) != set(new.notices.values()):
        told = sorted(set(new.notices.values()))
        yield _change(new.id, f"people are now told {', '.join(told)}")


def _lists(where: str, what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    if come:
        yield _change(where, f"{what}: {', '.join(come)} joined")
    if gone:
        yield _change(where, f"{what}: {', '.join(gone)} left")


def _of_notices(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = (
        {key: notice.texts for key, notice in pack.notices.items()} for pack in (old, new)
    )
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield _change(key, "the notice is gone")
        elif key not in before:
            yield _change(key, "the notice is new")
        else:
            yield from _texts(key, before[key], after[key])


def _texts(key: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for language in sorted(old.keys() | new.keys()):
        before, after = old.get(language), new.get(language)
        if before is None or after is None:
            yield _change(key, f"the notice {'lost' if after is None else 'gained'} {language}")
        elif before != after:
            yield _change(key, f"in {language} the notice was {before!r} and is {after!r}")
