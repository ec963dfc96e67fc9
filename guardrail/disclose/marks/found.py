"""What is said of marks: one that was found, a medium that was marked, one that wasn't, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guardrail.disclose.marks.claim import Claim


class Layer(StrEnum):
    """How much a mark is worth."""

    METADATA = "metadata"
    """A statement in the file's own words for such; anybody can write or remove it."""
    SIGNED = "signed"
    """A signed manifest: what it says, and whether it holds, its own verifier tells."""
    VISIBLE = "visible"
    """Words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One mark as it stands in a medium. All texts are bounded, and claims of whoever wrote it."""

    layer: Layer
    technique: str
    """As ``iptc:DigitalSourceType``, ``tc260:AIGC``, ``c2pa``."""
    valid: bool | None = None
    """Whether it is as its standard wants it; None where that can't be told here."""
    level: str = ""
    """W3C CG term, ``none`` included; empty where the mark doesn't tell: never "human"."""
    producer: str = ""
    model: str = ""
    id: str = ""
    stated: str = ""
    """The mark's own term for the level, as it stands there."""


# What is made for each reply is a tuple: it is there in a third of a frozen dataclass's time.
class Marked(NamedTuple):
    """A medium that holds the mark now."""

    data: bytes
    medium: str
    """By its content, as ``image/png``."""
    before: tuple[Found, ...] = ()
    """Marks that were there already. Those that say AI are all still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked:
    """A medium that can't be marked in itself: give a sidecar, or a C2PA ingredient, with it."""

    reason: str
    """``already_signed``: a change would break the manifest that it holds; ``document_signed``:
    likewise a person's signature; ``no_carrier``: nothing is known to mark such a medium with; or
    what is wrong with it, as ``truncated``."""
    medium: str = ""
    before: tuple[Found, ...] = ()


class Opened(NamedTuple):
    """A medium that is about to be marked: looked through once for all that follows."""

    marks: Iterable[Found]
    """What it holds already."""
    write: Callable[[Claim], bytes]
    """Returns it with a label."""
    says_ai: Callable[[bytes, Claim], bool]
    """Tells whether a reader finds out by what was written."""


def says_ai(one: Found) -> bool:
    """Tell whether a mark says that AI had a part."""
    return one.level.startswith("ai-")


class Unmarkable(Exception):  # noqa: N818 - it is a verdict, not an error
    """A medium can't be read, or written, as far as marks go. `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason
