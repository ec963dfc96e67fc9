"""The words that tell a vector of a person's features from any other: Kazakh, Russian, English."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypedDict

_CAMEL = re.compile(r"(?<=[^\W\d_A-ZА-ЯЁӘҒҚҢӨҰҮҺІ])(?=[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 200


class _Stored(TypedDict):
    modalities: dict[str, list[str]]
    vectors: list[str]
    whole: dict[str, str]
    blockers: list[str]
    strong_siblings: list[str]
    weak_siblings: list[str]
    encoders: dict[str, str]
    text_models: list[str]
    purposes: list[str]
    holders: list[str]
    passkeys: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All words, ready to be looked up."""

    modalities: dict[str, str]
    """A word to the modality that it names."""
    vectors: frozenset[str]
    whole: dict[str, str]
    """Words that name modality and vector in one."""
    blockers: frozenset[str]
    """Words beside which a modality's word means something else: ``surface normals``."""
    strong_siblings: frozenset[str]
    weak_siblings: frozenset[str]
    encoders: dict[str, str]
    """Parts of the names of models that turn persons into vectors."""
    text_models: tuple[str, ...]
    purposes: frozenset[str]
    holders: frozenset[str]
    """Keys under which replies put vectors of whatever kind."""
    passkeys: frozenset[str]


@cache
def words() -> Words:
    """Return the words that ship with guardrail."""
    text = (files("guardrail.detect.media") / "vector_words.json").read_text("utf-8")
    stored: _Stored = json.loads(text)
    return Words(
        modalities={
            word: kind for kind, several in stored["modalities"].items() for word in several
        },
        vectors=frozenset(stored["vectors"]),
        whole=stored["whole"],
        blockers=frozenset(stored["blockers"]),
        strong_siblings=frozenset(stored["strong_siblings"]),
        weak_siblings=frozenset(stored["weak_siblings"]),
        encoders=stored["encoders"],
        text_models=tuple(stored["text_models"]),
        purposes=frozenset(stored["purposes"]),
        holders=frozenset(stored["holders"]),
        passkeys=frozenset(stored["passkeys"]),
    )


@lru_cache(maxsize=4096)
def tokens(key: str) -> frozenset[str]:
    """Return the words of a key, lower case: ``face``, ``embedding`` of ``faceEmbedding``."""
    return frozenset(_WORD.findall(_CAMEL.sub(" ", key[:_LONGEST]).lower()))


def modality_of(keys: Sequence[str]) -> str:
    """Return whose vector a path of keys names; empty unless it names both.

    A vector's word and a modality's must be there as whole words: ``interface`` names no face. One
    key may have both; where they stand in several, none may say that something else is meant.
    """
    own = next((found for key in reversed(keys) if (found := _modality_of(key))), "")
    if own or len(keys) < 2:
        return own
    known = words()
    plain = known.holders - known.vectors
    parts = [tokens(key) for key in keys if key.lower() not in plain]
    if any(one & known.blockers for one in parts) or not any(one & known.vectors for one in parts):
        return ""
    return next((known.modalities[one] for part in parts for one in sorted(part & _named())), "")


def _modality_of(key: str) -> str:
    """Return whose vector one key names."""
    known = words()
    joined = known.whole.get("".join(_WORD.findall(key[:_LONGEST].lower())))
    if joined:
        return joined
    parts = tokens(key)
    if parts & known.blockers or not parts & known.vectors:
        return ""
    return next((known.modalities[one] for one in sorted(parts & _named())), "")


@cache
def _named() -> frozenset[str]:
    return frozenset(words().modalities)


def holds_vectors(key: str) -> bool:
    """Tell whether replies put vectors under a key, of whatever: ``embedding``, ``data``."""
    known = words()
    parts = tokens(key)
    return bool(parts & (known.vectors | known.holders)) and not parts & known.blockers - {"value"}


def encoder_of(model: str) -> str:
    """Return whose vectors a model makes, by its name; empty where it isn't known to make any."""
    name = model[:_LONGEST].lower()
    known = words()
    if any(part in name for part in known.text_models):
        return ""
    return next((kind for part, kind in known.encoders.items() if part in name), "")


def route_of(route: str) -> str:
    """Return whose vectors a route deals in, as ``/v1/faces/represent``; empty where it doesn't."""
    known = words()
    parts = tokens(route)
    if not parts & known.purposes or parts & {"text", "tokens"}:
        return ""
    return next((known.modalities[one] for one in sorted(parts & _named())), "")
