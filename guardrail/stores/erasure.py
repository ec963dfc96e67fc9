"""The right to erasure: destroys a person's details, and the link between a person and evidence.

The entries stay, and so does every proof: what an entry says of a person is a pseudonym that
nobody can make again (`guardrail.evidence.pseudonyms`). What goes is put on record first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from guardrail.errors import BadInput
from guardrail.evidence import Entry, EntryKind
from guardrail.evidence.details import Detail, Details
from guardrail.evidence.holds import Cover
from guardrail.evidence.objects import Objects
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.holds import Holds, Record
from guardrail.stores.pruning import epoch_times, records_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was destroyed."""

    details: int = 0
    epochs: int = 0
    """Half-years in which the person's pseudonym can't be told any more."""


class Eraser:
    """Erases what is kept of persons beside the log, and their link to it."""

    def __init__(
        self,
        objects: Objects,
        *,
        keys: EpochKeys,
        details: Details | None,
        record: Record,
    ) -> None:
        """Take what is kept.

        Args:
            objects: where the log and the holds are.
            keys: of pseudonyms.
            details: None where none were ever kept.
            record: puts an entry on record; returns once it is durable, and raises where it can't.
        """
        self._objects = objects
        self._keys = keys
        self._details = details
        self._record = record

    def subject(self, subject: str) -> Erased:
        """Forget a person: destroy the details, and cut all pseudonyms off from the person.

        Args:
            subject: the person's stable pseudonym.

        Raises:
            BadInput: a legal hold covers something of the person (``legal_hold``).
            GuardrailError: something can't be read, put on record or destroyed; do it again then.
        """
        names = frozenset(self._keys.names_of(subject).values())
        theirs = () if self._details is None else self._details.of_subject(subject)
        cover = self._cover()
        if cover.of(subject) or self._covered(cover, theirs) or self._on_hold(cover, names):
            raise _held(cover)
        self._record(_erasure("subject", count=len(theirs)))
        self._destroy(theirs)
        return Erased(details=len(theirs), epochs=self._keys.unlink(subject))

    def request(self, request: str) -> Erased:
        """Destroy the details of a request, as of somebody whom nobody knows by name.

        Raises:
            BadInput: a legal hold covers them (``legal_hold``).
            GuardrailError: something can't be read, put on record or destroyed; do it again then.
        """
        found = () if self._details is None else self._details.of_request(request)
        cover = self._cover()
        if self._covered(cover, found):
            raise _held(cover)
        self._record(_erasure("request", request, count=len(found)))
        self._destroy(found)
        return Erased(details=len(found))

    def epoch(self, epoch: str) -> Erased:
        """Forget everybody in a half-year: destroy its key.

        Raises:
            BadInput: there is no such key, or a legal hold may cover entries of that time.
            GuardrailError: it can't be put on record or destroyed; do it again then.
        """
        if epoch not in self._keys.epochs():
            known = ", ".join(self._keys.epochs()) or "none"
            raise BadInput(f"no key of pseudonyms of {epoch}", fix=f"half-years: {known}")
        cover = self._cover()
        if cover.overlaps(*epoch_times(epoch)):
            raise _held(cover)
        self._record(_erasure("epoch", epoch=epoch))
        return Erased(epochs=int(self._keys.destroy(epoch)))

    def _cover(self) -> Cover:
        return Holds(self._objects).cover(lambda one: [*self._keys.names_of(one).values()])

    def _covered(self, cover: Cover, found: Collection[Detail]) -> bool:
        details = self._details
        held = () if details is None else [details.of_subject(one) for one in cover.subjects]
        theirs = frozenset(one.id for several in held for one in several)
        return any(cover.detail(one, theirs) for one in found)

    def _on_hold(self, cover: Cover, names: Collection[str]) -> bool:
        """Tell whether the log has an entry of a person that a hold covers."""
        if not cover:
            return False
        return any(
            cover.record(record)
            for record in _records(self._objects)
            if record.get("sub") in names or record.get("author") in names
        )

    def _destroy(self, found: Collection[Detail]) -> None:
        if self._details is not None:
            # Also where there are none: a destruction that was cut short may have left copies.
            self._details.destroy([one.id for one in found])


def _records(objects: Objects) -> Iterator[Mapping[str, object]]:
    for name in objects.names(""):
        if "/tile/entries/" in name:
            yield from records_in(objects, name)


def _held(cover: Cover) -> BadInput:
    ids = ", ".join(sorted(cover.ids))
    return BadInput(
        "a legal hold covers what is to be erased",
        code="legal_hold",
        status=409,
        fix=f"see: guardrail evidence hold list ({ids})",
    )


def _erasure(reason: str, request: str = "", **fields: str | int) -> Entry:
    return Entry(kind=EntryKind.ERASURE, req=request, fields={"reason": reason, **fields})
