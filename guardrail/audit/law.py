"""Packs and duties as a report speaks of them: plain values, made from the packs by who asks.

The room of policy weighs messages by rules; this one only tells of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRule:
    """One rule of a pack."""

    id: str
    article: str
    also: tuple[str, ...] = ()
    source: str = ""
    verify: bool = True
    """Whether counsel is to check its reading."""
    since: str = ""
    until: str = ""
    does: str = ""
    """What it does where it applies, in words."""
    obligation: tuple[str, ...] = ()
    sanction: str = ""
    remark: str = ""
    cases: int = 0
    """Cases of the pack that were run against the rule when the report was made."""
    failed: int = 0
    """Those of them that didn't hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPack:
    """One pack."""

    id: str
    version: str
    digest: str
    title: Mapping[str, str]
    rules: tuple[LawRule, ...]
    own: bool = False
    """Whether the operator wrote it: it doesn't ship with the product."""

    @property
    def ref(self) -> str:
        """Id and version, as entries name them."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawControl:
    """A part of the product."""

    name: str
    does: str
    why_not: str = ""
    """What is missing, where there is no such part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDuty:
    """One duty of a law."""

    id: str
    law: str
    cite: str
    duty: str
    since: str = ""
    met: str = "no"
    """By the product alone: ``yes``, ``partly``, ``no``."""
    controls: tuple[LawControl, ...] = ()
    tests: tuple[str, ...] = ()
    no_rule: str = ""
    no_test: str = ""
    own: bool = False
    """Whether the operator's own register lists it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Everything that a report is held against."""

    packs: tuple[LawPack, ...]
    duties: tuple[LawDuty, ...]
    results: Mapping[str, str] = field(default_factory=dict)
    """Outcome of each test that the duties name, where results were given: ``passed``, …."""

    def rules(self) -> Iterator[tuple[LawPack, LawRule]]:
        """Yield every rule with its pack."""
        for pack in self.packs:
            for rule in pack.rules:
                yield pack, rule

    def own(self) -> tuple[LawPack, ...]:
        """Return the operator's own packs."""
        return tuple(pack for pack in self.packs if pack.own)

    def of_duty(self, duty: str) -> tuple[LawRule, ...]:
        """Return the rules that stand for a duty."""
        return tuple(rule for _, rule in self.rules() if duty in rule.obligation)

    def chosen(self) -> tuple[LawDuty, ...]:
        """Return the duties that the packs are about.

        Those are all of the law that most of a pack's rules stand for, and of other laws the ones
        that a rule names. An operator's own rule that serves a law brings its duty alone, unless
        the operator lists that law's duties.
        """
        named = {duty for _, rule in self.rules() for duty in rule.obligation}
        listed = {one.law for one in self.duties if one.own}
        laws = {self._main(pack) for pack in self.packs if not pack.own}
        laws |= {self._main(pack) for pack in self.own()} & listed
        return tuple(one for one in self.duties if one.law in laws or one.id in named)

    def _main(self, pack: LawPack) -> str:
        law = {one.id: one.law for one in self.duties}
        return _most([law[duty] for rule in pack.rules for duty in rule.obligation if duty in law])


def _most(names: Sequence[str]) -> str:
    return Counter(names).most_common(1)[0][0] if names else ""
