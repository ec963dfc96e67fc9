"""Names of persons in evidence: keyed, of one half-year each, and forgettable one by one.

A person is known inside by a stable pseudonym (`guardrail.consent.pseudonym`). Evidence holds
another one, made with the key of the half-year: ``p:2026h2:…``. Without that key nobody can tell
whose it is, so whoever destroys the key of a half-year cuts all its entries off from all persons.

To forget one person alone, the key is *punctured*. It is the root of a binary tree of keys (the
pseudorandom function of Goldreich, Goldwasser and Micali, 1986; Boneh and Waters showed in 2013
that it can be punctured): each node gives its two children by SHA-256, and a person's key is the
leaf at the first 40 bits of the hash of the stable pseudonym. Puncturing replaces the root by the
40 siblings on the way to one leaf, from which every other leaf still follows and that one doesn't.
So nothing is kept, looked up or written for a person who was never forgotten. Who comes back after
being forgotten gets a name of another tree, which nothing joins to the old one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence.shard import shard_of

KEY_BYTES = 32
DEPTH = 40
"""Bits of the way to a leaf. Of ten million persons one who is forgotten takes another along with a
chance of 1 in 100,000: that one has a new name from then on, too."""
NAME_BYTES = 16
"""Of a pseudonym: 2^64 persons until two share one."""
REMEMBERED = 4096
"""Pseudonyms kept in memory: a walk down the tree takes 30 µs."""

_FORM = "guardrail epoch key 1"
_EPOCH = re.compile(r"\d{4}h[12]")
_WAY = re.compile(rf"[01]{{0,{DEPTH}}}")

Tree = Mapping[str, bytes]
"""Nodes by their ways from the root, as ``0110``; none of them is under another."""


class EpochKey:
    """What makes the pseudonyms and keyed digests of one half-year. Never changes."""

    __slots__ = ("_digests", "_trees", "epoch", "of")

    def __init__(self, epoch: str, *, digests: bytes, trees: Sequence[Tree]) -> None:
        """Take the keys.

        Args:
            epoch: the half-year, as ``2026h2``.
            digests: of keyed digests, 32 bytes.
            trees: of pseudonyms: a person's name comes from the first that has their leaf.
        """
        self.epoch = epoch
        self._digests = digests
        self._trees = tuple(MappingProxyType(dict(tree)) for tree in trees)
        self.of = lru_cache(REMEMBERED)(self._of)
        """Return a person's pseudonym in evidence, given the stable one."""

    def _of(self, subject: str) -> str:
        data = _bytes(subject)
        leaf = self._leaf(_way(data))
        return f"p:{self.epoch}:{hmac.digest(leaf, data, 'sha256')[:NAME_BYTES].hex()}"

    def _leaf(self, way: str) -> bytes:
        for tree in self._trees:
            top = _top(tree, way)
            if top is not None:
                return _down(tree[top], way[len(top) :])
        raise EvidenceError("a key of pseudonyms has no way left")  # pragma: no cover - `without`

    def digest(self, data: bytes) -> str:
        """Return the keyed SHA-256 of `data`, hex: a plain hash of an IIN could be guessed back."""
        return hmac.digest(self._digests, data, "sha256").hex() if data else ""

    def caller(self, data: bytes) -> str:
        """Return the name of who holds a secret, as ``k:2026h2:…``; empty for none."""
        return f"k:{self.epoch}:{self.digest(data)[: 2 * NAME_BYTES]}" if data else ""

    def without(self, subject: str, fresh: bytes) -> EpochKey:
        """Return the key that has forgotten a person: their pseudonym no longer follows from it.

        Args:
            subject: the stable pseudonym.
            fresh: 32 random bytes: the root of the tree that the person is named by from now on,
                where there is no other.
        """
        way = _way(_bytes(subject))
        trees: list[Tree] = list(self._trees)
        at = next(at for at, tree in enumerate(trees) if _top(tree, way) is not None)
        trees[at] = _punctured(trees[at], way)
        if at == len(trees) - 1:
            trees.append({"": fresh})
        return EpochKey(self.epoch, digests=self._digests, trees=trees)

    def encoded(self) -> bytes:
        """Return it as the bytes of a file."""
        trees = [{way: key.hex() for way, key in sorted(tree.items())} for tree in self._trees]
        told = {"form": _FORM, "epoch": self.epoch, "digests": self._digests.hex(), "trees": trees}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def __repr__(self) -> str:
        """Tell the half-year, and nothing of the key."""
        return f"EpochKey({self.epoch!r})"


class Pseudonyms(Protocol):
    """Where the keys come from. May be called from any thread, at every request."""

    def at(self, ts: int) -> EpochKey:
        """Return the key of the half-year that a time falls in (microseconds since 1970, UTC).

        May wait for a disk where `ready` doesn't say otherwise.

        Raises:
            GuardrailError: there is none.
        """
        ...

    def ready(self, ts: int) -> EpochKey | None:
        """Return what `at` does where it can be had at once; None where it can't."""
        ...


class DerivedPseudonyms:
    """Keys that follow from one secret: for guards that keep nothing. They can't be forgotten."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret."""
        self._key = lru_cache(8)(lambda epoch: fresh_key(epoch, _expanded(secret, epoch)))

    def at(self, ts: int) -> EpochKey:
        """Return the key of the half-year that a time falls in."""
        return self._key(shard_of(ts))

    def ready(self, ts: int) -> EpochKey:
        """Return it: nothing is waited for."""
        return self.at(ts)


def fresh_key(epoch: str, random: bytes) -> EpochKey:
    """Return a new key of a half-year, from 64 random bytes."""
    return EpochKey(epoch, digests=random[:KEY_BYTES], trees=[{"": random[KEY_BYTES:]}])


def decoded(data: bytes) -> EpochKey:
    """Return the key that `EpochKey.encoded` wrote.

    Raises:
        EvidenceError: it isn't one.
    """
    try:
        told = orjson.loads(data)
        trees = [{way: bytes.fromhex(key) for way, key in tree.items()} for tree in told["trees"]]
        digests, epoch = bytes.fromhex(told["digests"]), str(told["epoch"])
        keys = [digests, *(key for tree in trees for key in tree.values())]
        sound = all(len(key) == KEY_BYTES for key in keys) and bool(trees)
        ways = all(_WAY.fullmatch(way) for tree in trees for way in tree)
        if told["form"] == _FORM and _EPOCH.fullmatch(epoch) and sound and ways:
            return EpochKey(epoch, digests=digests, trees=trees)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # From nothing below: a parser's message may repeat the key.
    raise EvidenceError("this is no key of pseudonyms", code="evidence_key_invalid")


def is_epoch(name: str) -> bool:
    """Tell whether a name is a half-year's, as ``2026h2``."""
    return _EPOCH.fullmatch(name) is not None


def _bytes(subject: str) -> bytes:
    return subject.encode("utf-8", "surrogatepass")


def _way(subject: bytes) -> str:
    start = hashlib.sha256(b"guardrail way 1\0" + subject).digest()[: DEPTH // 8]
    return f"{int.from_bytes(start, 'big'):0{DEPTH}b}"


def _top(tree: Tree, way: str) -> str | None:
    """Return the node that a leaf is under, or None where it was punctured out."""
    for length in range(DEPTH + 1) if len(tree) > 1 else (0,):
        if way[:length] in tree:
            return way[:length]
    return None


def _down(node: bytes, steps: str) -> bytes:
    for step in steps:
        node = _child(node, step)
    return node


def _child(node: bytes, step: str) -> bytes:
    return hashlib.sha256(node + (b"\x01" if step == "1" else b"\x00")).digest()


def _punctured(tree: Tree, way: str) -> dict[str, bytes]:
    left = dict(tree)
    top = _top(tree, way)
    if top is None:  # pragma: no cover - who calls has looked
        return left
    node = left.pop(top)
    for at in range(len(top), DEPTH):
        step, other = (way[at], "0" if way[at] == "1" else "1")
        left[way[:at] + other] = _child(node, other)
        node = _child(node, step)
    return left


def _expanded(secret: bytes, epoch: str) -> bytes:
    return b"".join(
        hmac.digest(secret, f"guardrail epoch {epoch} {part}".encode(), "sha256")
        for part in ("digests", "pseudonyms")
    )
