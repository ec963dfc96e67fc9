"""Models that know all their keys and say what a wrong one was meant to be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails

from guardrail.errors import ConfigError, nearest

T = TypeVar("T")

SHOWN = 8
"""Mistakes named in one error: enough for one round of corrections."""


class Closed(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, raw: object) -> object:
        if not isinstance(raw, Mapping):
            return raw
        known = [field.alias or name for name, field in cls.model_fields.items()]
        wrong = [f"{key!r}{nearest(str(key), known)}" for key in raw if key not in known]
        if wrong:
            raise ValueError(f"unknown key {', '.join(wrong)}")
        return raw


def parse(adapter: TypeAdapter[T], raw: object, name: str) -> T:
    """Return `raw` as the adapter's type.

    Args:
        adapter: for a `Closed` model or a container of them.
        raw: what `read_document` returned.
        name: how errors call the file.

    Raises:
        ConfigError: names the file, the rule or case, the key, and the nearest valid word.
    """
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        wrong = _causes(error.errors(include_url=False))
        lines = [f"{name}: {_place(raw, item['loc'])}{_problem(item)}" for item in wrong[:SHOWN]]
        if len(wrong) > SHOWN:
            lines.append(f"{name}: and {len(wrong) - SHOWN} more")
        raise ConfigError("\n".join(lines)) from error


def _causes(wrong: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out lists that count as too short for no other reason than their wrong items."""
    places = [item["loc"] for item in wrong]
    return [
        item
        for item, loc in zip(wrong, places, strict=True)
        if item["type"] != "too_short"
        or not any(len(one) > len(loc) and one[: len(loc)] == loc for one in places)
    ]


def _place(raw: object, loc: Sequence[str | int]) -> str:
    """Write ``rule kz.10.personal-data: when.category: `` for a position in the file."""
    words: list[str] = []
    said: list[str] = []
    for step in loc:
        raw = _step(raw, step)
        if isinstance(step, int) and isinstance(raw, Mapping) and {"id", "name"} & raw.keys():
            said.append(f"rule {raw['id']}: " if "id" in raw else f"case {raw['name']!r}: ")
            words = []
        elif isinstance(step, int):
            words.append(str(step + 1))
        else:
            words.append(step)
    return "".join(said) + (".".join(words) + ": " if words else "")


def _step(raw: object, step: str | int) -> object:
    if isinstance(raw, Mapping):
        return raw.get(step)
    if isinstance(raw, list) and isinstance(step, int) and step < len(raw):
        return raw[step]
    return None


def _problem(item: ErrorDetails) -> str:
    said = item["msg"].removeprefix("Value error, ")
    given = item["input"]
    if item["type"] in {"enum", "literal_error"} and isinstance(given, str):
        known = re.findall(r"'([^']+)'", str(item.get("ctx", {}).get("expected", "")))
        return f"{given!r} isn't one of {', '.join(known)}{nearest(given, known)}"
    if item["type"] == "string_type":
        return f"{given!r} must be a string: put quotes around it"
    return said
