"""Prompts that their authors want on record: what a request asks for, and what it gets.

Only a request that asks for it, with ``Guardrail-Authorship: register``, leaves a record, and no
text is ever kept (see `guardrail.rights.authorship`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.engine.case import Case
from guardrail.engine.guard import Guard
from guardrail.engine.head import caller
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.facts import Author, Headers, Kind, Segment
from guardrail.rights.authorship import Receipt, Record, commitment, prompt_bytes, receipt

HEADER = b"guardrail-authorship"
_ASKED = re.compile(rb"register(?:;[ \t]*parent=(aut_[0-9a-f]{32}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a registration leaves: nothing where none was asked for."""

    entries: tuple[Entry, ...] = ()
    headers: Headers = ()
    """The receipt, for the caller, once the entries are durable."""


NOTHING = Registered()


class Registrar:
    """Puts prompts on record for their authors. For any number of threads."""

    def __init__(self, guard: Guard, signer: Ed25519PrivateKey) -> None:
        """Take the guard and the key that its evidence is sealed with."""
        self._guard = guard
        self._signer = signer

    def asked(self, case: Case) -> bool:
        """Tell whether a request asks for a registration, and holds a prompt."""
        asked = _ASKED.fullmatch(case.raw.header(HEADER) or b"")
        return asked is not None and bool(prompt_of(case.exchange.segments))

    def register(
        self, case: Case, now: datetime, *, fresh: Sequence[str], output: bytes = b""
    ) -> Registered:
        """Return the entry on a prompt, and its author's receipt.

        Args:
            case: the exchange; `asked` of it is true.
            now: the time, aware.
            fresh: three random ids of 32 hex digits: one is the record's, two make the salt.
            output: the reply's body as it leaves; empty for a stream.
        """
        record_id, *salt = fresh
        made = self._receipt(case, now, record_id, bytes.fromhex("".join(salt)), output)
        return Registered(
            entries=(_entry(made.record, case.request_id),),
            headers=((HEADER, str(made).encode()),),
        )

    def _receipt(
        self, case: Case, now: datetime, record_id: str, salt: bytes, output: bytes
    ) -> Receipt:
        asked = _ASKED.fullmatch(case.raw.header(HEADER) or b"")
        parent = asked[1].decode() if asked is not None and asked[1] else ""
        record = Record(
            id=f"aut_{record_id}",
            author=self._author(case, now),
            created=int(now.timestamp()),
            prompt=commitment(salt, prompt_bytes(prompt_of(case.exchange.segments))),
            request=commitment(salt, case.raw.body),
            output=commitment(salt, output) if output else "",
            parent=parent,
        )
        return receipt(record, salt, self._signer)

    def _author(self, case: Case, now: datetime) -> str:
        """Return who asks, as far as it is proven: nobody registers in another's name."""
        person = self._guard.weigher.proven(case, now)
        return case.names.of(person) if person else case.names.caller(caller(case.raw))


def prompt_of(segments: Sequence[Segment]) -> str:
    """Return what the person said last: the pieces of the last turn, joined by line breaks."""
    said: list[str] = []
    for segment in reversed(segments):
        if segment.author in {Author.ASSISTANT, Author.TOOL}:
            break
        if segment.author is Author.USER and segment.kind is Kind.TEXT and not segment.key:
            said.append(segment.text)
    return "\n".join(reversed(said))


def _entry(record: Record, request_id: str) -> Entry:
    commits = {"prompt": record.prompt, "request": record.request, "output": record.output}
    fields: dict[str, Value] = {
        "record": record.id,
        "created": record.created,
        "commits": {name: digest for name, digest in commits.items() if digest},
        "author": record.author,
        "parent": record.parent,
    }
    told = {name: value for name, value in fields.items() if value != ""}
    return Entry(kind=EntryKind.AUTHORSHIP, req=request_id, fields=told)
