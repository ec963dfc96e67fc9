"""One member more in a JSON document, put in by bytes: all others stay as they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from guardrail.facts import Place
from guardrail.wire.places import value_at
from guardrail.wire.tokens import opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where a format lets replies say more than it knows of, as a wire spec has it."""

    at: Place
    """The member's place. Objects on the way that aren't there are made, …"""
    beside: Place
    """… but for those that this member is in. A reply without it is no answer: an error, a list."""
    unless: Place = ()
    """What has a value other than false in replies that report an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where in one document the member goes."""

    inside: Place
    """An object that is there."""
    names: tuple[str, ...]
    """The members to be made: the last one holds what is put in, the others hold each other."""
    only: bool
    """Whether the object has no members so far."""


def spot_of(tree: object, member: Member) -> Spot | None:
    """Return where the member goes in a document.

    Nothing for documents that aren't answers, that have such a member already, or something else
    in its way.
    """
    if value_at(tree, member.beside) is None:
        return None
    if member.unless and value_at(tree, member.unless) not in (None, False):
        return None
    for depth in range(len(member.at)):
        held = value_at(tree, member.at[:depth])
        name = member.at[depth]
        if not isinstance(held, Mapping):
            return None
        if name not in held:
            names = tuple(str(part) for part in member.at[depth:])
            return Spot(inside=member.at[:depth], names=names, only=not held)
    return None


def put(body: bytes, spot: Spot, value: bytes) -> bytes:
    """Return a document with `value`, which is JSON, as the first member of an object.

    Args:
        body: the document, or the same with other texts in it.
        spot: where, as `spot_of` found it.
        value: what the member holds.

    Raises:
        ValueError: there is no such object in `body`.
    """
    at = opening(body, spot.inside) + 1
    heads = b"{".join(orjson.dumps(name) + b":" for name in spot.names)
    tails = b"}" * (len(spot.names) - 1) + (b"" if spot.only else b",")
    return b"".join((body[:at], heads, value, tails, body[at:]))
