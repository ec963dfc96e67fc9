"""JSON bytes to values: strict, bounded, and without the ways two readers can differ.

RFC 8259 leaves open what duplicate names, lone surrogates and deep nesting mean. A guard that reads
such a document differently than the endpoint behind it examines something else than what is sent;
so all of them are refused. Nothing here recurses, and every step is linear in the body.
"""

from __future__ import annotations

import re

import orjson

from guardrail.errors import BadInput
from guardrail.wire.limits import Limits

_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""String tokens. One that never ends takes all the rest, so that hostile bytes cost one pass."""

_CONTAINERS = (dict, list)
_Container = dict[str, object] | list[object]


def parse(body: bytes, limits: Limits) -> object:
    """Return the value of a JSON document (RFC 8259).

    Raises:
        BadInput: ``malformed_json``, ``invalid_utf8``, ``duplicate_key``, ``too_deep`` or
            ``too_many_values``.
    """
    bare = _without_strings(body)
    # Every value but the root stands after a comma or an opening bracket.
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= limits.values:
        raise BadInput(
            f"the document holds more than {limits.values} values", code="too_many_values"
        )
    tree = _loads(body)
    if isinstance(tree, BadInput):
        raise tree
    members = _members(tree, limits.depth)
    if bare.count(b":") != members:
        raise BadInput(
            "an object names a member twice",
            code="duplicate_key",
            fix="give each member of an object once",
        )
    return tree


def _without_strings(body: bytes) -> bytes:
    """Return what stands between the strings; exact for JSON, linear for anything else."""
    if b"\\" in body:
        return _STRINGS.sub(b"", body)
    return b"".join(body.split(b'"')[::2])


def _loads(body: bytes) -> object:
    """Return the value or the refusal: orjson's own exception carries the body with it."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        what, line, column = problem.msg, problem.lineno, problem.colno
    if what.startswith("depth limit"):
        return _too_deep()
    try:
        body.decode()
    except UnicodeDecodeError:
        return BadInput("the body is not UTF-8", code="invalid_utf8", fix="send JSON as UTF-8")
    return BadInput(
        f"the body is not JSON: line {line}, column {column}",
        code="malformed_json",
        fix="send one JSON document",
    )


def _members(tree: object, depth: int) -> int:
    """Count the members of all objects, level by level."""
    members = 0
    level = [tree] if isinstance(tree, _CONTAINERS) else []
    while level:
        if depth == 0:
            raise _too_deep()
        depth -= 1
        below: list[_Container] = []
        for container in level:
            if isinstance(container, dict):
                members += len(container)
                below += [value for value in container.values() if isinstance(value, _CONTAINERS)]
            else:
                below += [value for value in container if isinstance(value, _CONTAINERS)]
        level = below
    return members


def _too_deep() -> BadInput:
    return BadInput("the document nests too deep", code="too_deep", fix="nest less deep")
