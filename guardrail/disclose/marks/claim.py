"""What is to be written into a medium: one label, in the words of every vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from guardrail.disclose.label import KINDS, MARKS, RESULT, is_name, is_plain, name
from guardrail.disclose.marks import aigc
from guardrail.facts import Label, Origin

_LAST = 253_402_300_799
"""The last second of the year 9999, which dates are written up to."""

_LONGEST_NOTICE = 2_000
_LONGEST_ADDRESS = 2_000
_MOST_PACKS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a label doesn't know, and a mark may say."""

    producer: str = ""
    """Who answers for the content in GB 45438: a registered code or business number, in ASCII. The
    provider's name stands in for it."""
    version: str = ""
    """Of the model."""
    prompt_writer: str = ""
    """Who wrote the prompt (IPTC 2025.1), where that person wants it said."""
    notice: str = ""
    """The line for people in texts; the label's own words in Kazakh, Russian and English else."""
    manifest: str = ""
    """Address of a C2PA manifest of an HTML page."""


_NO_DETAILS = Details()


class Claim(NamedTuple):
    """A label as marks have it: printable and bounded throughout."""

    label: Label
    source_type: str
    """IPTC's, as full URI."""
    producer: str
    """Who answers for the content in an ``AIGC`` field."""
    version: str
    prompt_writer: str
    notice: str
    """One line."""
    manifest: str

    @property
    def aigc(self) -> str:
        """The value of an ``AIGC`` field."""
        label = self.label
        return aigc.value(
            label=MARKS[label.level].aigc, producer=self.producer, produce_id=label.id
        )

    @property
    def created(self) -> str:
        """When it was made, as ISO 8601 in UTC; empty where that isn't known."""
        return _moment(self.label.created)

    def members(self) -> dict[str, object]:
        """Return the label as a JSON object: what ``ai_disclosure`` and sidecars hold."""
        return members(self.label, version=self.version)


def members(label: Label, *, version: str = "") -> dict[str, object]:
    """Return a label with a level of AI, as `guardrail.disclose.label.label` makes it, for JSON."""
    system = {"name": label.model, "version": version}
    said: dict[str, object] = {
        "v": 1,
        "id": label.id,
        "level": label.level,
        "class": label.kind,
        "dst": MARKS[label.level].source_types[0],
        "system": {key: text for key, text in system.items() if text},
        "provider": label.provider,
        "owner": _owner(label.origin),
        "oversight": MARKS[label.level].oversight,
        "created": _moment(label.created),
        "packs": label.origin.packs,
        "watermark": _watermark(label),
    }
    return {key: one for key, one in said.items() if one}


def _owner(one: Origin) -> dict[str, str]:
    """Return who answers for the system; empty where nobody is named."""
    if not (one.owner or one.number):
        return {}
    said = {"name": one.owner, "bin": one.number, "jur": one.jurisdiction}
    return {key: text for key, text in said.items() if text}


def _watermark(label: Label) -> dict[str, str]:
    """Return what the model's provider says of its texts, and that nobody else does."""
    told = label.origin.text_watermark
    return {"name": told, "basis": "asserted_by_provider"} if told and label.kind == RESULT else {}


@lru_cache(maxsize=16)  # the replies of one second share it
def _moment(created: int) -> str:
    seconds = min(created, _LAST)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""


_WORDS = {
    "ai-assisted": (
        "Жасанды интеллект көмегімен дайындалған",
        "Подготовлено с помощью искусственного интеллекта",
        "Prepared with AI assistance",
    ),
    "ai-generated": (
        "Жасанды интеллект жасаған",
        "Создано искусственным интеллектом",
        "AI-generated",
    ),
}
_WORDS["ai-autonomous"] = _WORDS["ai-generated"]

LINES = {level: " · ".join(words) for level, words in _WORDS.items()}
"""Level → the line that stands in texts: Kazakh and Russian first (Law 274-IV arts. 24, 25)."""


def claim(one: Label, details: Details | None = None) -> Claim:
    """Return what marks are to say of `one`.

    Raises:
        ValueError: for a level or kind that isn't known, or the level ``none``: there is nothing
            to mark, and no mark says that a person made something.
    """
    more = details or _NO_DETAILS
    mark = MARKS.get(one.level)
    if mark is None or not mark.aigc:
        msg = f"no such level of AI to mark: {one.level!r}"
        raise ValueError(msg)
    if one.kind not in KINDS:
        msg = f"no such kind of label: {one.kind!r}"
        raise ValueError(msg)
    known = _known(one)
    return Claim(
        label=known,
        source_type=mark.source_types[0],
        producer=_name(more.producer) or known.provider,
        version=_name(more.version),
        prompt_writer=_name(more.prompt_writer),
        notice=_line(more.notice) or LINES[one.level],
        manifest=_printable(more.manifest[:_LONGEST_ADDRESS]),
    )


def _known(one: Label) -> Label:
    """Return a label as marks have it; the very same one where nothing has to change."""
    origin = _origin(one.origin)
    same = origin is one.origin or origin == one.origin
    if same and is_name(one.id) and is_plain(one, _LAST):
        return one
    return Label(
        id=_name(one.id),
        level=one.level,
        kind=one.kind,
        model=_name(one.model),
        provider=_name(one.provider),
        created=min(max(one.created, 0), _LAST),
        origin=origin,
    )


@lru_cache(maxsize=16)  # a guard has one until its packs change
def _origin(one: Origin) -> Origin:
    """Return who answers as marks have it; the very same one where nothing has to change."""
    bounded = Origin(
        owner=_name(one.owner),
        number=_name(one.number),
        jurisdiction=_name(one.jurisdiction),
        packs=tuple(map(_name, one.packs[:_MOST_PACKS])),
        text_watermark=_name(one.text_watermark),
    )
    return one if bounded == one else bounded


def _name(text: str) -> str:
    # What is printable and short already, or empty, is the rule, and quickly told.
    return text if not text or is_name(text) else name(text)


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


@lru_cache(maxsize=16)  # operators have one
def _line(notice: str) -> str:
    return " · ".join(
        "".join(filter(str.isprintable, part)).strip()
        for part in notice[:_LONGEST_NOTICE].splitlines()
        if part.strip()
    )
