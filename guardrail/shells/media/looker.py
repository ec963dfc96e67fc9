"""Looks into media as messages hold them, and remembers what it saw.

A conversation repeats its pictures with every turn; they aren't paid for twice.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.payload import payload, respelt
from guardrail.detect.media.raw_sound import RawSound
from guardrail.detect.memo import Memo
from guardrail.errors import BadInput
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media.pool import MediaPool

REMEMBERED = 1_000
"""Media whose inspections are kept: a digest under a key of the process's, and what was seen."""
_PASSING = frozenset(
    {"busy", "timeout", "crashed", "no_worker", "worker_confused", "media_extra_missing"}
)
"""Reasons that say nothing of the medium itself."""


class NotRedactedError(BadInput):
    """A medium can't be freed of what mustn't pass. `reason` is a slug, as ``several_faces``."""

    def __init__(self, reason: str, message: str = "") -> None:
        """Take the reason, and words for people where there are better ones."""
        super().__init__(
            message or f"a picture, recording or file can't be freed of what it shows: {reason}",
            code="media_not_redacted",
            status=400,
            fix="" if message else "send it without that, or with consent",
        )
        self.reason = reason


class Looker:
    """What a message's media hold. For any number of threads."""

    def __init__(self, pool: MediaPool) -> None:
        """Take the workers."""
        self._pool = pool
        self._key = secrets.token_bytes(32)
        self._known: Memo[Inspected] = Memo(REMEMBERED)
        self.size = pool.size

    def inspect(self, held: bytes | str) -> Inspected:
        """Return what was seen in a medium; a verdict where it can't be looked into. Blocks."""
        if isinstance(held, RawSound):
            return held.known or self._pool.listen(held)
        if not held:
            return Inspected(verdict=Verdict.UNINSPECTABLE)
        try:
            one = payload(held, self._pool.budget)
        except Uninspectable as verdict:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason=verdict.reason)
        declared = one.declared.encode("utf-8", "surrogatepass")
        digest = blake2b(declared + b"\0" + one.data, key=self._key).digest()
        known = self._known.get(digest)
        if known is not None:
            return known
        inspected = self._pool.inspect(one.data, one.declared)
        if inspected.reason not in _PASSING:
            self._known.put(digest, inspected)
        return inspected

    def redact(self, held: bytes | str, redaction: Redaction) -> str:
        """Return what stands in a medium's place, spelt as it was. Blocks.

        Raises:
            NotRedactedError: it can't be changed so.
        """
        try:
            one = payload(held, self._pool.budget)
            return respelt(held, self._pool.redact(one.data, redaction))
        except Uninspectable as verdict:
            raise NotRedactedError(verdict.reason) from None

    def close(self) -> None:
        """End the workers."""
        self._pool.close()
