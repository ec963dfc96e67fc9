r"""Rich Text Format 1.9.1: pictures and objects, as hexadecimal digits or as bytes (``\bin``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import Part, Room

_START = re.compile(rb"\\(?:pict|objdata)(?![a-z])")
_TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})|\\bin(?P<size>[0-9]{1,8}) ?"
    rb"|(?P<mark>\\\*|\\'..|\\[a-zA-Z]{1,32}-?[0-9]{0,10} ?)|(?P<hex>[0-9A-Fa-f\s]+)|(?P<other>.)",
    re.DOTALL,
)
_LONGEST_NEST = 64


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield pictures and embedded objects.

    Raises:
        Uninspectable: ``too_many_bytes``, ``too_many_parts``, ``too_many_unpacked_bytes``,
            ``too_deep``.
    """
    room = Room(data, budget)
    at, number = 0, 0
    while (found := _START.search(data, at)) is not None:
        content, at = _group(data, found.end())
        number += 1
        if content:
            room.unpack(len(content), len(content))
            yield room.part(f"entry {number}", content)


def _group(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the bytes that stand directly in a group, and where the group ends."""
    digits = bytearray()
    depth = 0
    while (token := _TOKEN.match(data, at)) is not None:
        at = token.end()
        if token["open"]:
            depth += 1
            if depth > _LONGEST_NEST:
                raise Uninspectable("too_deep")
        elif token["close"]:
            depth -= 1
            if depth < 0:
                break
        elif token["size"] is not None:
            size = int(token["size"])
            digits += data[at : at + size].hex().encode()
            at += size
        elif token["hex"] and not depth:
            digits += token["hex"]
    plain = bytes(digits).translate(None, b" \t\r\n\v\f")
    return bytes.fromhex(plain[: len(plain) // 2 * 2].decode("ascii")), at
