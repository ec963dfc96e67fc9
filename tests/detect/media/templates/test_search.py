from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.templates import find
from guardrail.facts import Category, Tier
from guardrail.testing import biometrics

SAMPLES = biometrics.samples()
ONLY_AT_THE_START = {"ANSI/NIST XML", "CBEFF XML", "PIV"}
MASKS = (0xFF, 0x01, 0x80)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_of_every_standard_is_found_for_certain(name: str) -> None:
    seen = find(SAMPLES[name])
    assert seen
    assert {one.tier for one in seen} == {Tier.CERTAIN}
    assert {one.category for one in seen} == {Category.BIOMETRIC}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("minutiae 2005", "ISO/IEC 19794-2 finger minutiae"),
        ("minutiae ansi-2004", "ANSI INCITS 378 finger minutiae"),
        ("FIR 2011", "ISO/IEC 19794-4 finger image"),
        ("FAC 2005", "ISO/IEC 19794-5 face image"),
        ("IIR 2011", "ISO/IEC 19794-6 iris image"),
        ("SDI 2007", "ISO/IEC 19794-7 signature"),
        ("VIR 020", "ISO/IEC 19794-9 vein image"),
        ("VDI 030", "ISO/IEC 19794-13 voice"),
        ("39794-5", "ISO/IEC 39794-5 face image"),
        ("DG4", "ICAO Doc 9303-10 iris"),
        ("ANSI/NIST", "ANSI/NIST-ITL finger minutiae"),
        ("ANSI/NIST XML", "ANSI/NIST-ITL XML finger image"),
        ("CBEFF XML", "ISO/IEC 19785-3 XML finger"),
        ("PIV", "CBEFF (NIST SP 800-76) finger minutiae"),
        ("WSQ", "WSQ (IAFIS-IC-0110) finger image"),
    ],
)
def test_the_reason_names_standard_and_modality(name: str, reason: str) -> None:
    assert reason in {one.reason for one in find(SAMPLES[name])}


def test_a_displayed_signature_and_a_portrait_are_what_they_are() -> None:
    assert [one.entity for one in find(biometrics.displayed(7))] == ["SIGNATURE"]
    assert [one.entity for one in find(biometrics.displayed(5))] == ["FACE"]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in ONLY_AT_THE_START])
def test_a_record_is_found_behind_every_short_header_and_far_inside(name: str) -> None:
    for before in (*range(1, 65), 1000, 70_001):
        assert find(b"\x2e" * before + SAMPLES[name] + b"\x2e" * 9), before


def test_a_record_is_found_whose_first_byte_ends_other_bytes_like_its_own() -> None:
    assert find(b"\xff\xa0" + SAMPLES["WSQ"])[0].part == "byte 2"


def test_the_place_of_a_record_is_told_as_a_number() -> None:
    (seen,) = find(b"wrapped:" + biometrics.finger_minutiae())
    assert seen.part == "byte 8"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_truncation_is_read_without_an_error(name: str) -> None:
    data = SAMPLES[name]
    for end in range(len(data)):
        find(data[:end])


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SAMPLES)
def test_every_flipped_byte_is_read_without_an_error(name: str) -> None:
    data = SAMPLES[name]
    for at in range(len(data)):
        for mask in MASKS:
            find(data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :])


def test_a_record_that_is_cut_is_suspected() -> None:
    (seen,) = find(biometrics.face_image()[:60])
    assert seen.tier is Tier.SUSPECT


def test_text_about_the_formats_is_no_record() -> None:
    text = Path(__file__).read_bytes() + Path(biometrics.__file__).read_bytes()
    assert find(text) == ()
    assert find(b"FMR\\0 20\\0 FAC\\0010\\0 1.001:12 positionsX positionsY directions types") == ()
    assert find(b"<schema><element name='NISTBiometricInformationExchangePackage'/></schema>") == ()


@given(st.binary(max_size=4000))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    find(data)


def test_random_bytes_are_no_record() -> None:
    chance = random.Random(7)  # noqa: S311 - reproducible, no secret
    assert [find(chance.randbytes(100_000)) for _ in range(20)] == [()] * 20


def test_the_files_of_the_standard_library_are_no_records() -> None:
    files = sorted(Path(os.__file__).parent.rglob("*.py"))[:400]
    assert [path for path in files if find(path.read_bytes())] == []


def test_a_flood_of_marks_is_refused() -> None:
    with pytest.raises(Uninspectable, match="too_many_parts"):
        find(b"\x7f\x61" * 30_000)
