from __future__ import annotations

from contextlib import suppress

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.metadata import find, flags
from guardrail.detect.media.sniff import sniff
from guardrail.testing import formats

SAMPLES = formats.samples()


def _entities(data: bytes) -> set[str]:
    return {one.entity for one in find(data, sniff(data))}


@pytest.mark.parametrize("name", ["jpeg", "png", "png packed", "webp"])
def test_places_faces_and_persons_are_found(name: str) -> None:
    assert _entities(SAMPLES[name]) == {"GEO_LOCATION", "FACE", "PERSON"}


@pytest.mark.parametrize("name", ["tiff", "avif", "heic", "movie"])
def test_places_are_found_in_other_formats(name: str) -> None:
    assert _entities(SAMPLES[name]) == {"GEO_LOCATION"}


@pytest.mark.parametrize(
    "data", [formats.jpeg(exif=formats.exif(orientation=3)), formats.png(), formats.movie()]
)
def test_metadata_that_tells_nothing_of_persons_is_nothing(data: bytes) -> None:
    assert find(data, sniff(data)) == ()


def test_a_marked_face_without_a_name_is_a_face_alone() -> None:
    assert _entities(formats.jpeg(xmp=formats.xmp(region=True))) == {"FACE"}


def test_nothing_of_the_values_is_told() -> None:
    seen = find(SAMPLES["jpeg"], sniff(SAMPLES["jpeg"]))
    assert not any(word in repr(seen) for word in ("Some", "One", "43", "76"))


def test_an_embedded_thumbnail_is_flagged() -> None:
    assert flags(SAMPLES["jpeg"], sniff(SAMPLES["jpeg"])) == ("embedded_thumbnail",)
    plain = formats.jpeg(exif=formats.exif(place=True))
    assert flags(plain, sniff(plain)) == ()


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SAMPLES)
def test_every_truncation_is_read_or_uninspectable(name: str) -> None:
    data, medium = SAMPLES[name], sniff(SAMPLES[name])
    for end in range(min(len(data), 1000)):
        with suppress(Uninspectable):
            find(data[:end], medium)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SAMPLES)
def test_every_flipped_byte_is_read_or_uninspectable(name: str) -> None:
    data, medium = SAMPLES[name], sniff(SAMPLES[name])
    for at in range(min(len(data), 1000)):
        for mask in (0xFF, 0x01):
            with suppress(Uninspectable):
                find(data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :], medium)
