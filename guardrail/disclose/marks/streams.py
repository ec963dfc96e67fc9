"""Streams that were saved: labels in comments, and as members of events.

Server-sent events, lines of JSON, and AWS event streams. A stream that is over is read and never
written: its events are what they were.
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Iterator
from struct import Struct
from typing import NoReturn

import orjson

from guardrail.disclose.marks import structured
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Unmarkable

_COMMENT = re.compile(rb"(?:\xef\xbb\xbf)?: ?guardrail-(?:disclosure|label) ")
_DATA = re.compile(rb"(?:\xef\xbb\xbf)?data: ?")
_PRELUDE = Struct(">III")
_SUM = 4
_MEMBER = b'"' + structured.MEMBER.encode() + b'"'


def read(data: bytes) -> Iterator[Found]:
    """Yield what the lines of a stream say: each label once, however often it is told."""
    known: set[Found] = set()
    for line in data.splitlines():
        for one in _in_line(line):
            if one not in known:
                known.add(one)
                yield one


def read_messages(data: bytes) -> Iterator[Found]:
    """Yield what the messages of an AWS event stream say: each label once.

    Raises:
        Unmarkable: ``truncated``: it is cut off, or no message begins where one should.
    """
    known: set[Found] = set()
    at = 0
    while at < len(data):
        payload, at = _message(data, at)
        for one in _in_json(payload):
            if one not in known:
                known.add(one)
                yield one


def write(data: bytes, claim: Claim) -> NoReturn:  # noqa: ARG001 - a medium's way to be written
    """Refuse: whoever makes the stream labels it.

    Raises:
        Unmarkable: ``no_carrier``.
    """
    raise Unmarkable("no_carrier")


def begins_message(data: bytes) -> bool:
    """Tell whether data begin as a message of an AWS event stream: lengths with their sum."""
    if len(data) < _PRELUDE.size:
        return False
    total, headers, check = _PRELUDE.unpack_from(data)
    return total >= _PRELUDE.size + headers + _SUM and bool(crc32(data[:8]) == check)


def _message(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the payload of the message at a place, and where the next one begins."""
    if not begins_message(data[at : at + _PRELUDE.size]):
        raise Unmarkable("truncated")
    total, headers, _ = _PRELUDE.unpack_from(data, at)
    end = at + total
    if end > len(data):
        raise Unmarkable("truncated")
    return data[at + _PRELUDE.size + headers : end - _SUM], end


def _in_line(line: bytes) -> Iterator[Found]:
    comment = _COMMENT.match(line)
    if comment is not None:
        held = _loaded(line[comment.end() :])
        if isinstance(held, dict):
            yield structured.found(held, "sse:comment")
        return
    start = _DATA.match(line)
    yield from _in_json(line[start.end() :] if start is not None else line)


def _in_json(data: bytes) -> Iterator[Found]:
    if _MEMBER in data:
        yield from structured.found_in(_loaded(data))


def _loaded(data: bytes) -> object:
    try:
        loaded: object = orjson.loads(data)
    except ValueError:
        return None
    return loaded
