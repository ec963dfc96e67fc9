"""An exchange on its way through the guard: how it is read, what was found, decided and enacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from guardrail.consent import ConsentRecord, Query
from guardrail.detect import TextDetector
from guardrail.disclose import Signed
from guardrail.enforce import Masker
from guardrail.engine.media import Medium, Vector
from guardrail.evidence import Entry
from guardrail.evidence.pseudonyms import EpochKey
from guardrail.facts import (
    NO_USAGE,
    Decision,
    Direction,
    Exchange,
    Finding,
    Inspected,
    RawRequest,
    Refusal,
    Segment,
    Standing,
    Usage,
)
from guardrail.wire import JSON, Adapter, Notation, Operation, Spot
from guardrail.wire.places import value_at

_RAW_CHATS = "openai-chat"
"""The format that may be asked for raw samples, in ``audio.format``."""


class Handling(StrEnum):
    """What happens with a request before anything of it is read."""

    EXAMINE = "examine"
    PASS = "pass"  # noqa: S105 - a way of handling, not a password
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which wire format a request is in, and what is done with it."""

    handling: Handling
    adapter: Adapter
    """The matching adapter; the generic one where none matches."""
    operation: Operation
    tells: bool = True
    """Whether a notice can reach a person on this way: false for a function's arguments."""
    detector: TextDetector | None = None
    """What looks at text on this way, where it isn't the guard's usual one."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One exchange under way: what its request and reply share. Lives in memory only."""

    request_id: str
    route: Route
    raw: RawRequest
    exchange: Exchange
    query: Query
    masker: Masker
    names: EpochKey
    """What evidence calls persons and bodies: the half-year's in which the exchange began."""
    label_id: str
    model: str = ""
    """The model's name as the caller gave it, where labels may repeat it."""
    records: Sequence[ConsentRecord] = ()
    told_at: int | None = None
    """Unix seconds when people of this conversation were told last, where its provider keeps it."""
    known_as: tuple[bytes, ...] = ()
    """The digests by which a reminder knows the conversation."""
    reminds: bool = False
    """Whether the answer begins with a reminder."""
    languages: tuple[str, ...] = ()
    """Languages of notices, the person's own first; found out when the first is needed."""
    known: dict[str, dict[str, tuple[str, Finding]]] = field(default_factory=dict)
    """Values met so far, at most two of each entity: enough to know that persons differ."""
    purposes: frozenset[str] = frozenset()
    """The uses that were asked for, as ``EMOTION_INFERENCE``."""
    synthetic: bool = False
    """Whether the reply holds media that an AI made."""
    shows_person: bool = False
    """Whether a face was seen or a voice heard in these."""
    exempt: str = ""
    """Why the reply needs no label in itself; media void it, read or not."""
    materials: frozenset[str] = frozenset()
    """What the media so far have shown, as ``FACE``."""
    raw_sound: bool = False
    """Whether the reply's sound was asked for as raw samples: 16 bits, 24 kHz, one channel."""
    speaks: bool = False
    """Whether the answers are spoken, as far as is known: in a voice session."""

    def __post_init__(self) -> None:
        """Take from the request what is needed when its tree is gone."""
        self.raw_sound = self.raw_sound or _asks_for_samples(self.route, self.exchange.tree)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A message, read, and what was found in it."""

    case: Case
    direction: Direction
    body: bytes
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    media: tuple[Medium, ...] = ()
    inspected: tuple[Inspected, ...] = ()
    """What was seen in each of `media`, once they were looked into."""
    vectors: tuple[Vector, ...] = ()
    """What its lists of numbers are."""
    notation: Notation = JSON
    """How the body is written."""
    model: str = ""
    """The model's name, where a reply tells it."""
    media_type: str = ""
    """What a whole reply's body is, as ``text/html``."""
    spot: Spot | None = None
    """Where a label goes in it, where its format has a place."""
    names: tuple[str, ...] = ()
    """What later requests call a reply by."""
    usage: Usage = NO_USAGE
    """What a reply took, as its upstream counts."""
    ok: bool = True
    """False for an upstream's error reply: examined, but neither labelled nor disclosed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An examined message and the decision on it."""

    examined: Examined
    standings: tuple[Standing, ...]
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Enacted:
    """What leaves the guard once `entry` is durable: a body, or a refusal in its stead."""

    decided: Decided
    entry: Entry
    body: bytes = b""
    refusal: Refusal | None = None
    signed: Signed | None = None
    """The signature over a reply's texts, for its headers."""
    manifest: bytes = b""
    """The signed manifest of a body that is a medium and has no place for one."""
    linked: bool = False
    """Whether the manifest of a body that is a text is kept where the body's label says."""
    corrects: bool = False
    """Whether what the reply claims has to be put right beside it: programs read all of it."""


def _asks_for_samples(route: Route, tree: object) -> bool:
    """Tell whether a request asks for raw samples, and for one answer: else whose is a piece?"""
    if route.adapter.name != _RAW_CHATS or value_at(tree, ("n",)) not in (None, 1):
        return False
    return value_at(tree, ("audio", "format")) == "pcm16"
