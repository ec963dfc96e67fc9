"""A consent record on paper: the ISO/IEC TS 27560:2023 document and its receipt.

Field names follow the W3C DPVCG Final Report of 15 February 2026; `public_dissemination` is ours,
for Law 94-V art. 8(4) item 6. Neither document nor receipt carries a digest of a personal value.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from guardrail.consent.record import ConsentEvent, ConsentRecord

SCHEMA_VERSION = "guardrail-27560/1"
_OPERATOR = "op1"


def document(record: ConsentRecord) -> Mapping[str, object]:
    """Return `record` as an ISO/IEC TS 27560 consent record, ready for JSON."""
    notice = record.notice
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": record.record_id,
        "record_version": record.version,
        "pii_principal_id": record.subject,
        "pii_principal_vault_ref": record.vault_ref,
        "notice": {
            "privacy_notice": notice.url,
            "version": notice.version,
            "sha256": notice.sha256,
            "language": list(notice.languages),
        },
        "processing": [_processing(record)],
        "parties": [
            {
                "party_id": _OPERATOR,
                "party_name": record.operator.name,
                "bin_iin": record.operator.bin,
                "party_role": "controller",
                "party_contact": record.operator.contact,
            },
            *({"party_id": name, "party_role": "recipient"} for name in sorted(record.recipients)),
        ],
        "events": [_event(record, event) for event in record.events],
    }


def receipt(record: ConsentRecord) -> Mapping[str, object]:
    """Return the receipt that the person keeps: the document under a receipt's id of its own.

    The id follows from record and version, so that asking twice gives the same receipt.
    """
    source = uuid.UUID(record.record_id.removeprefix("urn:uuid:"))
    receipt_id = uuid.uuid5(source, f"receipt {record.version}")
    return {"receipt_id": receipt_id.urn, "event_state": record.state.value, **document(record)}


def _processing(record: ConsentRecord) -> Mapping[str, object]:
    return {
        "purposes": [
            {"id": name, "text": dict(record.purpose_texts.get(name, {}))}
            for name in record.purposes
        ],
        "lawful_basis": "consent",
        "pii_information": [_pii(name) for name in sorted(record.pii)],
        "pii_controllers": [f"party:{_OPERATOR}"],
        "storage_locations": list(record.storage),
        "retention_period": record.retention or duration(record.valid_to - record.valid_from),
        "processing_locations": sorted(record.locations),
        "cross_border": record.cross_border,
        "jurisdiction": record.jurisdiction,
        "third_parties": bool(record.recipients),
        "recipient_third_parties": [f"party:{name}" for name in sorted(record.recipients)],
        "public_dissemination": record.public_sources,
        "withdrawal_method": record.withdrawal_method,
    }


def _pii(name: str) -> Mapping[str, object]:
    kind = {"bio": "biometric", "special": "special"}.get(name.partition(".")[0], "none")
    return {
        "pii_type": name,
        "pii_optional": False,
        "sensitive": kind != "none",
        "special": kind,
    }


def _event(record: ConsentRecord, event: ConsentEvent) -> Mapping[str, object]:
    return {
        "event_time": instant(event.at),
        "validity_from": instant(record.valid_from),
        "validity_until": instant(record.valid_to),
        "validity_duration": duration(record.valid_to - record.valid_from),
        "entity_id": event.by,
        "event_type": "explicit" if record.explicit else "expressed",
        "event_state": event.state.value,
        "method": event.method.value,
        "proof_sha256": event.proof_sha256,
        "guardian": record.guardian or None,
    }


def instant(at: datetime) -> str:
    """Return `at` as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(span: timedelta) -> str:
    """Return `span` as an ISO 8601 duration of days and seconds: ``P90D``, ``P1DT3600S``."""
    return f"P{span.days}D" + (f"T{span.seconds}S" if span.seconds else "")
