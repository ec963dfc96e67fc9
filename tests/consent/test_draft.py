from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guardrail.consent import ConsentDraft, ConsentState, Operator, ShownNotice, grant
from guardrail.errors import BadInput

RECORD_ID = "urn:uuid:00000000-0000-4000-8000-000000000001"


def test_a_complete_draft_becomes_version_one(draft: ConsentDraft, now: datetime) -> None:
    record = grant(draft, record_id=RECORD_ID, now=now)
    assert record.version == 1
    assert record.state is ConsentState.GIVEN
    assert (record.valid_from, record.valid_to) == (now, now + timedelta(days=90))
    assert [event.state for event in record.events] == [ConsentState.GIVEN]


def test_a_refusal_is_recorded_as_one(draft: ConsentDraft, now: datetime) -> None:
    record = grant(replace(draft, refused=True), record_id=RECORD_ID, now=now)
    assert record.state is ConsentState.REFUSED


def test_times_are_kept_in_utc(draft: ConsentDraft, now: datetime) -> None:
    almaty = datetime.fromisoformat("2026-12-01T00:00:00+05:00")
    record = grant(replace(draft, valid_to=almaty), record_id=RECORD_ID, now=now)
    assert record.valid_to == almaty
    assert record.valid_to.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "field", "source"),
    [
        ({"operator": Operator(bin="990140000123")}, "operator.name", "art. 8(4) item 1"),
        ({"operator": Operator(name="A")}, "operator.bin", "art. 8(4) item 1"),
        ({"subject": ""}, "subject", "art. 8(4) item 2"),
        ({"valid_to": None}, "valid_to", "art. 8(4) item 3"),
        ({"third_parties": None}, "third_parties", "art. 8(4) item 4"),
        ({"cross_border": None}, "cross_border", "art. 8(4) item 5"),
        ({"public_sources": None}, "public_sources", "art. 8(4) item 6"),
        ({"pii": frozenset()}, "pii", "art. 8(4) item 7"),
        ({"method": None}, "method", "art. 8(1)"),
        ({"purposes": ()}, "purposes", "27560"),
        ({"notice": ShownNotice()}, "notice.url", "27560"),
        ({"withdrawal_method": ""}, "withdrawal_method", "27560"),
    ],
)
def test_a_missing_field_is_named_with_its_article(
    draft: ConsentDraft, now: datetime, changes: dict[str, Any], field: str, source: str
) -> None:
    with pytest.raises(BadInput) as caught:
        grant(replace(draft, **changes), record_id=RECORD_ID, now=now)
    assert caught.value.code == "consent_incomplete"
    assert f"{field} (" in str(caught.value)
    assert source in str(caught.value)


def test_every_missing_field_is_named_at_once(now: datetime) -> None:
    with pytest.raises(BadInput) as caught:
        grant(ConsentDraft(), record_id=RECORD_ID, now=now)
    assert str(caught.value).count("art. 8(4)") == 8


P = "p:" + "b" * 64
LONG = "x" * 301


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pii": frozenset({"*"})}, "pii can't be '*'"),
        ({"pii": frozenset({"KZ_IIN", "*"})}, "pii can't be '*'"),
        ({"purposes": ("*",)}, "purposes can't be '*'"),
        ({"recipients": frozenset({"*"})}, "recipients can't be '*'"),
        ({"purposes": ("a b",)}, "purposes must be names"),
        ({"purposes": ("a" * 65,)}, "purposes must be names"),
        ({"pii": frozenset({f"T{n}" for n in range(65)})}, "pii has more than 64"),
        ({"operator": Operator(name="A", bin="12345678901")}, "operator.bin must be 12 digits"),
        ({"operator": Operator(name="A\x1b[2J", bin="1" * 12)}, "operator.name must be printable"),
        ({"operator": Operator(name=LONG, bin="1" * 12)}, "operator.name must be printable"),
        ({"subject": "870412300123"}, "subject must be a pseudonym"),
        ({"guardian": "Аскар"}, "guardian must be a pseudonym"),
        ({"minor": True}, "guardian is missing"),
        ({"notice": ShownNotice(url="u", languages=())}, "notice.languages"),
        ({"notice": ShownNotice(url="u", languages=("kazakh!",))}, "notice.languages"),
        ({"notice": ShownNotice(url="u", sha256="zz")}, "notice.sha256 must be"),
        ({"proof_sha256": "12"}, "proof_sha256 must be"),
        ({"own_values": frozenset({"870412300123"})}, "own_values must be keyed digests"),
        ({"own_values": frozenset(f"{n:064x}" for n in range(257))}, "own_values has more"),
        ({"purpose_texts": {"other": {"kk": "x"}}}, "purpose_texts names a purpose"),
        ({"purpose_texts": {"support.answer": {"kk": "\n"}}}, "purpose_texts[0] must be printable"),
        ({"locations": frozenset()}, "locations and storage must be ISO"),
        ({"storage": ("kz",)}, "locations and storage must be ISO"),
        (
            {"locations": frozenset({f"{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGHI"})},
            "more than 64 countries",
        ),
        ({"third_parties": False}, "third_parties and recipients contradict"),
        ({"recipients": frozenset()}, "third_parties and recipients contradict"),
        ({"cross_border": False}, "cross_border and locations contradict"),
        ({"locations": frozenset({"KZ"})}, "cross_border and locations contradict"),
        ({"storage": ("US",)}, "storage must name KZ (Law 94-V art. 12(2))"),
        ({"pii": frozenset({"bio.face", "NAME"}), "explicit": True}, "a consent of its own"),
        ({"pii": frozenset({"bio.face"})}, "explicit must be true"),
        ({"valid_to": datetime(2027, 1, 1)}, "need a time zone"),  # noqa: DTZ001 - that is the fault
        ({"valid_to": datetime(2026, 11, 22, 5, 0, tzinfo=UTC)}, "in the future"),
        ({"valid_to": datetime(9999, 12, 31, tzinfo=UTC)}, "more than 1830 days"),
        ({"valid_from": datetime(2027, 12, 1, tzinfo=UTC)}, "after valid_from"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    draft: ConsentDraft, now: datetime, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput) as caught:
        grant(replace(draft, **changes), record_id=RECORD_ID, now=now)
    assert caught.value.code == "consent_invalid"
    assert says in str(caught.value)


@pytest.mark.parametrize("record_id", ["", "1", RECORD_ID.upper(), RECORD_ID + "\n"])
def test_a_record_id_that_is_no_uuid_is_refused(
    draft: ConsentDraft, now: datetime, record_id: str
) -> None:
    with pytest.raises(BadInput, match="record_id"):
        grant(draft, record_id=record_id, now=now)


def test_biometric_data_can_have_a_consent_of_its_own(draft: ConsentDraft, now: datetime) -> None:
    face = replace(draft, pii=frozenset({"bio.face"}), explicit=True)
    assert grant(face, record_id=RECORD_ID, now=now).explicit


def test_a_guardian_agrees_for_a_minor(draft: ConsentDraft, now: datetime) -> None:
    record = grant(replace(draft, minor=True, guardian=P), record_id=RECORD_ID, now=now)
    assert record.guardian == P
    assert record.events[0].by == "guardian"


SECRET = "қүпия мән 870412300123"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": SECRET},
        {"guardian": SECRET},
        {"own_values": frozenset({SECRET})},
        {"pii": frozenset({SECRET})},
        {"proof_sha256": SECRET},
        {"operator": Operator(name=SECRET, bin=SECRET)},
        {"purpose_texts": {SECRET: {"kk": SECRET}}},
    ],
)
def test_no_refusal_repeats_a_value(
    draft: ConsentDraft, now: datetime, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as caught:
        grant(replace(draft, **changes), record_id=RECORD_ID, now=now)
    assert SECRET not in str(caught.value)
