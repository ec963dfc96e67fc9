"""Pseudonyms of conversations whose earlier turns their provider keeps: a bounded memory.

A request that names earlier turns (`previous_response_id`, a conversation, an answer made in the
background) doesn't hold their values any more, but the model may write their pseudonyms. So those
are remembered for the caller, his subject, and what a conversation and its answers are called, for
half a day to a day and in this process alone. What no later request can name is not kept at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

from guardrail.engine.case import Case
from guardrail.engine.conversations import Conversations
from guardrail.engine.head import caller

MOST = 20_000
"""Pseudonyms that are remembered in all: some megabytes."""

MOST_OF_ONE = 1_000
"""Pseudonyms of one conversation: the last ones."""

HALF_SECONDS = 43_200
"""How long they are remembered at least; twice as long at most."""

_MAX_SEGMENTS = 16
"""Of a path, each of which may be what an answer is called."""


class KeptLabels:
    """Pseudonym → value, by what conversations are called. For several threads, without a lock.

    Two generations, as `guardrail.detect.memo.Memo` has: what isn't asked for while the young one
    fills up, or grows old, is forgotten. Threads that race may forget early, never mix callers up.
    """

    def __init__(self, digests: Conversations, most: int = MOST) -> None:
        """Take what makes keyed digests of names, and how many pseudonyms are remembered."""
        self._digests = digests
        self._half = most // 2
        self._young: dict[bytes, Mapping[str, str]] = {}
        self._old: dict[bytes, Mapping[str, str]] = {}
        self._count = 0
        self._begun = 0

    def __len__(self) -> int:
        """Return how many pseudonyms are remembered."""
        return sum(map(len, (*self._young.values(), *self._old.values())))

    def recall(self, case: Case, now: datetime) -> None:
        """Let an exchange put back what was issued before in its conversation.

        Args:
            case: the exchange, its request read.
            now: the time.
        """
        self._forget(int(now.timestamp()))
        if not (self._young or self._old):
            return
        path = case.raw.path.split("/", _MAX_SEGMENTS)
        for name in self._names(case, (*case.exchange.conversation, *path)):
            case.masker.recall(self._young.get(name) or self._old.get(name) or {})

    def note(self, case: Case, ids: Sequence[str], now: datetime) -> None:
        """Remember what an exchange has issued.

        Args:
            case: the exchange, its request as it went on.
            ids: what its reply says that later requests call it by; without any nothing is
                remembered.
            now: the time.
        """
        issued = case.masker.issued
        if not (issued and ids):
            return
        self._forget(int(now.timestamp()))
        last = dict(islice(issued.items(), max(0, len(issued) - MOST_OF_ONE), None))
        for name in self._names(case, (*ids, *case.exchange.conversation)):
            self._young[name] = last
            self._count += len(last)

    def _names(self, case: Case, ids: Iterable[str]) -> list[bytes]:
        who = ("labels", caller(case.raw), case.query.subject or "")
        return [self._digests.name(*who, one) for one in dict.fromkeys(ids) if one]

    def _forget(self, now: int) -> None:
        """Forget the old generation where the young one is full or no longer young."""
        age = now - self._begun
        if self._count < self._half and age <= HALF_SECONDS:
            return
        self._old, self._young = {} if age > 2 * HALF_SECONDS else self._young, {}
        self._count, self._begun = 0, now
