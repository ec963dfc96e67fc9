from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.consent import (
    ConsentRecord,
    ConsentState,
    Query,
    Signer,
    Terms,
    coverage,
    end,
    issue,
    own_digest,
    withdraw,
)
from guardrail.facts import Category, Consent, Finding

Make = Callable[..., ConsentRecord]
Judge = Callable[..., list[Consent]]
Found = Sequence[tuple[str, str]]
Drafts = Sequence[dict[str, Any]]
KEY = b"k" * 32
SUBJECT = "p:" + "a" * 64
OTHER = "p:" + "b" * 64
IIN, OTHER_IIN = "870412300123", "910101400456"


def finding(entity: str = "KZ_IIN", category: Category = Category.PERSONAL) -> Finding:
    return Finding(
        segment=0, start=0, end=1, entity=entity, category=category, score=1.0, recognizer="T@1"
    )


def pii_type(entity: str) -> str:
    return {"KZ_PHONE": "PHONE", "FACE": "bio.face"}.get(entity, entity)


@pytest.fixture(scope="session")
def judge(terms: Terms, now: datetime) -> Judge:
    """What consent says of each (entity, value), by default of one IIN asked by its subject."""

    def judge(
        records: Sequence[ConsentRecord],
        found: Found = (("KZ_IIN", IIN),),
        **changes: Any,  # noqa: ANN401 - arguments of coverage by name
    ) -> list[Consent]:
        given: dict[str, Any] = {
            "query": Query(subject=SUBJECT),
            "terms": terms,
            "now": now,
        } | changes
        standings = coverage(
            [finding(entity) for entity, _ in found],
            [value for _, value in found],
            records,
            key=KEY,
            pii_type=pii_type,
            **given,
        )
        assert [standing.finding.entity for standing in standings] == [e for e, _ in found]
        return [standing.consent for standing in standings]

    return judge


@pytest.fixture(scope="session")
def token_for(signer: Signer, now: datetime) -> Callable[[ConsentRecord], str]:
    def token_for(record: ConsentRecord) -> str:
        return issue(record, signer=signer, audience="svc:chat", now=now, token_id="1")

    return token_for


TokenFor = Callable[[ConsentRecord], str]


def test_a_record_covers_what_it_lists(make_record: Make, terms: Terms, now: datetime) -> None:
    record = make_record()
    (standing,) = coverage(
        [finding()],
        [IIN],
        [record],
        query=Query(subject=SUBJECT),
        terms=terms,
        now=now,
        key=KEY,
        pii_type=pii_type,
    )
    assert standing.consent is Consent.COVERED
    assert (standing.record, standing.basis) == (record.record_id, "consent")


def test_a_record_may_list_the_kind_instead_of_the_entity(make_record: Make, judge: Judge) -> None:
    assert judge([make_record()], [("KZ_PHONE", "87011234567")]) == [Consent.COVERED]


def test_nothing_found_needs_no_consent(judge: Judge) -> None:
    assert judge([], []) == []


def test_without_subject_or_record_consent_is_missing(make_record: Make, judge: Judge) -> None:
    assert judge([]) == [Consent.MISSING]
    assert judge([make_record()], query=Query()) == [Consent.MISSING]
    assert judge([make_record()], query=Query(subject=OTHER)) == [Consent.MISSING]


@pytest.mark.parametrize(
    "changes",
    [
        {"purposes": ("marketing",)},
        {"pii": frozenset({"EMAIL_ADDRESS"})},
        {"recipients": frozenset({"llm2"})},
        {"recipients": frozenset(), "third_parties": False},
    ],
)
def test_outside_its_scope_a_record_covers_nothing(
    make_record: Make, judge: Judge, changes: dict[str, Any]
) -> None:
    assert judge([make_record(**changes)]) == [Consent.NOT_COVERED]


def test_an_upstream_of_the_operators_own_is_no_recipient(
    make_record: Make, judge: Judge, terms: Terms
) -> None:
    record = make_record(recipients=frozenset(), third_parties=False)
    assert judge([record], terms=replace(terms, recipient="")) == [Consent.COVERED]


@pytest.mark.parametrize(
    ("country", "consent"),
    [("", Consent.COVERED), ("US", Consent.COVERED), ("CN", Consent.NOT_COVERED)],
)
def test_the_upstreams_country_must_be_among_the_locations(
    make_record: Make, judge: Judge, terms: Terms, country: str, consent: Consent
) -> None:
    assert judge([make_record()], terms=replace(terms, country=country)) == [consent]


@pytest.mark.parametrize(
    ("state", "consent"),
    [
        (ConsentState.WITHDRAWN, Consent.WITHDRAWN),
        (ConsentState.EXPIRED, Consent.EXPIRED),
        (ConsentState.INVALIDATED, Consent.MISSING),
    ],
)
def test_what_ended_says_how(
    make_record: Make, judge: Judge, now: datetime, state: ConsentState, consent: Consent
) -> None:
    assert judge([end(make_record(), state, now=now)]) == [consent]


def test_a_refusal_is_no_consent(make_record: Make, judge: Judge) -> None:
    assert judge([make_record(refused=True)]) == [Consent.MISSING]


def test_the_term_ends_at_its_last_instant(make_record: Make, judge: Judge) -> None:
    record = make_record()
    last = record.valid_to - timedelta(microseconds=1)
    assert judge([record], now=last) == [Consent.COVERED]
    assert judge([record], now=record.valid_to) == [Consent.EXPIRED]


def test_the_term_begins_at_its_first_instant(
    make_record: Make, judge: Judge, now: datetime
) -> None:
    record = make_record(valid_from=now + timedelta(seconds=1))
    assert judge([record]) == [Consent.NOT_COVERED]
    assert judge([record], now=record.valid_from) == [Consent.COVERED]


@pytest.mark.parametrize("category", [Category.BIOMETRIC, Category.SPECIAL])
@pytest.mark.parametrize("explicit", [True, False])
def test_sensitive_data_needs_explicit_consent(
    make_record: Make,
    terms: Terms,
    now: datetime,
    category: Category,
    explicit: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    (standing,) = coverage(
        [finding(category=category)],
        ["x"],
        [make_record(explicit=explicit)],
        query=Query(subject=SUBJECT),
        terms=terms,
        now=now,
        key=KEY,
        pii_type=pii_type,
    )
    assert (standing.consent is Consent.COVERED) == explicit


def test_the_most_telling_record_speaks(make_record: Make, judge: Judge, now: datetime) -> None:
    elsewhere = make_record(1, purposes=("marketing",))
    withdrawn = withdraw(make_record(2), now=now)
    assert judge([elsewhere, withdrawn]) == [Consent.WITHDRAWN]
    assert judge([elsewhere, withdraw(elsewhere, now=now)]) == [Consent.WITHDRAWN]
    assert judge([withdraw(make_record(2, purposes=("b",)), now=now), elsewhere]) == [
        Consent.NOT_COVERED
    ]


def test_of_two_versions_the_newer_counts(make_record: Make, judge: Judge, now: datetime) -> None:
    record = make_record()
    withdrawn = withdraw(record, now=now)
    assert judge([withdrawn, record]) == judge([record, withdrawn]) == [Consent.WITHDRAWN]


def test_two_values_of_one_entity_are_third_persons(make_record: Make, judge: Judge) -> None:
    found = [("KZ_IIN", IIN), ("KZ_PHONE", "8701"), ("KZ_IIN", OTHER_IIN)]
    third, own = Consent.THIRD_PERSON, Consent.COVERED
    assert judge([make_record()], found) == [third, own, third]


def test_one_value_in_two_writings_is_the_subjects(make_record: Make, judge: Judge) -> None:
    found = [("KZ_PHONE", "+7 701 123-45-67"), ("KZ_PHONE", "77011234567")]
    assert judge([make_record()], found) == [Consent.COVERED] * 2


def test_a_list_of_own_values_tells_the_subject_from_others(
    make_record: Make, judge: Judge
) -> None:
    record = make_record(own_values=frozenset({own_digest(KEY, "KZ_IIN", IIN)}))
    found = [("KZ_IIN", IIN), ("KZ_IIN", OTHER_IIN), ("KZ_PHONE", "8701")]
    third = Consent.THIRD_PERSON
    assert judge([record], found) == [Consent.COVERED, third, third]


def test_a_token_proves_without_a_trusted_header(
    make_record: Make, judge: Judge, token_for: TokenFor
) -> None:
    query = Query(subject=SUBJECT, token=token_for(make_record()))
    assert judge([make_record()], query=query) == [Consent.COVERED]


def test_a_token_that_does_not_verify_spoils_everything(make_record: Make, judge: Judge) -> None:
    found = [("KZ_IIN", IIN), ("EMAIL_ADDRESS", "a@b.kz")]
    query = Query(subject=SUBJECT, token="x.y.z")
    assert judge([make_record()], found, query=query) == [Consent.INVALID] * 2


def test_the_registrys_word_goes_before_the_tokens(
    make_record: Make, judge: Judge, token_for: TokenFor, now: datetime
) -> None:
    record = make_record()
    query = Query(subject=SUBJECT, token=token_for(record))
    assert judge([], query=query) == [Consent.MISSING]
    assert judge([withdraw(record, now=now)], query=query) == [Consent.WITHDRAWN]
    assert judge([replace(record, version=2)], query=query) == [Consent.INVALID]
    assert judge([replace(record, valid_to=now)], query=query) == [Consent.EXPIRED]


def test_a_token_leans_on_its_own_record_only(
    make_record: Make, judge: Judge, token_for: TokenFor
) -> None:
    narrow, wide = make_record(1, pii=frozenset({"PHONE"})), make_record(2)
    query = Query(subject=SUBJECT, token=token_for(narrow))
    assert judge([narrow, wide], query=query) == [Consent.NOT_COVERED]


@pytest.mark.parametrize(
    "changes",
    [
        {"purposes": ("marketing",)},
        {"pii": frozenset({"PHONE"})},
        {"recipients": frozenset({"llm2"})},
        {"locations": frozenset({"KZ", "DE"})},
    ],
)
def test_a_token_narrows_its_record(
    make_record: Make, judge: Judge, token_for: TokenFor, terms: Terms, changes: dict[str, Any]
) -> None:
    query = Query(subject=SUBJECT, token=token_for(make_record(**changes)))
    abroad = replace(terms, country="US")
    assert judge([make_record()], query=query, terms=abroad) == [Consent.NOT_COVERED]


def test_a_token_of_another_subject_than_the_header_is_invalid(
    make_record: Make, judge: Judge, token_for: TokenFor
) -> None:
    other = make_record(2, subject=OTHER)
    query = Query(subject=SUBJECT, token=token_for(other))
    assert judge([make_record(), other], query=query) == [Consent.INVALID]


ENTITIES = st.sampled_from(["KZ_IIN", "KZ_PHONE", "EMAIL_ADDRESS", "FACE"])
FOUND = st.lists(st.tuples(ENTITIES, st.sampled_from(["1", "2", "3", " 1"])), max_size=6)


RECIPIENTS = st.sampled_from([frozenset({"llm1"}), frozenset({"llm1", "llm2"}), frozenset[str]()])
PII = st.sampled_from([frozenset({"KZ_IIN", "PHONE"}), frozenset({"PHONE"}), frozenset({"EMAIL"})])
OWN = st.sampled_from([(), (), (("KZ_IIN", "1"),), (("KZ_IIN", "2"), ("KZ_PHONE", "1"))])


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    recipients = draw(RECIPIENTS)
    values = draw(OWN)
    return {
        "purposes": draw(st.sampled_from([("support.answer",), ("marketing",), ("a", "b")])),
        "pii": draw(PII),
        "recipients": recipients,
        "third_parties": bool(recipients),
        "subject": draw(st.sampled_from([SUBJECT, SUBJECT, OTHER])),
        "explicit": draw(st.booleans()),
        "refused": draw(st.sampled_from([False, False, True])),
        "own_values": frozenset(own_digest(KEY, entity, value) for entity, value in values),
    }


CHANGES = st.lists(changes(), max_size=4)


def made(make: Make, drafts: Drafts, first: int = 1) -> list[ConsentRecord]:
    return [make(number, **draft) for number, draft in enumerate(drafts, first)]


@given(drafts=CHANGES, found=FOUND)
def test_what_is_withdrawn_never_covers(
    make_record: Make, judge: Judge, now: datetime, drafts: Drafts, found: Found
) -> None:
    records = [
        withdraw(record, now=now)
        for record in made(make_record, drafts)
        if record.state is ConsentState.GIVEN
    ]
    assert Consent.COVERED not in judge(records, found)


@given(drafts=CHANGES, found=FOUND, after=st.timedeltas(min_value=timedelta(0)))
def test_what_has_expired_never_covers(
    make_record: Make,
    judge: Judge,
    now: datetime,
    drafts: Drafts,
    found: Found,
    after: timedelta,
) -> None:
    late = now + timedelta(days=90) + min(after, timedelta(days=100_000))
    assert Consent.COVERED not in judge(made(make_record, drafts), found, now=late)


@given(drafts=CHANGES, more=CHANGES, found=FOUND)
def test_a_further_record_never_takes_coverage_away(
    make_record: Make, judge: Judge, drafts: Drafts, more: Drafts, found: Found
) -> None:
    before = judge(made(make_record, drafts), found)
    after = judge([*made(make_record, more, 100), *made(make_record, drafts)], found)
    covered = Consent.COVERED
    assert all(now is covered for was, now in zip(before, after, strict=True) if was is covered)


@given(drafts=CHANGES, found=FOUND, more=FOUND)
def test_a_further_finding_never_adds_coverage(
    make_record: Make, judge: Judge, drafts: Drafts, found: Found, more: Found
) -> None:
    records = made(make_record, drafts)
    before, after = judge(records, found), judge(records, [*found, *more])
    covered = Consent.COVERED
    assert all(was is covered for was, now in zip(before, after, strict=False) if now is covered)


@given(drafts=CHANGES, found=FOUND)
def test_records_of_others_never_cover(
    make_record: Make, judge: Judge, drafts: Drafts, found: Found
) -> None:
    records = made(make_record, [draft | {"subject": OTHER} for draft in drafts])
    assert set(judge(records, found)) <= {Consent.MISSING}


@given(drafts=CHANGES, narrow=changes(), found=FOUND)
def test_a_token_never_adds_coverage(
    make_record: Make,
    judge: Judge,
    token_for: TokenFor,
    drafts: Drafts,
    narrow: dict[str, Any],
    found: Found,
) -> None:
    records = made(make_record, drafts)
    token = token_for(make_record(1, **(narrow | {"refused": False})))
    without = judge(records, found)
    sent = judge(records, found, query=Query(subject=SUBJECT, token=token))
    covered = Consent.COVERED
    assert all(was is covered for was, now in zip(without, sent, strict=True) if now is covered)


@given(drafts=CHANGES, theirs=changes(), found=FOUND)
def test_a_token_of_another_subject_never_covers(
    make_record: Make,
    judge: Judge,
    token_for: TokenFor,
    drafts: Drafts,
    theirs: dict[str, Any],
    found: Found,
) -> None:
    token = token_for(make_record(1, **(theirs | {"subject": OTHER, "refused": False})))
    answer = judge(made(make_record, drafts), found, query=Query(subject=SUBJECT, token=token))
    assert set(answer) <= {Consent.INVALID}
