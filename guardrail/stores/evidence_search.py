"""Looks through a whole log for what names something: a request, a person.

It reads every bundle that is there, those too that a legal hold has kept from pruning; of a bundle
that doesn't name it nothing is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import TILE_WIDTH, entries_in
from guardrail.evidence.objects import Objects

_BUNDLE = re.compile(r"(\d{4}h[12])/tile/entries/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry, and where it stands."""

    shard: str
    index: int
    record: dict[str, Any]

    @property
    def place(self) -> str:
        """Where it stands, in one word: ``2026h2/17``."""
        return f"{self.shard}/{self.index}"


def naming(objects: Objects, words: Collection[str], fields: Collection[str]) -> Iterator[Found]:
    """Yield the entries one of whose fields holds one of some words, in the log's order.

    Args:
        objects: where the log is kept.
        words: of which one must be the whole value of a field.
        fields: which fields count, as ``req``.

    Raises:
        EvidenceError: a bundle can't be read, or holds what isn't a record.
    """
    marks = [word.encode() for word in words]
    for (shard, number), (_, name) in sorted(_bundles(objects).items()):
        data = objects.read(name)
        if data is None or not any(mark in data for mark in marks):
            continue
        for offset, entry in enumerate(entries_in(data)):
            if any(mark in entry for mark in marks):
                record = _record(entry, name)
                if any(record.get(field) in words for field in fields):
                    yield Found(shard=shard, index=number * TILE_WIDTH + offset, record=record)


def _bundles(objects: Objects) -> dict[tuple[str, int], tuple[int, str]]:
    """Return width and name of the widest bundle that there is of each number of each shard."""
    widest: dict[tuple[str, int], tuple[int, str]] = {}
    for name in objects.names(""):
        if found := _BUNDLE.fullmatch(name):
            at = (found[1], int(re.sub("[x/]", "", found[2])))
            width = int(found[3] or TILE_WIDTH)
            widest[at] = max(widest.get(at, (0, "")), (width, name))
    return widest


def _record(entry: bytes, name: str) -> dict[str, Any]:
    try:
        record = orjson.loads(entry)
    except orjson.JSONDecodeError:
        record = None
    if not isinstance(record, dict):
        raise EvidenceError(f"{name} isn't a bundle of records", code="evidence_unreadable")
    return record
