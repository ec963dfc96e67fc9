from __future__ import annotations

import pytest

from guardrail.detect.media.templates import find
from guardrail.testing import biometrics


@pytest.mark.parametrize(
    ("kind", "modality"),
    [(4, "finger image"), (8, "signature"), (9, "finger minutiae"), (11, "voice"),
     (13, "latent print"), (15, "palm print"), (17, "iris image"), (18, "DNA"), (19, "sole print")],
)  # fmt: skip
def test_the_table_of_records_tells_what_a_file_holds(kind: int, modality: str) -> None:
    assert [one.reason for one in find(biometrics.ansi_nist(kind))] == [f"ANSI/NIST-ITL {modality}"]


def test_a_file_of_text_records_alone_holds_no_biometrics() -> None:
    assert find(biometrics.ansi_nist(2)) == ()


def test_fields_may_be_numbered_with_two_digits() -> None:
    data = biometrics.ansi_nist().replace(b"1.001:", b"1.01:").replace(b"1.003:", b"1.03:")
    assert [one.reason for one in find(data)] == ["ANSI/NIST-ITL finger image"]


def test_a_file_without_a_table_is_nothing() -> None:
    assert find(biometrics.ansi_nist().replace(b"1.003:", b"1.005:")) == ()


@pytest.mark.parametrize(
    ("element", "modality"),
    [("PackageFaceImageRecord", "face or body picture"), ("PackageIrisImageRecord", "iris image"),
     ("PackageMinutiaeRecord", "finger minutiae"), ("PackagePalmprintImageRecord", "palm print"),
     ("PackageSignatureImageRecord", "signature"), ("PackageVoiceRecord", "voice")],
)  # fmt: skip
def test_the_elements_tell_what_an_xml_file_holds(element: str, modality: str) -> None:
    (seen,) = find(biometrics.ansi_nist_xml(element))
    assert seen.reason == f"ANSI/NIST-ITL XML {modality}"


def test_a_package_of_no_biometric_record_is_nothing() -> None:
    assert find(biometrics.ansi_nist_xml("PackageDescriptiveTextRecord")) == ()


def test_xml_in_utf_16_is_read_too() -> None:
    assert find(biometrics.cbeff_xml("Iris").decode().encode("utf-16"))


def test_another_bir_is_no_record() -> None:
    assert find(b"<bir xmlns='http://example.org'><BDB>1</BDB></bir>") == ()
    assert find(b"<BIR xmlns='http://example.org'><BDB>1</BDB></BIR>") == ()
