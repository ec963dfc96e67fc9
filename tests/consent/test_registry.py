"""The contract of every `ConsentRegistry`, run on each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from guardrail.consent import ConsentRecord, ConsentRegistry, ConsentState, withdraw
from guardrail.errors import BadInput
from guardrail.stores.memory import MemoryConsents
from guardrail.stores.sqlite import SqliteConsents

Make = Callable[..., ConsentRecord]
SUBJECT = "p:" + "a" * 64


@pytest.fixture(params=["memory", "sqlite"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ConsentRegistry]:
    if request.param == "memory":
        yield MemoryConsents()
        return
    with SqliteConsents(tmp_path / "consents.db") as consents:
        yield consents


def test_what_is_put_is_found_as_it_was(registry: ConsentRegistry, make_record: Make) -> None:
    record = make_record(
        purpose_texts={"support.answer": {"kk": "жауап беру"}}, own_values=frozenset({"e" * 64})
    )
    registry.put(record)
    assert list(registry.find(SUBJECT)) == [record]
    assert registry.get(record.record_id) == record
    assert list(registry.history(record.record_id)) == [record]


def test_who_is_unknown_has_nothing(registry: ConsentRegistry, make_record: Make) -> None:
    registry.put(make_record())
    assert list(registry.find("p:" + "b" * 64)) == []
    assert registry.get("urn:uuid:none") is None
    assert list(registry.history("urn:uuid:none")) == []


def test_the_latest_event_comes_first(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    first, second = make_record(1), make_record(2)
    registry.put(first)
    registry.put(second)
    assert list(registry.find(SUBJECT)) == [second, first]
    withdrawn = registry.withdraw(first.record_id, now=now)
    assert list(registry.find(SUBJECT)) == [withdrawn, second]


def test_a_withdrawal_is_appended_and_the_grant_remains(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    record = make_record()
    registry.put(record)
    withdrawn = registry.withdraw(record.record_id, now=now, by="guardian", proof_sha256="f" * 64)
    assert withdrawn == withdraw(record, now=now, by="guardian", proof_sha256="f" * 64)
    assert list(registry.find(SUBJECT)) == [withdrawn]
    assert list(registry.history(record.record_id)) == [record, withdrawn]


def test_withdrawing_again_appends_nothing(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    record = make_record()
    registry.put(record)
    withdrawn = registry.withdraw(record.record_id, now=now)
    assert registry.withdraw(record.record_id, now=now) == withdrawn
    assert len(registry.history(record.record_id)) == 2


def test_nothing_unknown_or_refused_is_withdrawn(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    refused = make_record(refused=True)
    registry.put(refused)
    for record_id, code in (("urn:uuid:none", "consent_unknown"), (refused.record_id, "")):
        with pytest.raises(BadInput) as caught:
            registry.withdraw(record_id, now=now)
        assert caught.value.code == (code or "consent_state")
    assert registry.get("urn:uuid:none") is None


def test_only_the_next_version_of_the_same_subject_can_be_put(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    record = make_record()
    withdrawn = withdraw(record, now=now)
    with pytest.raises(BadInput):
        registry.put(withdrawn)
    registry.put(record)
    for bad in (record, replace(withdrawn, version=3), replace(withdrawn, subject="p:" + "b" * 64)):
        with pytest.raises(BadInput) as caught:
            registry.put(bad)
        assert (caught.value.code, caught.value.status) == ("consent_conflict", 409)
    assert list(registry.history(record.record_id)) == [record]


def test_a_failed_put_leaves_the_registry_usable(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    with pytest.raises(BadInput):
        registry.put(withdraw(make_record(), now=now))
    registry.put(make_record())
    assert registry.withdraw(make_record().record_id, now=now).state is ConsentState.WITHDRAWN


def test_threads_put_and_find_at_once(registry: ConsentRegistry, make_record: Make) -> None:
    def work(first: int) -> None:
        for number in range(first, first + 10):
            registry.put(make_record(number))
            assert registry.find(SUBJECT)

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.find(SUBJECT)) == 40


def test_of_many_withdrawals_at_once_one_is_recorded(
    registry: ConsentRegistry, make_record: Make, now: datetime
) -> None:
    record = make_record()
    registry.put(record)
    threads = [
        threading.Thread(target=registry.withdraw, args=(record.record_id,), kwargs={"now": now})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.history(record.record_id)) == 2
