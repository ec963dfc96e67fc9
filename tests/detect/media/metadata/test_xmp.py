from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.metadata.xmp import Told, read
from guardrail.testing import formats

PHOTO = 'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:MP="http://ns.microsoft.com/photo/1.2/"'
REGIONS = 'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'


def test_a_named_face_is_a_face_and_a_person() -> None:
    told = read(formats.xmp(face="Some One"))
    assert (told.face, told.person) == ("xmp mwg-rs face region", "xmp mwg-rs face name")


def test_the_name_of_a_pet_is_nobodys() -> None:
    data = (
        f"<x {REGIONS}><rdf:li mwg-rs:Type='Pet' mwg-rs:Name='Rex'/>"
        "<rdf:li><mwg-rs:Type>Face</mwg-rs:Type></rdf:li></x>"
    )
    assert read(data.encode()) == Told(face="xmp mwg-rs face region")


def test_microsofts_regions_are_read() -> None:
    data = f'<x {PHOTO}><rdf:li MPReg:Rectangle="0.1, 0.2" MPReg:PersonDisplayName="A"/></x>'
    assert read(data.encode()) == Told(face="xmp MP face region", person="xmp MP person name")


def test_apples_faces_are_read() -> None:
    data = b'<x xmlns:apple-fi="http://ns.apple.com/faceinfo/1.0/"/>'
    assert read(data).face == "xmp apple-fi face"


def test_persons_shown_are_read_where_there_are_any() -> None:
    assert read(formats.xmp(person="A")).person == "xmp PersonInImage"
    assert read(formats.xmp(person=" ")).person == ""


@pytest.mark.parametrize(
    "place",
    ["exif:GPSLatitude='43,15N'", "drone-dji:GpsLatitude='+43.25'", "drone-dji:GPS-Latitude='1'"],
)
def test_places_are_read(place: str) -> None:
    assert read(f"<x {place}/>".encode()).place == "xmp gps"
    assert read(b"<exif:GPSLatitude>43,15N</exif:GPSLatitude>").place == "xmp gps"


def test_an_empty_place_is_none() -> None:
    assert read(b"<x exif:GPSLatitude=''/>") == Told()


def test_references_of_characters_hide_nothing() -> None:
    data = f"<x {REGIONS}><rdf:li mwg-rs:Type='F&#97;&#x63;e'/></x>"
    assert read(data.encode()).face


def test_entities_are_refused() -> None:
    with pytest.raises(Uninspectable, match="xml_entities"):
        read(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")


def test_too_much_is_refused() -> None:
    with pytest.raises(Uninspectable, match="too_large"):
        read(bytes((16 << 20) + 1))


@given(st.binary(max_size=500))
def test_any_bytes_are_read(data: bytes) -> None:
    read(formats.xmp()[:300] + data.replace(b"<!E", b""))
