"""Law packs: folders of data, loaded whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Action, Duty, Notice
from guardrail.policy.closed import parse
from guardrail.policy.conditions import When, entities
from guardrail.policy.document import MAX_BYTES, read_document
from guardrail.policy.retention import Retention
from guardrail.policy.schema import (
    NOTICES,
    PACK,
    Choose,
    PackModel,
    Rank,
    RetentionModel,
    RuleModel,
    Texts,
)

RULES, TEXTS = "pack.yaml", "notices.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One duty of one article."""

    id: str
    article: str
    """The article it rests on, as ``230-VIII art. 10``."""
    also: tuple[str, ...]
    """Further articles that ask the same."""
    source: str
    """Where the text of the law was read."""
    verify_with_counsel: bool
    """True where the official text wasn't read or the reading isn't settled."""
    valid_from: date
    valid_to: date | None
    """The last day on which it holds, or None."""
    when: When
    action: Action | None
    choose: Choose | None
    """The operator's choice, where the law leaves one."""
    duties: frozenset[Duty]
    on_error: Action
    """What happens to a message when the guard can't tell whether the rule applies."""
    notices: Mapping[Action, str]
    """Key of the notice for the person, by what was done."""
    obligation: tuple[str, ...]
    """The obligations it meets, as ``KZ-AI-07``."""
    sanction: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One law as rules, with its words for people."""

    id: str
    version: str
    digest: str
    """SHA-256 over the SHA-256 digests of ``pack.yaml`` and ``notices.yaml``, hex."""
    title: Mapping[str, str]
    jurisdiction: str
    rank: Rank
    """Where its instrument stands among norms. The strictest rule wins whatever its rank; of rules
    that say the same the higher norm's is told first."""
    review_by: date | None
    """The day by which somebody is to read the law again, or None."""
    languages: tuple[str, ...]
    """Languages that every notice must be in."""
    thresholds: Mapping[str, float]
    """Entity, or ``*`` for all others, to the score from which on it must be found."""
    remind_hours: float | None
    """Hours of a conversation after which people must be told again; None where nobody must."""
    rules: tuple[Rule, ...]
    notices: Mapping[str, Notice]
    retention: Retention | None = None
    """How long its law wants evidence to be kept, or None where it doesn't say."""

    @property
    def ref(self) -> str:
        """Id and version, as ``kz-230-viii@2026.11.1``."""
        return f"{self.id}@{self.version}"


def pack_names(root: Traversable) -> tuple[str, ...]:
    """Return the names of the packs in a folder, sorted."""
    return tuple(sorted(item.name for item in root.iterdir() if item.joinpath(RULES).is_file()))


def load_packs(
    root: Traversable, names: Sequence[str], *, known_entities: Collection[str] = ()
) -> tuple[Pack, ...]:
    """Load packs in the order of their names.

    Args:
        root: a folder with one folder for each pack.
        names: of the packs.
        known_entities: what the detector can find; where given, a rule may name nothing else.

    Raises:
        ConfigError: a pack isn't there, is named twice, or isn't as it must be.
    """
    known = pack_names(root)
    for name in names:
        if name not in known:
            raise ConfigError(
                f"no policy pack {name!r}{nearest(name, known)}", fix=f"packs: {', '.join(known)}"
            )
    if len(set(names)) < len(names):
        raise ConfigError(f"a policy pack is named twice: {', '.join(names)}")
    return tuple(_load(root.joinpath(name), name, known_entities) for name in names)


def read_file(folder: Traversable, file: str, pack: str) -> tuple[bytes, object]:
    """Return the bytes of one of a pack's files and what they say.

    Raises:
        ConfigError: it isn't there or isn't a document.
    """
    name = f"{pack}/{file}"
    try:
        with folder.joinpath(file).open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name}: can't be read: {error.strerror}") from error
    return raw, read_document(raw, name)


def _load(folder: Traversable, name: str, known_entities: Collection[str]) -> Pack:
    raw_rules, rules = read_file(folder, RULES, name)
    raw_texts, texts = read_file(folder, TEXTS, name)
    model = parse(PACK, rules, f"{name}/{RULES}")
    notices = parse(NOTICES, texts, f"{name}/{TEXTS}")
    _check_ids(model, name)
    _check_notices(model, notices, name)
    _check_entities(model, known_entities, name)
    halves = hashlib.sha256(raw_rules).digest() + hashlib.sha256(raw_texts).digest()
    return Pack(
        id=model.id,
        version=model.version,
        digest=hashlib.sha256(halves).hexdigest(),
        title=model.title,
        jurisdiction=model.jurisdiction,
        rank=model.rank,
        review_by=model.review_by,
        languages=model.languages,
        thresholds=model.thresholds,
        remind_hours=model.remind_hours,
        rules=tuple(_rule(rule) for rule in model.rules),
        notices={key: Notice(key=key, texts=said) for key, said in notices.items()},
        retention=None if model.retention is None else _retention(model.retention),
    )


def _retention(model: RetentionModel) -> Retention:
    return Retention(
        days=model.days,
        at_least=model.at_least or model.days,
        article=str(model.article),
        source=model.source,
        verify_with_counsel=model.verify_with_counsel,
        remark=model.remark or "",
    )


def _rule(model: RuleModel) -> Rule:
    return Rule(
        id=model.id,
        article=str(model.article),
        also=tuple(map(str, model.also)),
        source=model.source,
        verify_with_counsel=model.verify_with_counsel,
        valid_from=model.valid_from,
        valid_to=model.valid_to,
        when=model.when,
        action=model.action,
        choose=model.choose,
        duties=model.duties or frozenset(),
        on_error=Action.REFUSE if model.on_error == "refuse" else Action.ALLOW,
        notices=model.told,
        obligation=model.obligation,
        sanction=model.sanction or "",
        remark=model.remark or "",
    )


def _check_ids(model: PackModel, name: str) -> None:
    if model.id != name:
        raise ConfigError(f"{name}/{RULES}: the id {model.id!r} isn't the folder's name")
    ids = [rule.id for rule in model.rules]
    twice = sorted({rule for rule in ids if ids.count(rule) > 1})
    if twice:
        raise ConfigError(f"{name}/{RULES}: two rules are called {', '.join(twice)}")


def _check_notices(model: PackModel, notices: Mapping[str, Texts], name: str) -> None:
    for rule in model.rules:
        for key in rule.told.values():
            if key not in notices:
                raise ConfigError(
                    f"{name}/{RULES}: rule {rule.id}: no notice {key!r}{nearest(key, notices)}"
                )
    for key, texts in (*notices.items(), ("title", model.title)):
        missing = [language for language in model.languages if language not in texts]
        if missing:
            # a duty to tell isn't met in one language where the law asks for two
            raise ConfigError(f"{name}/{TEXTS}: {key}: no text in {', '.join(missing)}")


def _check_entities(model: PackModel, known: Collection[str], name: str) -> None:
    for rule in model.rules:
        for entity in sorted(entities(rule.when) - frozenset(known)) if known else ():
            raise ConfigError(
                f"{name}/{RULES}: rule {rule.id}: no detector finds {entity!r}"
                f"{nearest(entity, known)}"
            )
    for entity in sorted(model.thresholds.keys() - {"*", *known}) if known else ():
        raise ConfigError(
            f"{name}/{RULES}: thresholds: no detector finds {entity!r}{nearest(entity, known)}"
        )


def strictest_reminder(packs: Sequence[Pack], wanted: float = 0) -> float:
    """Return the hours after which people are told again: the shortest time that anybody asks for.

    Args:
        packs: those in use, each of which may ask for one.
        wanted: the operator's own; 0 for none, which takes no pack's away.

    Returns:
        Hours, or 0 where nobody asks.
    """
    asked = [pack.remind_hours for pack in packs if pack.remind_hours]
    return min([*asked, *([wanted] if wanted > 0 else ())], default=0.0)


def strictest_thresholds(packs: Sequence[Pack]) -> Mapping[str, float]:
    """Return the scores from which on several packs together ask an entity to be found.

    Each pack's ``*`` stands for the entities that it doesn't name itself.
    """
    named = {entity for pack in packs for entity in pack.thresholds}
    asked: dict[str, float] = {}
    for entity in sorted(named):
        scores = [pack.thresholds.get(entity, pack.thresholds.get("*")) for pack in packs]
        asked[entity] = min(score for score in scores if score is not None)
    return asked
