"""What is decided, and what follows: edits, refusals, notices, labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """What is done with a finding or a whole message. `STRICTNESS` orders them."""

    ALLOW = "allow"
    PSEUDONYMISE = "pseudonymise"
    MASK = "mask"
    HOLD = "hold"
    REFUSE = "refuse"


STRICTNESS: Mapping[Action, int] = {action: rank for rank, action in enumerate(Action)}
"""Allow is the least strict, refuse the strictest: the strictest wins."""


def strictest(*actions: Action) -> Action:
    """Return the strictest of `actions`; `Action.ALLOW` for none."""
    return max(actions, key=STRICTNESS.__getitem__, default=Action.ALLOW)


class Duty(StrEnum):
    """What a reply owes the person or the machine that receives it."""

    DISCLOSE = "disclose"
    """Tell the person, before or at the first turn, that an AI answers."""
    LABEL = "label"
    """Mark the reply as made by AI, readable for machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that applied."""

    rule: str
    """Rule id, as ``kz.10.personal-data``."""
    article: str
    """The article it rests on, as ``230-VIII art. 10``."""
    pack: str
    """Pack and version, as ``kz-230-viii@2026.11.1``."""
    action: Action
    notice: str = ""
    """Key of the notice that tells the person, as ``pd.blocked``."""
    findings: tuple[int, ...] = ()
    """Indices of the findings it applied to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The rules that applied and the action for each finding. A value, not an exception."""

    action: Action
    """The strictest of all actions."""
    actions: tuple[Action, ...] = ()
    """One action for each finding, in the findings' order."""
    hits: tuple[Hit, ...] = ()
    duties: frozenset[Duty] = frozenset()
    packs: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that applied, each once, in order."""
        return tuple(dict.fromkeys(hit.rule for hit in self.hits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to a segment: code points `start` to `end` of its text become `text`."""

    segment: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a caller gets no answer; a wire spec renders it in the caller's own format."""

    status: int
    """HTTP status."""
    code: str
    """For programs, as ``content_policy_violation``."""
    message: str
    """For people, in their languages. Holds no personal value."""
    param: str | None = None
    """The place in the request, as ``messages[2].content``, where one place is to blame."""
    rules: tuple[str, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Words for a person, one text for each language tag (``kk``, ``ru``, ``en``)."""

    key: str
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who answers for a system, and by which packs: what all labels of a guard share."""

    owner: str = ""
    """The owner or possessor of the system (Law 230-VIII art. 21(3))."""
    number: str = ""
    """The owner's business identification number (БИН)."""
    jurisdiction: str = ""
    """ISO 3166-1 alpha-2."""
    packs: tuple[str, ...] = ()
    """The packs in force, as ``id@version``."""
    text_watermark: str = ""
    """A watermark that the model's provider says is in its texts. Nobody here has seen it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a reply says of its origin; carriers write it in each medium's own way."""

    id: str
    """A ``urn:uuid:…``."""
    level: str
    """W3C CG term: ``ai-generated``, ``ai-assisted``, ``ai-autonomous``."""
    kind: str
    """``result``, ``synthetic`` (Law 230-VIII art. 1), or ``synthetic_person``."""
    model: str = ""
    provider: str = ""
    created: int = 0
    """Unix seconds."""
    origin: Origin = Origin()
