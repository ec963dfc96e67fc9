from __future__ import annotations

import pytest
from PIL import Image

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.orientation import TAG, way_of


def _exif(way: object) -> bytes:
    made = Image.Exif()
    made[TAG] = way
    return made.tobytes()


@pytest.mark.parametrize("way", range(1, 9))
def test_every_orientation_is_read_with_its_head_and_without(way: int) -> None:
    block = _exif(way)
    assert block.startswith(b"Exif\0\0")
    assert way_of(block) == way_of(block[6:]) == way


@pytest.mark.parametrize("way", [0, 9, 700])
def test_what_is_no_orientation_turns_nothing(way: int) -> None:
    assert way_of(_exif(way)) == 1


def test_a_broken_block_is_a_verdict() -> None:
    with pytest.raises(Uninspectable, match="undecodable"):
        way_of(b"Exif\0\0XX")
