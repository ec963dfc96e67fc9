"""Weighs a situation by every rule of every pack: the strictest wins, duties add up.

All that depends on the packs, the operator's choices, the direction and the day is worked out when
a `Judge` is built. It never changes afterwards, so any number of threads may ask it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guardrail.errors import ConfigError
from guardrail.facts import (
    STRICTNESS,
    Action,
    Decision,
    Direction,
    Duty,
    Hit,
    Notice,
    Standing,
    strictest,
)
from guardrail.policy.conditions import Test, compile_condition, per_finding
from guardrail.policy.pack import Pack, Rule
from guardrail.policy.schema import RANKS
from guardrail.policy.situation import Choices, Situation

_ACTIONS = tuple(Action)
_NO_DUTY: frozenset[Duty] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """A rule made ready for one direction."""

    test: Test
    found: bool
    rank: int
    duties: frozenset[Duty]
    hit: Hit
    """Complete but for the findings."""


class Judge:
    """Decides by law packs, within which the operator has chosen."""

    def __init__(self, packs: Sequence[Pack], choices: Choices | None = None) -> None:
        """Make every rule ready.

        Args:
            packs: in the order in which hits are told, the higher norms before the lower.
            choices: the operator's; None takes the packs' defaults.

        Raises:
            ConfigError: a rule doesn't offer what was chosen, or two packs or rules have one id.
        """
        chosen = _chosen(choices or Choices())
        self.packs = tuple(sorted(packs, key=lambda pack: RANKS.index(pack.rank)))
        _check_unique(self.packs)
        self._actions = {
            rule.id: _settle(rule, pack, chosen) for pack in self.packs for rule in pack.rules
        }
        self.refs = tuple(pack.ref for pack in self.packs)
        """Packs and versions, as ``kz-230-viii@2026.11.1``."""
        self.digests = tuple((pack.id, pack.version, pack.digest) for pack in self.packs)
        """Id, version and SHA-256 of each pack."""
        self.listed = [{"id": name, "ver": ver, "dig": sha} for name, ver, sha in self.digests]
        """The same, as evidence lists them."""
        self.digest = self._digest()
        """SHA-256 over all packs and what each rule comes to under the operator's choices, hex."""
        self.languages = tuple(dict.fromkeys(tag for pack in self.packs for tag in pack.languages))
        """Languages that the packs ask notices to be in."""
        self.notices = _merge_notices(self.packs)
        """Words for people by key; of two packs with one key the first has its say."""
        self.settings = frozenset(
            rule.choose.setting for pack in self.packs for rule in pack.rules if rule.choose
        )
        """The choices that a rule asks for: another choice has no effect with these packs."""
        rules = [rule for pack in self.packs for rule in pack.rules]
        self._edges = sorted({edge for rule in rules for edge in _edges(rule)})
        days = (date.min, *self._edges)
        self._plans = {
            direction: tuple(self._plan(direction, day) for day in days) for direction in Direction
        }

    def judge(self, situation: Situation, *, today: date) -> Decision:
        """Decide what becomes of each finding and of the message, and which duties a reply owes.

        Args:
            situation: the message.
            today: rules that don't hold on this day are passed over.
        """
        standings = situation.standings
        ranks = [0] * len(standings)
        worst = 0
        hits: list[Hit] = []
        duties = _NO_DUTY
        for clause in self._plans[situation.direction][bisect_right(self._edges, today)]:
            if clause.found:
                matched = _matched(clause, situation, standings, ranks)
                if not matched:
                    continue
                hits.append(_with_findings(clause.hit, matched))
            elif clause.test(situation, None):
                hits.append(clause.hit)
            else:
                continue
            worst = max(worst, clause.rank)
            duties |= clause.duties
        return Decision(
            action=_ACTIONS[worst],
            actions=tuple([_ACTIONS[rank] for rank in ranks]),
            hits=tuple(hits),
            duties=duties,
            packs=self.refs,
        )

    def on_error(self, direction: Direction) -> Action:
        """Return what becomes of a message that can't be judged because the guard failed.

        It is the strictest that any rule for this direction asks for, whatever its dates. Where no
        rule speaks of the direction, it is `REFUSE`: silence of the law packs is no permission.
        """
        asked = [
            rule.on_error
            for pack in self.packs
            for rule in pack.rules
            if compile_condition(rule.when, direction) is not False
        ]
        return strictest(*asked) if asked else Action.REFUSE

    def _plan(self, direction: Direction, day: date) -> tuple[_Clause, ...]:
        clauses = (
            self._clause(rule, pack, direction)
            for pack in self.packs
            for rule in pack.rules
            if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
        )
        return tuple(clause for clause in clauses if clause is not None)

    def _clause(self, rule: Rule, pack: Pack, direction: Direction) -> _Clause | None:
        test = compile_condition(rule.when, direction)
        if test is False:
            return None
        settled = self._actions[rule.id]
        action = _for_reply(settled) if direction is Direction.REPLY else settled
        return _Clause(
            test=(lambda _situation, _standing: True) if test is True else test,
            found=per_finding(rule.when),
            rank=STRICTNESS[action],
            duties=rule.duties,
            hit=Hit(
                rule=rule.id,
                article=rule.article,
                pack=pack.ref,
                action=action,
                notice=rule.notices.get(settled, ""),
            ),
        )

    def _digest(self) -> str:
        lines = [f"{name} {version} {digest}" for name, version, digest in self.digests]
        lines += [f"{rule} {action}" for rule, action in self._actions.items()]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _matched(
    clause: _Clause, situation: Situation, standings: Sequence[Standing], ranks: list[int]
) -> list[int]:
    """Return which findings a clause applies to, and raise their ranks to its own."""
    test, rank = clause.test, clause.rank
    matched = [i for i, standing in enumerate(standings) if test(situation, standing)]
    for i in matched:
        ranks[i] = max(ranks[i], rank)
    return matched


def _with_findings(hit: Hit, findings: Sequence[int]) -> Hit:
    return Hit(
        rule=hit.rule,
        article=hit.article,
        pack=hit.pack,
        action=hit.action,
        notice=hit.notice,
        findings=tuple(findings),
    )


def _for_reply(action: Action) -> Action:
    # a pseudonym is for putting the value back later, and after a reply there is no later
    return Action.MASK if action is Action.PSEUDONYMISE else action


def _chosen(choices: Choices) -> Mapping[str, Action | None]:
    reply = choices.reply_personal_data
    return {
        "personal_data": choices.personal_data,
        "reply_personal_data": None if reply is None else _for_reply(reply),
        "opaque": choices.opaque,
        "remote": choices.remote,
        "suspected_use": choices.suspected_use,
    }


def _settle(rule: Rule, pack: Pack, chosen: Mapping[str, Action | None]) -> Action:
    if rule.choose is None:
        return rule.action or Action.ALLOW
    offered = rule.choose.among
    choice = chosen[rule.choose.setting] or rule.choose.default
    if choice not in offered:
        raise ConfigError(
            f"{rule.choose.setting} = {choice}: rule {rule.id} of {pack.ref} allows only "
            f"{', '.join(offered)}",
            fix=f"set {rule.choose.setting} to one of {', '.join(offered)}",
        )
    return choice


def _edges(rule: Rule) -> Iterable[date]:
    """Return the days on which the set of rules in force changes because of this rule."""
    yield rule.valid_from
    if rule.valid_to is not None:
        yield rule.valid_to + timedelta(days=1)


def _check_unique(packs: Sequence[Pack]) -> None:
    for ids in ([pack.id for pack in packs], [rule.id for pack in packs for rule in pack.rules]):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ConfigError(f"two policy packs or rules are called {', '.join(twice)}")


def _merge_notices(packs: Sequence[Pack]) -> Mapping[str, Notice]:
    texts: dict[str, dict[str, str]] = {}
    for pack in packs:
        for key, notice in pack.notices.items():
            texts[key] = {**notice.texts, **texts.get(key, {})}
    return {key: Notice(key=key, texts=said) for key, said in texts.items()}
