from __future__ import annotations

import json

import pytest

from guardrail.testing import biometrics


def test_records_state_their_own_length() -> None:
    for make in (biometrics.finger_minutiae, biometrics.face_image, biometrics.iris_image):
        for edition in ("2005", "2011"):
            data = make(edition)
            assert int.from_bytes(data[8:12], "big") == len(data)
    assert int.from_bytes(biometrics.finger_image()[8:14], "big") == 92


def test_elements_have_the_shortest_length() -> None:
    assert biometrics.ber("30", bytes(3)) == b"\x30\x03\0\0\0"
    assert biometrics.ber("7f61", bytes(200))[:4] == b"\x7f\x61\x81\xc8"
    assert biometrics.ber("04", bytes(300))[:4] == b"\x04\x82\x01\x2c"


def test_a_template_of_sourceafis_is_json() -> None:
    assert len(json.loads(biometrics.sourceafis_json())["types"]) == 12


def test_another_edition_or_group_isnt_made() -> None:
    with pytest.raises(KeyError):
        biometrics.finger_minutiae("1999")
    with pytest.raises(KeyError):
        biometrics.data_group(1)


def test_every_sample_is_another() -> None:
    samples = biometrics.samples()
    assert len(set(samples.values())) == len(samples)
