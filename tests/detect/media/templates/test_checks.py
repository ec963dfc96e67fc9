from __future__ import annotations

import pytest

from guardrail.detect.media.templates import find
from guardrail.detect.media.templates.checks import CHECKS, wsq
from guardrail.detect.media.templates.rows import Fit, rows
from guardrail.testing import biometrics

ROW = rows()[0]


def test_a_length_beyond_the_data_makes_a_record_likely_only() -> None:
    data = bytearray(biometrics.finger_minutiae())
    data[8:12] = b"\x7f\xff\xff\xff"
    data[24:32] = bytes(8)
    assert CHECKS["record"](bytes(data), 0, ROW).fit is Fit.LIKELY


def test_a_record_of_no_samples_isnt_sure() -> None:
    data = bytearray(biometrics.face_image())
    data[12:14] = b"\0\0"
    assert [one.tier.value for one in find(bytes(data))] == ["suspect"]


def test_a_mark_without_a_version_is_nothing() -> None:
    assert find(b"FMR\0" + bytes(60)) == ()
    assert find(b"FMR\x00999\0" + bytes(60)) == ()


def test_a_signature_without_x_and_y_isnt_sure() -> None:
    data = bytearray(biometrics.signature_series())
    data[9] = 0
    assert [one.tier.value for one in find(bytes(data))] == ["suspect"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xa0\xff\xd8",
        b"\xff\xa0\xff\xa8\0\x01",
        b"\xff\xa0\xff\xa2\0\x11" + bytes(20),
        b"\xff\xa0" + b"\xff\xa8\0\x02" * 70,
    ],
)
def test_segments_that_arent_wsqs_are_nothing(data: bytes) -> None:
    assert wsq(data, 0, ROW).fit is Fit.NO


def test_a_picture_in_wsq_that_ends_before_its_frame_is_likely() -> None:
    assert wsq(biometrics.wsq()[:30], 0, ROW).fit is Fit.LIKELY


def test_a_header_of_a_piv_card_must_agree_with_the_size() -> None:
    assert "CBEFF" not in "".join(one.reason for one in find(biometrics.piv() + b"\0"))
    assert find(b"\x03" + bytes(100)) == ()


def test_names_of_fields_alone_are_no_minutiae() -> None:
    assert find(b"\x6apositionsX\x6apositionsY\x6adirections\x65types") == ()
    assert find(b'{"positionsX": "docs", "positionsY": "docs"}') == ()
    assert find(b'{"minutiae": "docs"}') == ()


def test_a_list_of_minutiae_in_json_is_found() -> None:
    text = b'{"width":1,"height":1,"minutiae":[{"x":12,"y":9,"direction":1.5,"type":"ending"}]}'
    assert [one.reason for one in find(text)] == ["SourceAFIS JSON finger minutiae"]
