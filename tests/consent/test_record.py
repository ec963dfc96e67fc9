from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from guardrail.consent import ConsentRecord, ConsentState, end, withdraw
from guardrail.errors import BadInput

Make = Callable[..., ConsentRecord]


def test_a_withdrawal_is_the_next_version_and_keeps_the_first(
    make_record: Make, now: datetime
) -> None:
    record = make_record()
    withdrawn = withdraw(record, now=now + timedelta(days=1), proof_sha256="c" * 64)
    assert record.state is ConsentState.GIVEN
    assert (withdrawn.version, withdrawn.state) == (2, ConsentState.WITHDRAWN)
    assert withdrawn.events[0] == record.events[0]
    assert withdrawn.events[1].at == now + timedelta(days=1)
    assert withdrawn.events[1].proof_sha256 == "c" * 64


def test_withdrawing_twice_changes_nothing(make_record: Make, now: datetime) -> None:
    withdrawn = withdraw(make_record(), now=now)
    assert withdraw(withdrawn, now=now) is withdrawn


def test_an_expired_consent_can_be_withdrawn(make_record: Make, now: datetime) -> None:
    expired = end(make_record(), ConsentState.EXPIRED, now=now, by="operator")
    assert withdraw(expired, now=now).version == 3


def test_a_refusal_cannot_be_withdrawn(make_record: Make, now: datetime) -> None:
    with pytest.raises(BadInput) as caught:
        withdraw(make_record(refused=True), now=now)
    assert (caught.value.code, caught.value.status) == ("consent_state", 409)


@pytest.mark.parametrize("state", ConsentState)
def test_nothing_that_ended_is_given_again(
    make_record: Make, now: datetime, state: ConsentState
) -> None:
    record = make_record(refused=state is ConsentState.REFUSED)
    if state not in {ConsentState.GIVEN, ConsentState.REFUSED}:
        record = end(record, state, now=now)
    with pytest.raises(BadInput):
        end(record, ConsentState.GIVEN, now=now)
