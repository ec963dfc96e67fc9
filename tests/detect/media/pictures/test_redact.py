from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures.decode import from_pixels, imdecode
from guardrail.detect.media.pictures.encode import Encoded
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.redact import (
    Look,
    enlarged,
    face_only,
    fill,
    scaled_box,
)
from guardrail.detect.media.pictures.yunet import Candidate
from guardrail.detect.media.sniff import sniff
from guardrail.facts.media import Box
from guardrail.testing.pictures import (
    Pixels,
    encoded,
    portrait,
    scene,
    with_orientation,
    with_portrait,
)

BUDGET = Budget()


def size_of(data: bytes) -> Size:
    return picture_size(data, sniff(data))


def filled(data: bytes, faces: Faces, boxes: tuple[Box, ...] = (), look: Look = Look.FILL) -> bytes:
    return fill(data, size_of(data), boxes, faces=faces, budget=BUDGET, look=look).data


def cropped(data: bytes, faces: Faces) -> Encoded:
    return face_only(data, size_of(data), faces=faces, budget=BUDGET)


def pixels_of(data: bytes) -> Pixels:
    return imdecode(data, cv2.IMREAD_COLOR)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("look", Look)
def test_no_face_is_left_in_a_filled_picture_and_the_rest_stays(
    faces: Faces, look: Look, ending: str
) -> None:
    before = with_portrait(with_portrait(scene(1200, 900), 50, 60, 400), 800, 500, 120)
    done = filled(encoded(before, ending), faces, look=look)
    after = pixels_of(done)
    assert faces.find(from_pixels(after, 640)) == ()
    assert faces.candidates(after, side=1280, least=0.5) == []
    assert np.abs(after[:, 500:700].astype(int) - before[:, 500:700]).mean() < 12


def test_a_filled_place_is_one_colour_and_holds_nothing_of_the_face(faces: Faces) -> None:
    picture = with_portrait(scene(800, 600), 100, 100, 400)
    (seen,) = faces.find(from_pixels(picture, 640))
    assert seen.box is not None
    after = pixels_of(filled(encoded(picture), faces, (seen.box,)))
    left, top, width, height = enlarged(seen.box, 1.3, picture.shape)
    assert not after[top : top + height, left : left + width].any()


def test_a_mosaic_tells_nothing_but_a_mean_colour(faces: Faces) -> None:
    box = (200, 200, 200, 200)
    one, other = scene(640, 640), scene(640, 640)
    one[100:500, 100:500] = 100
    other[100:500, 100:500] = np.tile((50, 150), (400, 200))[:, :, None]
    results = [
        pixels_of(filled(encoded(each), faces, (box,), Look.MOSAIC))[180:420, 180:420]
        for each in (one, other)
    ]
    assert (results[0] == results[1]).all()


def test_boxes_of_other_things_are_filled_too(faces: Faces) -> None:
    after = pixels_of(
        filled(encoded(np.full((200, 300, 3), 255, np.uint8)), faces, ((90, 90, 40, 20),))
    )
    assert not after[90:110, 90:130].any()
    assert after[0, 0].all()


def test_a_large_picture_comes_back_smaller_with_the_same_places_filled(faces: Faces) -> None:
    before = with_portrait(scene(2600, 1800), 100, 120, 700)
    before[1200:1500, 2000:2400] = (10, 200, 30)
    after = pixels_of(filled(encoded(before, ".png"), faces, ((2001, 1201, 399, 299),)))
    assert after.shape == (900, 1300, 3)
    assert not after[600:750, 1000:1200].any()
    assert faces.find(from_pixels(after, 640)) == ()
    beside = before[200:1000:2, 1400:1900:2].astype(int)
    assert np.abs(after[100:500, 700:950] - beside).mean() < 12


def test_a_face_cut_out_of_a_large_picture_is_measured_in_the_reduced_one(faces: Faces) -> None:
    large = portrait(2200)
    height, width = pixels_of(cropped(encoded(large, ".jpg"), faces).data).shape[:2]
    assert 400 < height <= 1100
    assert 300 < width <= 1100


def test_metadata_thumbnails_and_tails_are_gone_and_the_picture_lies_upright(faces: Faces) -> None:
    upright = with_portrait(scene(900, 600), 500, 200, 300)
    lying = np.ascontiguousarray(np.rot90(upright, 1))
    data = with_orientation(encoded(lying, ".jpg"), 6) + b"a hidden tail"
    (seen,) = faces.find(from_pixels(upright, 640))
    done = filled(data, faces, (seen.box,) if seen.box else ())
    assert b"Exif" not in done
    assert b"hidden" not in done
    after = pixels_of(done)
    assert after.shape == upright.shape
    assert np.abs(after[:, :400].astype(int) - upright[:, :400]).mean() < 12


def test_what_lay_beneath_transparency_is_gone(faces: Faces) -> None:
    hidden = np.dstack([portrait(256), np.zeros((256, 256), np.uint8)])
    after = pixels_of(filled(encoded(hidden), faces))
    assert int(np.ptp(after)) == 0


class Stubborn(Faces):
    """Finds a face wherever it looks, and so nothing it is shown is proven."""

    def candidates(self, pixels: Pixels, *, side: int, least: float) -> list[Candidate]:
        return [Candidate(1, 1, 9, 9, 0.9)]


def test_what_cant_be_proven_isnt_handed_back() -> None:
    with pytest.raises(Uninspectable, match="redaction_unproven"):
        filled(encoded(scene(100, 100)), Stubborn())
    with pytest.raises(Uninspectable, match=r"several_faces|redaction_unproven|face_too_small"):
        cropped(encoded(scene(100, 100)), Stubborn())


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
def test_only_the_face_is_left_for_a_bank(faces: Faces, ending: str) -> None:
    mark = (0, 0, 255)
    (seen,) = faces.find(from_pixels(portrait(512), 640))
    assert seen.box is not None
    left, top, width, height = scaled_box(seen.box, 1.5, (512, 512))
    picture = np.full((512, 512, 3), mark, np.uint8)  # a body, a room
    picture[top : top + height, left : left + width] = portrait(512)[
        top : top + height, left : left + width
    ]
    done = cropped(encoded(picture, ending), faces)
    after = pixels_of(done.data).astype(int)
    assert after.shape[0] <= height
    assert after.shape[1] <= width
    assert np.abs(after - mark).sum(axis=2).min() > 100
    assert len(done.data) < len(encoded(picture, ending))
    assert done.mime == sniff(done.data).mime


def test_a_picture_for_a_bank_is_refused_with_the_reason(faces: Faces) -> None:
    with pytest.raises(Uninspectable, match="no_face"):
        cropped(encoded(scene(640, 480)), faces)
    two = with_portrait(with_portrait(scene(900, 450), 0, 0, 450), 450, 0, 450)
    with pytest.raises(Uninspectable, match=r"several_faces"):
        cropped(encoded(two), faces)
    with pytest.raises(Uninspectable, match="face_too_small"):
        cropped(encoded(with_portrait(scene(800, 1200), 200, 50, 300)), faces)


@example((656, 0, 0, 0))
@example((0, 500, 40, 40))
@given(
    st.tuples(
        st.integers(-50, 700), st.integers(-50, 500), st.integers(0, 700), st.integers(0, 500)
    )
)
def test_every_enlarged_box_lies_within_and_covers_its_box(box: Box) -> None:
    left, top, width, height = enlarged(box, 1.3, (480, 640, 3))
    assert 0 <= left <= 640
    assert 0 <= top <= 480
    if width > 0 and height > 0:
        assert left + width <= 640
        assert top + height <= 480
        assert left <= max(0, box[0])
        assert left + width >= min(640, box[0] + box[2])
        assert left % 16 == top % 16 == 0
