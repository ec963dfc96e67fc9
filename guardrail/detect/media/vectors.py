"""Vectors of persons' features in JSON: by what names them, never by their numbers alone.

A vector of a face has 128 or 512 numbers, and so has one of a sentence. What tells them apart is
the key (``face_embedding``), what stands beside (``det_score``), the model (``arcface``) or the
route.
"""

from __future__ import annotations

import math
import re
import struct
from binascii import Error, a2b_base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.vector_words import (
    encoder_of,
    holds_vectors,
    modality_of,
    route_of,
    words,
)
from guardrail.facts import Category, Seen, Tier

Place = tuple[str | int, ...]
"""Keys and indices from the root of the tree."""

RECOGNIZER = "Vectors@1"
SHORTEST = 64
"""Numbers: no encoder of persons in use makes fewer."""
_LONGEST = 16_384
_SHORTEST_TEXT = 100
"""Characters of a vector in a string."""
_MOST_NODES = 500_000
_DEEPEST = 64
_MOST_FOUND = 256
_NEAREST = 3
"""Keys above a vector that can name it."""
_LARGEST = 1e4
"""No number of a vector is larger: encoders normalise."""


@dataclass(frozen=True, slots=True)
class _Node:
    value: object
    place: Place
    keys: tuple[str, ...]
    """The nearest keys, the last its own."""
    beside: str
    """Whose vectors the mapping around it holds, by the other keys in it."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What model and route say of the whole tree."""

    encoder: str
    route: str


def find(tree: object, *, model: str = "", route: str = "") -> tuple[tuple[Place, Seen], ...]:
    """Return the vectors of persons' features in parsed JSON, and where each stands.

    Lists of at least 64 numbers, the same in a string (``[0.1,…]``), and base64 of 32-bit floats.
    `model` and `route` are what the request named. A reply of text embeddings, a token list, a
    waveform or a passkey's assertion is none.

    Raises:
        Uninspectable: ``too_many_parts`` or ``too_deep``.
    """
    reply = _Reply(encoder_of(model), route_of(route))
    found: list[tuple[Place, Seen]] = []
    for node in _walk(tree):
        seen = _judge(node, reply)
        if seen is not None:
            found.append((node.place, seen))
            if len(found) >= _MOST_FOUND:
                break
    return tuple(found)


def _walk(tree: object) -> Iterator[_Node]:
    """Yield everything that could be a vector: lists of numbers, and strings."""
    pending = [_Node(tree, (), (), "")]
    count = 0
    while pending:
        node = pending.pop()
        count += 1
        if count > _MOST_NODES:
            raise Uninspectable("too_many_parts")
        if len(node.place) > _DEEPEST:
            raise Uninspectable("too_deep")
        if isinstance(node.value, str):
            if len(node.value) >= _SHORTEST_TEXT:
                yield node
        elif isinstance(node.value, Mapping):
            pending += _members(node, node.value)
        elif isinstance(node.value, list | tuple):
            if _starts_with_numbers(node.value):
                yield node
            else:
                pending += [
                    _Node(one, (*node.place, index), node.keys, node.beside)
                    for index, one in enumerate(node.value)
                    if isinstance(one, str | list | tuple | Mapping)
                ][::-1]


def _starts_with_numbers(value: Sequence[object]) -> bool:
    return bool(value) and isinstance(value[0], int | float)


def _members(node: _Node, value: Mapping[object, object]) -> list[_Node]:
    names = {one for one in value if isinstance(one, str)}
    passkey = {name for name in names if name.lower().replace("_", "") in words().passkeys}
    if len(passkey) < 2:  # else it is an assertion (WebAuthn): the finger never leaves the device
        passkey = set()
    beside = _beside(names, value) or node.beside
    return [
        _Node(one, (*node.place, name), (*node.keys, name)[-_NEAREST:], beside)
        for name, one in value.items()
        if isinstance(name, str)
        and name not in passkey
        and isinstance(one, str | list | tuple | Mapping)
    ][::-1]


_NAMES_OF_MODELS = ("model", "model_name", "modelName", "encoder", "recognizer", "model_id")


def _beside(names: set[str], value: Mapping[object, object]) -> str:
    """Return whose vectors a mapping holds, by what stands in it."""
    for name in _NAMES_OF_MODELS:
        model = value.get(name)
        if isinstance(model, str) and encoder_of(model):
            return encoder_of(model)
    known = words()
    strong, weak = names & known.strong_siblings, names & known.weak_siblings
    if strong and (weak or len(strong) > 1):
        return "voice" if "speaker_id" in strong else "face"
    return "face" if len(weak & {"bbox", "det_score", "person_id"}) > 1 else ""


def _judge(node: _Node, reply: _Reply) -> Seen | None:
    modality, how = modality_of(node.keys), "key"
    if not modality and (not node.keys or holds_vectors(node.keys[-1])):
        modality, how = next((pair for pair in _evidence(node, reply) if pair[0]), ("", ""))
    if not modality:
        return None
    if _is_vector(node.value):
        return _seen(modality, how, Tier.SUSPECT if how == "route" else Tier.CERTAIN)
    if how == "key" and "template" in node.keys[-1].lower() and _is_packed(node.value):
        return _seen(modality, how, Tier.SUSPECT)
    return None


def _evidence(node: _Node, reply: _Reply) -> Iterator[tuple[str, str]]:
    yield node.beside, "keys beside"
    yield reply.encoder, "model"
    yield reply.route, "route"


def _seen(modality: str, how: str, tier: Tier) -> Seen:
    return Seen(
        entity="BIOMETRIC_TEMPLATE",
        category=Category.BIOMETRIC,
        tier=tier,
        score=0.95 if tier is Tier.CERTAIN else 0.6,
        recognizer=RECOGNIZER,
        reason=f"{modality} vector by {how}",
    )


def _is_vector(value: object) -> bool:
    if isinstance(value, str):
        return _is_written(value) or _is_floats(value)
    return (
        isinstance(value, list | tuple)
        and SHORTEST <= len(value) <= _LONGEST
        and all(isinstance(one, int | float) and -_LARGEST < one < _LARGEST for one in value)
    )


_WRITTEN = re.compile(r"\s*[\[{(]\s*(?:[-+]?[0-9.]+(?:[eE][-+]?[0-9]{1,3})?\s*[,;\s]\s*){63,16384}")


def _is_written(text: str) -> bool:
    """Tell whether a string is a vector as pgvector and NumPy write it."""
    return text[:1] in "[{( " and _WRITTEN.match(text) is not None


def _is_floats(text: str) -> bool:
    """Tell whether a string is base64 of 32-bit floats, as ``encoding_format: base64`` makes it."""
    data = _decoded(text)
    if len(data) % 4 or not SHORTEST * 4 <= len(data) <= _LONGEST * 4:
        return False
    numbers = struct.unpack(f"<{len(data) // 4}f", data)
    return all(math.isfinite(one) and abs(one) < _LARGEST for one in numbers) and any(numbers)


_LEAST_PACKED = 96


def _is_packed(value: object) -> bool:
    """Tell whether a string is base64 of bytes that aren't text: a template of some maker's own."""
    data = _decoded(value) if isinstance(value, str) else b""
    return len(data) >= _LEAST_PACKED and not data.isascii()


_URL_SAFE = str.maketrans("-_", "+/")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{80,}={0,2}\Z")


def _decoded(text: str) -> bytes:
    """Return what base64 stands for; nothing where a string is none."""
    if len(text) > _LONGEST * 6 or not _BASE64.match(text):
        return b""
    digits = text.rstrip("=").translate(_URL_SAFE)
    try:
        return a2b_base64(digits + "=" * (-len(digits) % 4))
    except Error:
        return b""
