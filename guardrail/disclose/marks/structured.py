"""JSON: a member ``ai_disclosure`` of the outermost object, put in by bytes; and sidecars.

Nothing is written anew: every other byte, unknown fields and order included, stays as it came.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

import orjson

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.terms import level_of

MEMBER = "ai_disclosure"

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]++', re.DOTALL)
_LONGEST = 128
_PLACES = (
    ("result", "_meta"),
    ("result", "metadata"),
    ("result", "message", "metadata"),
    ("result", "task", "metadata"),
    ("additionalModelResponseFields",),
)
"""Where formats have room for it below their top: MCP, A2A, Bedrock."""


def read(data: bytes) -> Iterator[Found]:
    """Yield what the member says, where there is one.

    Raises:
        Unmarkable: ``not_json``.
    """
    yield from found_in(_loaded(data))


def found_in(held: object) -> Iterator[Found]:
    """Yield what the member says in a document, parsed: at its top, or where a reply has it."""
    if isinstance(held, list):
        for one in held:
            yield from _top(one)
        return
    yield from _top(held)
    for place in _PLACES:
        below = held
        for name in place:
            below = below.get(name) if isinstance(below, dict) else None
        yield from _top(below)


def _top(held: object) -> Iterator[Found]:
    if isinstance(held, dict) and MEMBER in held:
        yield found(held[MEMBER], "json:ai_disclosure")


def write(data: bytes, claim: Claim) -> bytes:
    """Return the object with the label as its first member.

    Another's member stays if it says AI, and gives way if not.

    Raises:
        Unmarkable: ``not_json``, ``not_an_object``.
    """
    held = _loaded(data)
    if not isinstance(held, dict):
        raise Unmarkable("not_an_object")
    value = orjson.dumps(claim.members())
    if MEMBER in held:
        if found(held[MEMBER], "").level.startswith("ai-"):
            return data
        return patched(data, [(*place, value) for place in _places(data)])
    at = data.index(b"{") + 1
    comma = b"," if held else b""
    return b"".join([data[:at], b'"', MEMBER.encode(), b'":', value, comma, data[at:]])


def sidecar(data: bytes, claim: Claim) -> bytes:
    """Return a label of `data` to be given beside it: bound to it by its SHA-256, not signed."""
    said = {
        **claim.members(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "AIGC": orjson.loads(claim.aigc),
    }
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def read_sidecar(beside: bytes, data: bytes) -> tuple[Found, ...]:
    """Return what a sidecar says of `data`; not `valid` where it is another content's.

    Raises:
        Unmarkable: ``not_json``, ``not_an_object``.
    """
    held = _loaded(beside)
    if not isinstance(held, dict):
        raise Unmarkable("not_an_object")
    is_its = held.get("sha256") == hashlib.sha256(data).hexdigest()
    own = found(held, "sidecar", is_its=is_its)
    if not isinstance(held.get("AIGC"), dict):
        return (own,)
    return own, aigc.read(orjson.dumps(held["AIGC"]).decode())


def found(held: object, technique: str, *, is_its: bool = True) -> Found:
    """Return what a label says.

    Args:
        held: the label, parsed.
        technique: where it stood.
        is_its: whether it is of what it came with.
    """
    said: Mapping[str, object] = held if isinstance(held, dict) else {}
    system = said.get("system")
    model = system.get("name") if isinstance(system, dict) else said.get("model")
    stated = _short(said.get("level")) or _short(held)
    known = stated if stated in MARKS else level_of(_short(said.get("dst")))
    return Found(
        layer=Layer.METADATA,
        technique=technique,
        valid=stated in MARKS and is_its,
        level=known if is_its else "",
        producer=_short(said.get("provider")),
        model=_short(model),
        id=_short(said.get("id")),
        stated=stated,
    )


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the values of the member stand in the outermost object."""
    depth, key, start = 0, b"", -1
    last = 0
    expects_key = False
    for token in _TOKEN.finditer(data):
        word = token[0]
        if start == -2:
            start = token.start()
        if depth == 1 and start >= 0 and word in {b",", b"}"}:
            yield start, last
            start = -1
        if word in {b"{", b"["}:
            depth += 1
        elif word in {b"}", b"]"}:
            depth -= 1
        if depth == 1 and word in {b"{", b","}:
            expects_key = True
        elif depth == 1 and expects_key and word.startswith(b'"'):
            key, expects_key = word, False
        elif depth == 1 and word == b":" and orjson.loads(key) == MEMBER:
            start = -2  # where the next token stands
        last = token.end()


def _loaded(data: bytes) -> object:
    try:
        loaded: object = orjson.loads(data)
    except ValueError:
        raise Unmarkable("not_json") from None
    return loaded


def _short(item: object) -> str:
    return item[:_LONGEST] if isinstance(item, str) else ""
