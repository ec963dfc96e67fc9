"""Entries as rows of CSV and lines of JSON, for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from guardrail.audit.tally import Place

COLUMNS = ("shard", "index", "leaf", "time", "kind", "writer", "n", "request", "action", "wire",
           "rules", "articles", "entities", "standings", "packs", "disclosed", "languages",
           "subject", "code", "state")  # fmt: skip
"""Of the CSV. Lists stand in one cell, separated by blanks; counts as ``KZ_IIN=2``."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def heads() -> bytes:
    """Return the first line of the CSV (RFC 4180, UTF-8 without a mark)."""
    return _line(COLUMNS)


def csv_row(record: Mapping[str, object], place: Place) -> bytes:
    """Return an entry as a line of CSV."""
    hits = [hit for hit in _list(record.get("hits")) if isinstance(hit, dict)]
    packs = [pack for pack in _list(record.get("pol")) if isinstance(pack, dict)]
    entities: dict[str, int] = {}
    for hit in hits:
        for name, count in _mapping(hit.get("entities")).items():
            entities[name] = entities.get(name, 0) + count
    return _line((
        place.shard,
        str(place.index),
        place.leaf,
        _time(record.get("ts")),
        *(_text(record.get(name)) for name in ("t", "w", "n", "req", "act", "wire")),
        " ".join(str(hit.get("rule")) for hit in hits),
        "; ".join(str(hit.get("article")) for hit in hits),
        _counted(entities),
        _counted(_mapping(record.get("standings"))),
        " ".join(f"{pack.get('id')}@{pack.get('ver')}" for pack in packs),
        *(_text(record.get(name)) for name in ("disclosed", "lang", "sub", "code", "state")),
    ))  # fmt: skip


def json_line(entry: bytes, place: Place) -> bytes:
    """Return an entry, byte for byte as the log holds it, with its place, as a line of JSON."""
    head = f'{{"shard":"{place.shard}","index":{place.index},"leaf":"{place.leaf}","entry":'
    return head.encode() + entry + b"}\n"


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(map(_plain, cells))
    return out.getvalue().encode()


def _plain(cell: str) -> str:
    """Keep spreadsheets from reading a cell as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _time(ts: object) -> str:
    if not isinstance(ts, int):
        return ""
    return datetime.fromtimestamp(ts / 1_000_000, UTC).isoformat(timespec="milliseconds")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, int]:
    return value if isinstance(value, dict) else {}


def _counted(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name}={count}" for name, count in sorted(counts.items()))
