"""Can a condition ever hold? Decided exactly: conditions are closed, so every way is counted out.

A condition becomes the ways in which it holds, each a row of literals that must all be true. A way
is dropped as soon as it contradicts itself, or what is known of messages: a request is never an
AI's reply, an entity has one category, a context is one of those that an operator can name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from guardrail.facts import Category, Consent, Direction, Tier
from guardrail.policy.conditions import When

MAX_WAYS = 512
"""Of one condition. The most branched one that ships has two."""

Literal: TypeAlias = tuple[str, frozenset[object], bool]
"""A key of `When`, its values, and whether it must hold (True) or must not."""
Way: TypeAlias = frozenset[Literal]

_FLAGS = ("opaque", "remote", "first_turn", "ai_reply", "synthetic")
_LISTS = ("direction", "category", "entity", "consent", "tier", "material", "purpose", "context")
_OWN = "?"
"""Stands for an entity that an operator's own recognizer finds: personal data like any other."""


class TooBranched(Exception):  # noqa: N818 - it says what the condition is
    """A condition holds in more than `MAX_WAYS` ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What messages can be like at all."""

    entities: Mapping[str, Category] = field(default_factory=dict)
    """What detectors find, by name; where empty, nothing is held against it."""
    contexts: Collection[str] = ()
    """Where the operator may say that the system is used; where empty, anything goes."""


def possible(when: When, world: World) -> bool:
    """Tell whether some message meets the condition.

    Raises:
        TooBranched: it can't be told within `MAX_WAYS`.
    """
    return bool(ways(when, world))


def overlap(one: When, other: When, world: World) -> bool:
    """Tell whether some message meets both conditions, each for one finding of it, if any.

    Raises:
        TooBranched: it can't be told within `MAX_WAYS`.
    """
    return meet(ways(one, world), ways(other, world), world)


def implies(one: When, other: When, world: World) -> bool:
    """Tell whether whatever meets `one` meets `other`, too.

    Raises:
        TooBranched: it can't be told within `MAX_WAYS`.
    """
    return not meet(ways(one, world), ways(other, world, wanted=False), world)


def meet(one: frozenset[Way], other: frozenset[Way], world: World) -> bool:
    """Tell whether some way of one condition goes with some way of another."""
    return any(_consistent(mine | theirs, world) for mine in one for theirs in other)


def ways(when: When, world: World, *, wanted: bool = True) -> frozenset[Way]:
    """Return the ways in which a condition holds, or doesn't where `wanted` is False.

    Raises:
        TooBranched: there are more than `MAX_WAYS`.
    """
    parts = [frozenset({frozenset({literal})}) for literal in _literals(when, wanted=wanted)]
    parts += [ways(part, world, wanted=wanted) for part in when.all_of]
    if when.any_of:
        branches = [ways(part, world, wanted=wanted) for part in when.any_of]
        parts.append(_union(branches) if wanted else _product(branches, world))
    if when.none_of is not None:
        parts.append(ways(when.none_of, world, wanted=not wanted))
    return _product(parts, world) if wanted else _union(parts)


def _literals(when: When, *, wanted: bool) -> Iterator[Literal]:
    for name in _LISTS:
        values: tuple[object, ...] = getattr(when, name)
        if values:
            yield name, frozenset(values), wanted
    for name in _FLAGS:
        flag: bool | None = getattr(when, name)
        if flag is not None:
            yield name, frozenset({flag}), wanted


def _union(parts: Collection[frozenset[Way]]) -> frozenset[Way]:
    found = frozenset[Way]().union(*parts)
    if len(found) > MAX_WAYS:
        raise TooBranched
    return found


def _product(parts: Collection[frozenset[Way]], world: World) -> frozenset[Way]:
    found: frozenset[Way] = frozenset({frozenset()})
    for part in parts:
        if len(found) * len(part) > MAX_WAYS:
            raise TooBranched
        joined = (one | other for one in found for other in part)
        found = frozenset(way for way in joined if _consistent(way, world))
    return found


def _consistent(way: Way, world: World) -> bool:
    return _message_exists(way, world) and _finding_exists(way, world)


def _message_exists(way: Way, world: World) -> bool:
    flags = {name: _among(way, name, (False, True)) for name in _FLAGS}
    return (
        all(flags.values())
        and any(
            _can_be(direction, flags) for direction in _among(way, "direction", tuple(Direction))
        )
        and all(_set_exists(way, name, known) for name, known in _known_sets(world))
    )


def _can_be(direction: object, flags: Mapping[str, Collection[object]]) -> bool:
    """Tell whether a message of this direction can have flags from these."""
    if direction is Direction.REQUEST:
        return False in flags["ai_reply"] and False in flags["synthetic"]
    if False in flags["synthetic"]:
        return True
    # Of what it could read the guard never says that it is synthetic.
    return True in flags["ai_reply"] and (True in flags["opaque"] or True in flags["remote"])


def _known_sets(world: World) -> Iterator[tuple[str, frozenset[object]]]:
    uses = {name for name, what in world.entities.items() if what is Category.PROHIBITED}
    yield "purpose", frozenset(uses)
    yield "material", frozenset(world.entities.keys() - uses)
    yield "context", frozenset(world.contexts)


def _set_exists(way: Way, name: str, known: frozenset[object]) -> bool:
    """Tell whether a set of `known` names can meet every wanted list, and none of the others."""
    barred = frozenset[object]().union(
        *(values for key, values, wanted in way if key == name and not wanted)
    )
    wanted = [values - barred for key, values, wanted in way if key == name and wanted]
    return all(values & known if known else values for values in wanted)


def _finding_exists(way: Way, world: World) -> bool:
    tiers = _among(way, "tier", tuple(Tier))
    states = _among(way, "consent", tuple(Consent))
    categories = _among(way, "category", tuple(Category))
    if not (tiers and states and categories):
        return False
    if not world.entities:
        named = {value for key, values, yes in way if key == "entity" and yes for value in values}
        return not named or bool(_among(way, "entity", tuple(named)))
    entities = _among(way, "entity", (*world.entities, _OWN))
    return any(world.entities.get(str(name), Category.PERSONAL) in categories for name in entities)


def _among(way: Way, name: str, all_of: tuple[object, ...]) -> list[object]:
    """Return those of all values that the way's literals on this key leave."""
    own = [(values, wanted) for key, values, wanted in way if key == name]
    return [one for one in all_of if all((one in values) is wanted for values, wanted in own)]
