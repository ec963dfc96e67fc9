from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from guardrail.consent import ConsentRecord, document, receipt, withdraw
from guardrail.consent.document import duration

Make = Callable[..., ConsentRecord]

MANDATORY = {
    "purposes",
    "pii_information",
    "pii_controllers",
    "storage_locations",
    "retention_period",
    "jurisdiction",
    "recipient_third_parties",
    "withdrawal_method",
}


def test_the_document_has_every_item_of_article_8_4(make_record: Make) -> None:
    paper = json.loads(json.dumps(document(make_record())))
    processing, party, event = paper["processing"][0], paper["parties"][0], paper["events"][0]
    assert paper["schema_version"] == "guardrail-27560/1"
    assert (party["party_name"], party["bin_iin"]) == ("Мысал ЖШС", "990140000123")
    assert paper["pii_principal_id"] == "p:" + "a" * 64
    assert event["validity_duration"] == "P90D"
    assert event["validity_until"] == "2027-02-20T05:00:00Z"
    assert processing["third_parties"] is True
    assert processing["cross_border"] is True
    assert processing["public_dissemination"] is False
    assert [pii["pii_type"] for pii in processing["pii_information"]] == ["KZ_IIN", "PHONE"]


def test_the_document_has_every_mandatory_field_of_the_standard(make_record: Make) -> None:
    paper = json.loads(json.dumps(document(make_record())))
    processing = paper["processing"][0]
    assert processing.keys() >= MANDATORY
    assert paper["notice"]["privacy_notice"]
    assert paper["notice"]["language"] == ["kk", "ru"]
    assert processing["recipient_third_parties"] == ["party:llm1"]
    assert {party["party_id"] for party in paper["parties"]} == {"op1", "llm1"}


def test_biometric_data_is_marked_as_such(make_record: Make) -> None:
    record = make_record(pii=frozenset({"bio.face"}), explicit=True)
    paper = json.loads(json.dumps(document(record)))
    assert paper["processing"][0]["pii_information"] == [
        {"pii_type": "bio.face", "pii_optional": False, "sensitive": True, "special": "biometric"}
    ]
    assert paper["events"][0]["event_type"] == "explicit"


def test_the_document_tells_every_event(make_record: Make, now: datetime) -> None:
    paper = json.loads(json.dumps(document(withdraw(make_record(), now=now))))
    assert [event["event_state"] for event in paper["events"]] == ["given", "withdrawn"]
    assert paper["record_version"] == 2


def test_a_receipt_is_the_document_under_its_own_id(make_record: Make, now: datetime) -> None:
    record = make_record()
    first = receipt(record)
    assert document(record).items() <= first.items()
    assert first["receipt_id"] == receipt(record)["receipt_id"]
    assert first["receipt_id"] != receipt(withdraw(record, now=now))["receipt_id"]
    assert first["receipt_id"] != receipt(make_record(2))["receipt_id"]


def test_no_digest_of_a_value_is_on_paper(make_record: Make) -> None:
    record = make_record(own_values=frozenset({"d" * 64}))
    assert "d" * 64 not in json.dumps(receipt(record))


@pytest.mark.parametrize(
    ("span", "text"),
    [(timedelta(days=90), "P90D"), (timedelta(days=1, hours=1), "P1DT3600S")],
)
def test_durations_are_iso_8601(span: timedelta, text: str) -> None:
    assert duration(span) == text
