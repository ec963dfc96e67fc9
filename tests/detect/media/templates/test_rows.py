from __future__ import annotations

from guardrail.detect.media.templates.checks import CHECKS
from guardrail.detect.media.templates.rows import rows


def test_every_row_names_a_check_an_entity_and_a_standard() -> None:
    for row in rows():
        assert row.check in CHECKS
        assert row.entity in {"BIOMETRIC_TEMPLATE", "FINGERPRINT", "FACE", "SIGNATURE"}
        assert row.standard
        assert row.magic


def test_every_check_has_a_row() -> None:
    assert {row.check for row in rows()} == set(CHECKS)
