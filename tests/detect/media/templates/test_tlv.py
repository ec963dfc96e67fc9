from __future__ import annotations

import pytest

from guardrail.detect.media.templates import find
from guardrail.detect.media.templates.tlv import element, elements
from guardrail.testing import biometrics
from guardrail.testing.biometrics import ber


def test_an_element_has_a_tag_of_one_byte_or_two() -> None:
    one = element(ber("02", b"ab"), 0, 4)
    two = element(ber("7f61", b"ab"), 0, 5)
    assert one is not None
    assert two is not None
    assert (one.tag, one.body, one.end, one.whole) == (0x02, 2, 4, True)
    assert (two.tag, two.body, two.end) == (0x7F61, 3, 5)


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\0\0", b"\xff\x01a", b"\x30\x80ab", b"\x30\x85aaaaaa"]
)
def test_what_has_no_definite_length_is_no_element(data: bytes) -> None:
    assert element(data, 0, len(data)) is None


def test_an_element_that_is_cut_ends_the_row() -> None:
    data = ber("02", b"a") + b"\x04\x09ab"
    assert [(one.tag, one.whole) for one in elements(data, 0, len(data))] == [(2, True), (4, False)]


@pytest.mark.parametrize(("group", "modality"), [(2, "face"), (3, "finger"), (4, "iris")])
def test_a_data_group_tells_its_modality_without_a_header_that_does(
    group: int, modality: str
) -> None:
    template = ber("7f60", ber("a1", b"") + ber("5f2e", b"of a maker's own"))
    tag = {2: "75", 3: "63", 4: "76"}[group]
    data = ber(tag, ber("7f61", ber("02", b"\x01") + template))
    assert [one.reason for one in find(data)] == [f"ICAO Doc 9303-10 {modality}"]


def test_a_template_alone_is_found_at_the_start() -> None:
    template = ber("7f60", ber("a1", ber("88", b"\0\x07")) + ber("5f2e", b"of a maker's own"))
    assert [one.reason for one in find(template)] == ["ISO/IEC 7816-11 finger"]
    assert find(bytes(200) + template) == ()


def test_templates_nested_beyond_all_measure_are_given_up() -> None:
    data = b""
    for _ in range(40):
        data = ber("7d", data)
    assert find(ber("7f60", data)) == ()


def test_a_group_of_nothing_is_nothing() -> None:
    assert find(ber("75", ber("7f61", ber("02", b"\x01")))) == ()
    assert find(ber("75", ber("7f61", ber("02", b"\x01") + ber("7f60", b"")))) == ()


def test_a_displayed_picture_needs_a_picture() -> None:
    assert find(ber("67", ber("02", b"\x01") + ber("5f43", b"no picture"))) == ()


def test_a_version_without_a_record_around_is_nothing() -> None:
    data = biometrics.extensible_record(5)
    assert find(b"\x30" + data[1:]) == ()
    assert [one.reason for one in find(biometrics.extensible_record(9))] == ["ISO/IEC 39794 record"]
