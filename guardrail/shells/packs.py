"""The packs in force: those that ship, and the operator's own beside them.

Packs of one's own can add and tighten, never soften: the strictest rule wins whatever its pack, and
what could take something away is refused here (a shipped pack's id or words, its languages' place).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import get_args

from guardrail.detect import ENTITIES
from guardrail.detect.intent.injection import DUTY_EVASION, PROMPT_INJECTION
from guardrail.errors import ConfigError, GuardrailError
from guardrail.facts import Action, Category
from guardrail.policy import (
    Choices,
    Judge,
    Pack,
    load_cases,
    load_packs,
    pack_names,
    retention_days,
    strictest_thresholds,
)
from guardrail.policy.candidate import Candidate, candidate
from guardrail.policy.lint import Level, problems
from guardrail.policy.obligations import has_register, load_register
from guardrail.policy.reach import World
from guardrail.settings import Context, Settings
from guardrail.shipped import shipped
from guardrail.stores.pack_folder import MemoryFolder, snapshot


def known_world() -> World:
    """Return what messages can be like: what detectors find, where a system may be used."""
    found = {name: entity.category for name, entity in ENTITIES.items()}
    attacks = dict.fromkeys((DUTY_EVASION, PROMPT_INJECTION), Category.PROHIBITED)
    return World(entities=found | attacks, contexts=get_args(Context))


def choices_of(settings: Settings) -> Choices:
    """Return what the operator chose where packs leave a choice."""
    return Choices(
        personal_data=Action(settings.personal_data),
        reply_personal_data=Action(settings.for_replies),
        opaque=_passing(settings.media),
        remote=_passing(settings.remote_media or settings.media),
        suspected_use=Action.ALLOW if settings.suspected_use == "pass" else Action.HOLD,
    )


def _passing(said: str) -> Action:
    return Action.ALLOW if said == "pass" else Action.REFUSE


def judge_for(settings: Settings, *, today: date | None = None) -> Judge:
    """Return the judge of the packs and choices that `settings` name.

    Args:
        settings: the operator's.
        today: the day on which packs of one's own are looked at; today where it is None.

    Raises:
        ConfigError: an unknown pack, a choice that a pack doesn't allow, evidence that is to be
            kept for too short, or a pack of one's own that isn't sound.
    """
    if settings.policies is None:
        judge = Judge(load_packs(shipped("policies"), settings.policy), choices_of(settings))
        retention_days(judge.packs, settings.evidence.retention_days)
        return judge
    found = sound(settings, today or date.today())  # noqa: DTZ011 - a day for hints, not for the law
    if found.judge is None:
        raise ConfigError(
            "\n".join(found.problems), fix=f"see: guardrail policy lint {settings.policies}"
        )
    return found.judge


def sound(settings: Settings, today: date) -> Candidate:
    """Load all packs that `settings` name anew; never raises for what files say.

    All packs in the folder of one's own apply, besides those that ``policy`` names.

    Args:
        settings: the operator's.
        today: the day for which rules are looked at.
    """
    try:
        return _sound(settings, today)
    except GuardrailError as error:
        fix = f" → {error.fix}" if error.fix else ""
        return Candidate(judge=None, problems=(f"{error}{fix}",))
    except (OSError, ValueError) as error:  # a folder that mayn't be read, a name that isn't UTF-8
        return Candidate(judge=None, problems=(f"the packs can't be read: {error}",))


def _sound(settings: Settings, today: date) -> Candidate:
    root = folder_of(settings)
    own = own_packs(root)
    named = in_force(settings, own)
    # An operator's own recognizers find what nobody else knows of.
    world = known_world() if settings.detect.recognizers is None else World()
    found = candidate(root, named, choices_of(settings), known_entities=world.entities.keys())
    if found.judge is None:
        return found
    packs = sorted(found.judge.packs, key=lambda pack: named.index(pack.id))
    retention_days(packs, settings.evidence.retention_days)
    wrong = (*_unsound(root, packs, own, world, today), *_softer(found.judge, packs, own))
    return Candidate(judge=None, problems=wrong) if wrong else found


def own_packs(root: MemoryFolder) -> tuple[str, ...]:
    """Return the names of those packs in `folder_of` that don't ship."""
    ships = frozenset(pack_names(shipped("policies")))
    return tuple(name for name in pack_names(root) if name not in ships)


def in_force(settings: Settings, own: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the packs that apply: those of ``policy``, and all of one's own."""
    return (*(name for name in settings.policy if name not in own), *own)


def folder_of(settings: Settings) -> MemoryFolder:
    """Return all packs, those that ship and one's own, in one folder.

    Raises:
        GuardrailError: the folder can't be read, isn't signed, holds no pack, or one of a shipped
            pack's name.
    """
    ships = shipped("policies")
    files = {
        f"{name}/{file.name}": file.read_bytes()
        for name in pack_names(ships)
        for file in ships.joinpath(name).iterdir()
    }
    if settings.policies is None:
        return MemoryFolder(files)
    own = snapshot(settings.policies, settings.policies_key)
    both = {path.partition("/")[0] for path in own} & {path.partition("/")[0] for path in files}
    if both:
        raise ConfigError(
            f"policies: a pack called {', '.join(sorted(both))} ships with guardrail",
            fix="give yours an id and a folder of another name: it applies beside the shipped one, "
            "and the strictest wins",
        )
    if not pack_names(MemoryFolder(own)):
        raise ConfigError(
            f"policies: no pack is in {settings.policies}",
            fix="put each pack into a folder of its own, with pack.yaml in it",
        )
    return MemoryFolder(files | own)


def _unsound(
    root: MemoryFolder, packs: Sequence[Pack], own: Sequence[str], world: World, today: date
) -> Iterator[str]:
    """Yield what `guardrail policy lint` finds wrong with one's own packs."""
    cases = {name: load_cases(root, name) for name in own}
    register = load_register(root if has_register(root) else shipped("policies"))
    for found in problems(packs, cases, world=world, today=today, register=register):
        if found.level is Level.ERROR and found.pack in own:
            yield f"{found.pack}: {found.where}: {found.said} [{found.kind}]"


def _softer(judge: Judge, packs: Sequence[Pack], own: Sequence[str]) -> Iterator[str]:
    """Yield what one's own packs would take from those that ship."""
    ships = [pack for pack in packs if pack.id not in own]
    for pack in packs:
        for key, notice in pack.notices.items() if pack.id in own else ():
            words = next((one.notices[key].texts for one in ships if key in one.notices), {})
            if any(words.get(tag, text) != text for tag, text in notice.texts.items()):
                yield f"{pack.id}: {key}: a shipped pack words this notice otherwise: rename yours"
    first = [tag for pack in judge.packs if pack.id not in own for tag in pack.languages]
    told = tuple(dict.fromkeys(first))
    if judge.languages[: len(told)] != told:
        yield f"{', '.join(own)}: languages would go before the law's: set rank: tenant"


def unlike(new: Judge, old: Judge, *, signed: bool) -> Iterator[str]:
    """Yield what keeps packs from taking over from others while the server runs.

    Args:
        new: the packs that are to be in force.
        old: those that are.
        signed: whether they must be signed. A signature doesn't tell an old bundle from a new one.
    """
    packs = {pack.id: pack for pack in new.packs}
    for was in old.packs:
        now = packs.get(was.id)
        if now is None:
            yield f"{was.ref} is in force and isn't there any more: a restart takes it away"
        elif now.digest != was.digest and now.version == was.version:
            yield f"{was.ref} isn't what it was: raise its version"
        elif signed and _number(now) < _number(was):
            yield f"{now.ref} is older than {was.ref}, which is in force: a restart goes back"
    if strictest_thresholds(new.packs) != strictest_thresholds(old.packs):
        yield "the packs ask for other thresholds: detectors take them at a restart"


def _number(pack: Pack) -> tuple[int, ...]:
    return tuple(map(int, pack.version.split(".")))
