"""The one byte form of an evidence record: a restricted profile of RFC 8785 (JCS).

Inside the profile `orjson` with sorted keys gives the bytes that RFC 8785 asks for, at a fiftieth
of the cost. Outside it the two differ (floats, integers past 2^53, keys beyond ASCII), so what is
outside is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson

from guardrail.errors import EvidenceError

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What a caller may put in a record."""

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
"""The same, copied into JSON's own types."""

RECORD_LIMIT = 16 * 1024
"""Bytes of one record. C2SP tlog-tiles can't carry more than 65,535; ours need about 600."""

_COPYING = (
    orjson.OPT_NON_STR_KEYS  # members of enumerations
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)

DEPTH_LIMIT = 8
"""Nesting of arrays and objects; the deepest record of the schema has 4."""

INTEGER_LIMIT = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 8785 section 3.2.2.3, I-JSON)."""


def canonical(value: Value) -> bytes:
    """Return the canonical bytes of `value`.

    Raises:
        EvidenceError: `value` is outside the profile or takes more than `RECORD_LIMIT` bytes.
    """
    copy = read(written(value))
    _conform(copy, DEPTH_LIMIT)
    return encode(copy)


def written(value: Value) -> bytes:
    """Return `value` as JSON in whatever order it has, still to be held against the profile.

    Raises:
        EvidenceError: JSON has no form for it.
    """
    try:
        return orjson.dumps(value, default=_mapping, option=_COPYING)
    except orjson.JSONEncodeError as error:
        raise _outside() from error


def read(data: bytes) -> Plain:
    """Return what `written` wrote in JSON's own types: a deep copy.

    Raises:
        EvidenceError: it is nested too deep.
    """
    try:
        copy: Plain = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _outside() from error
    return copy


def encode(value: Value) -> bytes:
    """Return the bytes of a value that is within the profile.

    Raises:
        EvidenceError: they are more than `RECORD_LIMIT`.
    """
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if len(data) > RECORD_LIMIT:
        raise _refused(f"a record of {len(data)} bytes is over the limit of {RECORD_LIMIT}")
    return data


def composed(text: str) -> bool:
    """Tell whether a text is in Unicode form NFC, as every string of a record is."""
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def named(key: str) -> bool:
    """Tell whether a text can be a key of a record: 1 to 64 of A-Z, a-z, 0-9 and underscore."""
    return key.isascii() and key.isidentifier() and len(key) <= 64


def _conform(value: Plain, depth: int) -> None:
    if isinstance(value, float):
        raise _refused("a record can't hold a float")
    if isinstance(value, int) and abs(value) > INTEGER_LIMIT:
        raise _refused("an integer in a record is past 2^53 - 1")
    if isinstance(value, str) and not composed(value):
        raise _refused("a string in a record isn't in Unicode form NFC")
    if isinstance(value, dict | list):
        if depth == 0:
            raise _refused(f"a record is nested deeper than {DEPTH_LIMIT}")
        if isinstance(value, dict) and not all(map(named, value)):
            raise _refused("a key in a record isn't an ASCII name")
        for item in value.values() if isinstance(value, dict) else value:
            _conform(item, depth - 1)


def _mapping(value: object) -> dict[object, object]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


def _outside() -> EvidenceError:
    return _refused("a record can't hold this value, or is nested too deep")


def _refused(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_record_invalid", status=500)
