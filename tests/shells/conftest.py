"""What the tests of shells start from: a real guard, with evidence that tests can look into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from guardrail.consent import (
    ConsentDraft,
    ConsentRecord,
    Method,
    Operator,
    ShownNotice,
    Signer,
    grant,
    issue,
    pseudonym,
)
from guardrail.engine import Guard
from guardrail.settings import Settings
from guardrail.shells.assembly import Assembly, prepare
from guardrail.shells.label_writer import Kit, LabelWriter
from guardrail.shells.media import MediaPool
from guardrail.shells.ports import LoopPorts
from guardrail.stores.keys import load_or_create_secret, load_or_create_signing_key
from guardrail.stores.sqlite import SqliteConsents
from guardrail.stores.state import ORIGIN, State
from guardrail.telemetry import Metrics
from guardrail.testing import MemoryLog
from guardrail.testing.objects import MemoryObjects

Json = Any


@pytest.fixture(scope="session")
def guard_state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return State(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def guard_with(guard_state: State) -> Callable[..., Guard]:
    """Return a maker of guards for settings by keyword; equal ones are made once."""

    @cache
    def make(**changes: Json) -> Guard:
        return prepare(Settings(state=guard_state.root, **changes))

    return make


@pytest.fixture
def assembled(
    guard_with: Callable[..., Guard], guard_state: State
) -> Iterator[Callable[..., tuple[Assembly, MemoryLog]]]:
    """Return a maker of assemblies that keep their evidence in memory."""
    made: list[Assembly] = []

    def make(**changes: Json) -> tuple[Assembly, MemoryLog]:
        guard = guard_with(**changes)
        log = MemoryLog()
        consents = SqliteConsents(guard_state.consents)
        media, labels = MediaPool(), LabelWriter(Kit())
        made.append(
            Assembly(
                settings=guard.settings,
                guard=guard,
                consents=consents,
                evidence=log,
                objects=MemoryObjects(),
                metrics=Metrics(),
                ports=LoopPorts(consents, log, media, labels),
                media=media,
                labels=labels,
                roots=b"",
            )
        )
        return made[-1], log

    yield make
    for one in made:
        one.close()


@pytest.fixture
def consent(guard_state: State) -> Callable[[Sequence[str]], tuple[ConsentRecord, str]]:
    """Return what puts a consent to some kinds of data in the registry, and gives its token."""

    def give(pii: Sequence[str]) -> tuple[ConsentRecord, str]:
        now = datetime.now(UTC)  # noqa: TID251 - the guard under test lives now
        key = load_or_create_secret(guard_state.pseudonym_key)
        draft = ConsentDraft(
            subject=pseudonym(key, uuid4().hex),
            operator=Operator(name="Мысал ЖШС", bin="990140000123"),
            purposes=("assistant.answer",),
            pii=frozenset(pii),
            third_parties=False,
            recipients=frozenset(),
            cross_border=False,
            locations=frozenset({"KZ"}),
            public_sources=False,
            valid_to=now + timedelta(days=1),
            method=Method.WRITTEN,
            notice=ShownNotice(url="https://ops.example.kz/privacy"),
            withdrawal_method="https://ops.example.kz/withdraw",
        )
        record = grant(draft, record_id=uuid4().urn, now=now)
        consents = SqliteConsents(guard_state.consents)
        consents.put(record)
        consents.close()
        key_file = load_or_create_signing_key(guard_state.consent_key)
        signer = Signer(issuer=ORIGIN, key=key_file)
        token = issue(record, signer=signer, audience="guardrail", now=now, token_id=uuid4().hex)
        return record, token

    return give
