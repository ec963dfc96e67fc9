"""Pseudonyms of conversations whose earlier turns their provider keeps: a bounded memory.

A request that names earlier turns (`previous_response_id`, a conversation, an answer made in the
background) doesn't hold their values any more, but the model may write their pseudonyms. So those
are remembered for the caller, his subject, and what a conversation and its answers are called, for
half a day to a day and in this process alone. What no later request can name is not kept at all.

Consent is withdrawn, and a person's data erased, elsewhere. Each shows here when the person asks
next: by a record that was withdrawn since, and by another name in evidence. All that was remembered
for the person is forgotten then, before anything is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from guardrail.consent import ConsentState
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


_ENDED = frozenset({ConsentState.WITHDRAWN, ConsentState.INVALIDATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The pseudonyms of one conversation."""

    labels: Mapping[str, str]
    subject: str
    """Whose they are; empty for nobody known."""
    known_as: str
    """What evidence called the subject then."""
    at: float
    """When they were remembered, in Unix seconds."""


class KeptLabels:
    """Pseudonym → value, by what conversations are called. For several threads, without a lock.

    Two generations, as `guardrail.detect.memo.Memo` has: what isn't asked for while the young one
    fills up, or grows old, is forgotten. Threads that race may forget early, never mix callers up.
    """

    def __init__(self, digests: Conversations, most: int = MOST) -> None:
        """Take what makes keyed digests of names, and how many pseudonyms are remembered."""
        self._digests = digests
        self._half = most // 2
        self._young: dict[bytes, _Kept] = {}
        self._old: dict[bytes, _Kept] = {}
        self._subjects: set[str] = set()
        self._count = 0
        self._begun = 0

    def __len__(self) -> int:
        """Return how many pseudonyms are remembered."""
        return sum(len(one.labels) for one in (*self._young.values(), *self._old.values()))

    def knows(self, subject: str) -> bool:
        """Tell whether something is remembered for a person: then the consent matters."""
        return subject in self._subjects

    def forget(self, subject: str) -> None:
        """Forget all that is remembered for a person, given as the stable pseudonym."""
        self._young = {at: one for at, one in self._young.items() if one.subject != subject}
        self._old = {at: one for at, one in self._old.items() if one.subject != subject}
        self._subjects.discard(subject)

    def recall(self, case: Case, now: datetime) -> None:
        """Let an exchange put back what was issued before in its conversation.

        Args:
            case: the exchange, its request read, with the consents that were looked up.
            now: the time.
        """
        self._age(int(now.timestamp()))
        if not (self._young or self._old):
            return
        self._forget_whom_it_must(case)
        path = case.raw.path.split("/", _MAX_SEGMENTS)
        for name in self._names(case, (*case.exchange.conversation, *path)):
            kept = self._young.get(name) or self._old.get(name)
            if kept is not None:
                case.masker.recall(kept.labels)

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
        self._age(int(now.timestamp()))
        last = dict(islice(issued.items(), max(0, len(issued) - MOST_OF_ONE), None))
        whose = case.query.subject or ""
        known_as = case.names.of(whose) if whose else ""
        kept = _Kept(labels=last, subject=whose, known_as=known_as, at=now.timestamp())
        for name in self._names(case, (*ids, *case.exchange.conversation)):
            self._young[name] = kept
            self._subjects |= {whose} - {""}
            self._count += len(last)

    def _forget_whom_it_must(self, case: Case) -> None:
        """Forget what is remembered for a person who withdrew a consent since, or was erased."""
        subject = case.query.subject or ""
        if not self.knows(subject):
            return
        known_as = case.names.of(subject)
        ends = [one.events[-1].at.timestamp() for one in case.records if one.state in _ENDED]
        for one in (*self._young.values(), *self._old.values()):
            if one.subject != subject:
                continue
            # A half-year's end changes names, too.
            is_erased = one.known_as != known_as and _epoch(one.known_as) == _epoch(known_as)
            if is_erased or max(ends, default=-1.0) >= one.at:
                self.forget(subject)
                return

    def _names(self, case: Case, ids: Iterable[str]) -> list[bytes]:
        who = ("labels", caller(case.raw), case.query.subject or "")
        return [self._digests.name(*who, one) for one in dict.fromkeys(ids) if one]

    def _age(self, now: int) -> None:
        """Forget the old generation where the young one is full or no longer young."""
        age = now - self._begun
        if self._count < self._half and age <= HALF_SECONDS:
            return
        self._old, self._young = {} if age > 2 * HALF_SECONDS else self._young, {}
        self._subjects = {one.subject for one in self._old.values() if one.subject}
        self._count, self._begun = 0, now


def _epoch(name: str) -> str:
    """Return the half-year of a person's name in evidence."""
    return name.rpartition(":")[0]
