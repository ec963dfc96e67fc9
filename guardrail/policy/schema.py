"""What `pack.yaml` and `notices.yaml` may say, checked once when a pack is loaded."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from guardrail.facts import Action, Duty
from guardrail.policy.closed import Closed
from guardrail.policy.conditions import When, per_finding

Setting = Literal["personal_data", "reply_personal_data", "opaque", "remote", "suspected_use"]
"""A field of `Choices`."""
OF_MESSAGES = frozenset({"opaque", "remote"})
"""Those that are about a message as a whole."""
SETTINGS: tuple[Setting, ...] = get_args(Setting)

Rank = Literal["constitution", "code", "law", "order", "tenant"]
"""Where a pack's instrument stands among norms (Kazakhstan's Law on Legal Acts art. 10)."""
RANKS: tuple[Rank, ...] = get_args(Rank)
"""From the highest down."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _quoted_date(raw: object) -> object:
    if not isinstance(raw, str) or not re.fullmatch(r"20\d\d-\d\d-\d\d", raw):
        raise ValueError(f"{raw!s} isn't a date in quotes, as '2026-01-18'")
    return raw


def _plain_text(text: str) -> str:
    if not text.strip() or text != unicodedata.normalize("NFC", text):
        raise ValueError("a text must not be empty and must be in normal form NFC")
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError("a text must not hold control characters or line breaks")
    wrong = set(_PLACEHOLDER.findall(text)) - {"rule", "name"}
    if wrong or text.count("{") != text.count("}"):
        raise ValueError("a text may hold the placeholders {rule} and {name} only")
    return text


QuotedDate = Annotated[date, BeforeValidator(_quoted_date)]
Text = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_plain_text)]
Remark = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$", max_length=64)]
Texts = dict[Language, Text]


class Article(Closed):
    """Where in which law, as ``230-VIII`` art. ``17``, paragraph ``(3)(4)``."""

    instrument: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ()/.&-]{2,40}$")]
    article: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*[a-z]?(-[0-9]+)?$")]
    paragraph: Annotated[str, StringConstraints(pattern=r"^(\([0-9a-z-]+\))*$")] = ""
    unit: Literal["art.", "sec.", "p."] = "art."
    """What the instrument calls its parts: articles, sections, points."""

    def __str__(self) -> str:
        """Write it as ``230-VIII art. 17(3)(4)``."""
        return f"{self.instrument} {self.unit} {self.article}{self.paragraph}"


class Choose(Closed):
    """A choice that the law leaves to the operator."""

    setting: Setting
    among: Annotated[tuple[Action, ...], Field(min_length=2, max_length=len(Action))]
    default: Action

    @model_validator(mode="after")
    def _offer_the_default(self) -> Choose:
        if self.default not in self.among:
            raise ValueError(f"the default {self.default} isn't among {', '.join(self.among)}")
        return self


class RuleModel(Closed):
    """One duty of one article."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$")]
    article: Article
    also: tuple[Article, ...] = ()
    source: Remark
    verify_with_counsel: StrictBool
    valid_from: QuotedDate
    valid_to: QuotedDate | None = None
    when: When
    action: Action | None = None
    choose: Choose | None = None
    duties: Annotated[frozenset[Duty], Field(min_length=1)] | None = None
    on_error: Literal["refuse", "pass"]
    notice: Key | None = None
    notices: dict[Action, Key] | None = None
    obligation: Annotated[tuple[str, ...], Field(min_length=1)]
    sanction: Remark | None = None
    remark: Remark | None = None
    mode: Literal["enforce"] = "enforce"

    @property
    def possible(self) -> tuple[Action, ...]:
        """Every action that this rule can come to; none for a duty."""
        if self.choose is not None:
            return self.choose.among
        return () if self.action is None else (self.action,)

    @property
    def told(self) -> dict[Action, str]:
        """Key of the notice for each action; a duty is told of whatever else is done."""
        if self.notices is not None:
            return dict(self.notices)
        told = {*self.possible} - {Action.ALLOW} or {Action.ALLOW}
        return dict.fromkeys(told, self.notice or "")

    @model_validator(mode="after")
    def _do_one_thing(self) -> RuleModel:
        if sum(part is not None for part in (self.action, self.choose, self.duties)) != 1:
            raise ValueError("a rule has one of 'action', 'choose' and 'duties'")
        if self.action is Action.ALLOW:
            raise ValueError("'allow' can't be a rule's action: the strictest rule wins")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    @model_validator(mode="after")
    def _do_what_can_be_done(self) -> RuleModel:
        found = per_finding(self.when)
        possible = set(self.possible)
        if not found and possible & {Action.MASK, Action.PSEUDONYMISE}:
            raise ValueError("a rule about the whole message can't mask: there is no finding")
        setting = self.choose.setting if self.choose is not None else None
        if found and Action.ALLOW in possible and setting != "suspected_use":
            raise ValueError("'allow' may only be chosen for what can't be known for sure")
        if setting is not None and found is (setting in OF_MESSAGES):
            raise ValueError(f"the setting {setting!r} doesn't fit the condition")
        return self

    @model_validator(mode="after")
    def _tell_the_person(self) -> RuleModel:
        if (self.notice is None) is (self.notices is None):
            raise ValueError("a rule has either a 'notice' or 'notices' by action")
        unsaid = {*self.possible} - {Action.ALLOW} - self.told.keys()
        if unsaid:
            raise ValueError(f"no notice for {', '.join(sorted(unsaid))}")
        return self


Days = Annotated[int, Field(ge=1, le=36_600, strict=True)]


class RetentionModel(Closed):
    """How long a law wants logs to be kept."""

    days: Days
    at_least: Days | None = None
    """What an operator may go down to; `days` where the law leaves no choice."""
    article: Article
    source: Remark
    verify_with_counsel: StrictBool
    remark: Remark | None = None

    @model_validator(mode="after")
    def _keep_the_floor_below(self) -> RetentionModel:
        if self.at_least is not None and self.at_least > self.days:
            raise ValueError("at_least is more than days")
        return self


Looked = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$")]
"""An entity, or ``*`` for all others."""
Score = Annotated[float, Field(gt=0, le=1)]


class PackModel(Closed):
    """One law as rules."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    version: Annotated[str, StringConstraints(pattern=r"^20\d\d\.\d{1,2}\.\d{1,4}$")]
    title: Texts
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    rank: Rank = "law"
    review_by: QuotedDate | None = None
    """The day by which somebody reads the law again: a pack that nobody reviews goes stale."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    thresholds: dict[Looked, Score] = Field(default_factory=dict)
    remind_hours: Annotated[float, Field(gt=0, le=720)] | None = None
    """How long a conversation goes on before people must be told again."""
    retention: RetentionModel | None = None
    """How long evidence is kept."""
    rules: Annotated[tuple[RuleModel, ...], Field(min_length=1, max_length=500)]


PACK = TypeAdapter(PackModel)
NOTICES = TypeAdapter(dict[Key, Texts])
