from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.metadata.exif import (
    has_place,
    has_thumbnail,
    orientation_of,
    with_orientation,
)
from guardrail.testing import formats


def test_a_place_is_a_latitude_or_a_longitude() -> None:
    assert has_place(formats.exif(place=True))
    assert not has_place(formats.exif())


def test_a_thumbnail_is_told() -> None:
    assert has_thumbnail(formats.exif(thumbnail=True))
    assert not has_thumbnail(formats.exif())


@pytest.mark.parametrize("value", range(1, 9))
def test_the_orientation_alone_is_written_and_read(value: int) -> None:
    assert orientation_of(with_orientation(value)) == value
    assert orientation_of(formats.exif(orientation=value, place=True)) == value
    assert not has_place(with_orientation(value))


@pytest.mark.parametrize("block", [b"", b"MM\0*", formats.exif(orientation=99)])
def test_an_orientation_that_cant_be_is_upright(block: bytes) -> None:
    assert orientation_of(block) == 1


def test_exif_that_cant_be_read_isnt_passed() -> None:
    with pytest.raises(Uninspectable):
        has_place(b"MM\0*\0\0\0\x63")
