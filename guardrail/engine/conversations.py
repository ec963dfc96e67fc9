"""Which conversations were told that an AI answers, and when: a bounded memory of keyed digests.

It holds no text and no id. What it forgets, and what another process or an earlier run has told, it
doesn't know: then people are told again, which is lawful; never to be told isn't.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from guardrail.detect.memo import Memo

MOST = 65_536
"""Conversations that are remembered at most; each takes some 200 bytes."""

MAX_CHARS = 4_096
"""Characters of a text that tell it from others."""

_BYTES = 16


class Conversations:
    """When people of which conversation were told last. For several threads."""

    def __init__(self, key: bytes, most: int = MOST) -> None:
        """Take the secret of the digests, at most 64 bytes of it, and how many are remembered."""
        self._key = key[:64]
        self._told: Memo[int] = Memo(most)

    def name(self, *parts: bytes | str) -> bytes:
        """Return the digest that stands for some parts, in their order."""
        made = blake2b(key=self._key, digest_size=_BYTES)
        for part in parts:
            raw = part if isinstance(part, bytes) else _encoded(part)
            # With its length before each part, no two lists of parts read alike.
            made.update(len(raw).to_bytes(8, "big"))
            made.update(raw)
        return made.digest()

    def told(self, names: Iterable[bytes]) -> int | None:
        """Return the Unix seconds when any of `names` was told last; None where none is known."""
        known = (self._told.get(name) for name in names)
        return max((seconds for seconds in known if seconds is not None), default=None)

    def note(self, names: Iterable[bytes], seconds: int) -> None:
        """Remember when people were told; what nobody asked for in a long time is forgotten."""
        for name in names:
            self._told.put(name, seconds)

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._told)


def _encoded(text: str) -> bytes:
    return text[:MAX_CHARS].encode("utf-8", "surrogatepass")
