"""The marks that records bear, as data: which bytes, where they may stand, and what must follow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from importlib.resources import files
from typing import TypedDict


class Where(StrEnum):
    """Where the bytes of a row may stand."""

    START = "start"
    HEAD = "head"
    """In the first 64 bytes and a bit: behind a short header of somebody's own."""
    ANYWHERE = "anywhere"
    ROOT = "root"
    """In the first element of an XML document."""


class Fit(Enum):
    """How well what follows the bytes of a row agrees with its standard."""

    NO = 0
    LIKELY = 1
    """The marks are right, its lengths aren't: damaged or cut."""
    SURE = 2


@dataclass(frozen=True, slots=True)
class Match:
    """What a check came to; `modalities` where the record itself says which it holds."""

    fit: Fit
    modalities: tuple[str, ...] = ()
    standard: str = ""
    """Where it isn't the row's."""


NOTHING = Match(Fit.NO)


class Layout(TypedDict, total=False):
    """Where one version of a record has its length and its count: offset and size in bytes."""

    version: str
    standard: str
    length: list[int]
    count: list[int]


class _Row(TypedDict, total=False):
    bytes: str
    behind: str
    where: str
    check: str
    entity: str
    standard: str
    modality: str
    layouts: list[Layout]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mark."""

    magic: bytes
    behind: str
    """A regular expression of what the check wants right behind the bytes, at least: short bytes
    stand in large files by chance."""
    where: Where
    check: str
    """Name of a function of `CHECKS`."""
    entity: str
    standard: str
    modality: str
    """Empty where the record says it itself."""
    layouts: tuple[Layout, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Return all rows."""
    text = (files("guardrail.detect.media.templates") / "rows.json").read_text()
    stored: list[_Row] = json.loads(text)
    return tuple(
        Row(
            magic=one["bytes"].encode("latin-1"),
            behind=one.get("behind", ""),
            where=Where(one["where"]),
            check=one["check"],
            entity=one["entity"],
            standard=one["standard"],
            modality=one["modality"],
            layouts=tuple(one.get("layouts", ())),
        )
        for one in stored
    )
