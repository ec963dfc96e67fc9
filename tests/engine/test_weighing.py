"""What consent says of media and uses; of text it is tested with the guard and with coverage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from guardrail.consent import ConsentDraft, Method, Operator, ShownNotice, grant
from guardrail.facts import Category, Consent, Finding, Seen, Segment, Tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardrail.engine import Case, Enacted, Guard

SUBJECT = "p:" + "0" * 64
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def seen(entity: str = "FACE", item: int = 0) -> Seen:
    return Seen(
        entity=entity,
        category=Category.BIOMETRIC,
        tier=Tier.CERTAIN,
        score=0.9,
        recognizer="r",
        item=item,
    )


@pytest.fixture
def case(make_guard: Callable[..., Guard], send: Callable[..., Enacted]) -> tuple[Guard, Case]:
    guard = make_guard()
    body = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
    one = send(guard, body).decided.examined.case
    one.query = replace(one.query, subject=SUBJECT)
    one.records = [
        grant(
            ConsentDraft(
                subject=SUBJECT,
                operator=Operator(name="Example LLP", bin="990140000007", contact=""),
                purposes=("assistant.answer",),
                pii=frozenset({"bio.face", "emotion"}),
                explicit=True,
                third_parties=False,
                recipients=frozenset(),
                cross_border=False,
                locations=frozenset({"KZ"}),
                public_sources=False,
                valid_to=NOW + timedelta(days=30),
                method=Method.WRITTEN,
                notice=ShownNotice(url="https://example.kz/privacy"),
                withdrawal_method="https://example.kz/withdraw",
                own_values=frozenset({"0" * 64}),
            ),
            record_id="urn:uuid:00000000-0000-4000-8000-000000000000",
            now=NOW - timedelta(days=1),
        )
    ]
    return guard, one


def test_consent_to_a_kind_of_biometrics_covers_one_persons(case: tuple[Guard, Case]) -> None:
    guard, one = case
    (standing,) = guard.weigher.seen(one, [seen()], NOW)
    assert standing.consent is Consent.COVERED
    (voice,) = guard.weigher.seen(one, [seen("VOICE")], NOW)
    assert voice.consent is Consent.NOT_COVERED
    assert one.materials == {"FACE", "VOICE"}


def test_a_second_face_in_a_picture_is_a_third_persons(case: tuple[Guard, Case]) -> None:
    guard, one = case
    standings = guard.weigher.seen(one, [seen(), seen()], NOW)
    assert Consent.THIRD_PERSON in {standing.consent for standing in standings}


def test_a_face_in_each_of_two_pictures_may_be_one_persons(case: tuple[Guard, Case]) -> None:
    guard, one = case
    standings = guard.weigher.seen(one, [seen(), seen(item=1)], NOW)
    assert {standing.consent for standing in standings} == {Consent.COVERED}


def test_a_use_has_no_value_that_could_be_anothers(case: tuple[Guard, Case]) -> None:
    guard, one = case
    use = Finding(
        segment=0,
        start=0,
        end=2,
        entity="EMOTION_INFERENCE",
        category=Category.PROHIBITED,
        score=0.9,
        recognizer="r",
    )
    texts = [Segment(place=(), text="hi"), Segment(place=(), text="ho")]
    for segment in texts:
        (standing,) = guard.weigher.text(one, [segment], [use], NOW)
        assert standing.consent is Consent.COVERED
    assert one.known == {}
