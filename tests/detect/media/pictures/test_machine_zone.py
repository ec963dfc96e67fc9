from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from guardrail.detect.media.pictures.decode import Picture, Pixels, from_pixels
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.machine_zone import _components, with_faces, zone
from guardrail.facts.finding import Category, Tier
from guardrail.facts.media import Seen
from guardrail.testing.pictures import ZONE, document, printed, scene

TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")


def pictured(pixels: Pixels) -> Picture:
    return from_pixels(pixels, 640)


def seen_in(pixels: Pixels) -> Seen:
    found = zone(pictured(pixels), part="page 2")
    assert found is not None
    return found


@pytest.mark.parametrize("lines", [ZONE, TD2, TD1])
@pytest.mark.parametrize("width", [700, 1250, 2400])
def test_the_zone_of_every_format_is_found_at_its_place(lines: tuple[str, ...], width: int) -> None:
    height = width * 7 // 10
    found = seen_in(document(lines, width, height))
    assert (found.entity, found.category) == ("ID_DOCUMENT", Category.PERSONAL)
    assert (found.tier, found.part) == (Tier.SUSPECT, "page 2")
    assert found.box is not None
    assert found.box[2] > 0.85 * width
    assert found.box[1] > 0.6 * height


@pytest.mark.parametrize("lines", [ZONE, TD2, TD1])
def test_a_zone_in_the_font_of_documents_is_found(lines: tuple[str, ...]) -> None:
    assert seen_in(printed(lines)).tier is Tier.SUSPECT


@pytest.mark.parametrize("degrees", [-8, -3, -1, 1, 3, 8])
def test_the_zone_of_a_page_that_lies_askew_is_found_and_covered(degrees: int) -> None:
    page = document(TD2, 1000, 1000)
    turning = cv2.getRotationMatrix2D((500, 500), degrees, 0.8)
    askew = np.asarray(cv2.warpAffine(page, turning, (1000, 1000), borderValue=(200,) * 3))
    box = seen_in(askew.astype(np.uint8)).box
    assert box is not None
    for corner in ((50, 880), (950, 880), (50, 970), (950, 970)):
        across, down = np.asarray(turning) @ (*corner, 1)
        assert box[0] - 20 <= across <= box[0] + box[2] + 20
        assert box[1] - 20 <= down <= box[1] + box[3] + 20


def test_a_page_with_a_face_and_a_zone_is_surely_a_document(faces: Faces) -> None:
    page = document(face=True)
    found = with_faces(seen_in(page), faces.find(pictured(page)))
    assert found is not None
    assert found.tier is Tier.CERTAIN
    assert with_faces(seen_in(document()), ()) == seen_in(document())
    assert with_faces(None, faces.find(pictured(page))) is None


def text_page(seed: int) -> Pixels:
    """Return lines of words of different lengths, in blocks of two to four lines."""
    rng = np.random.default_rng(seed)
    page: Pixels = np.full((900, 800, 3), 250, np.uint8)
    down = 40
    while down < 860:
        for _ in range(int(rng.integers(2, 5))):
            words = " ".join("nanimousely"[: int(rng.integers(2, 11))] for _ in range(9))
            cv2.putText(page, words, (30, down), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (20, 20, 20), 1)
            down += 24
        down += 30
    return page


@pytest.mark.parametrize("seed", range(8))
def test_text_and_landscapes_have_no_zone(seed: int) -> None:
    assert zone(pictured(text_page(seed))) is None
    assert zone(pictured(scene(800, 600, seed))) is None


@pytest.mark.parametrize("shape", [(1, 1), (31, 900), (900, 31), (64, 64)])
def test_the_tiniest_pictures_have_none(shape: tuple[int, int]) -> None:
    assert zone(pictured(np.zeros((*shape, 3), np.uint8))) is None


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=24)))
def test_the_boxes_around_every_ink_are_those_that_opencv_measures(ink: NDArray[np.bool_]) -> None:
    joined = ink.astype(np.uint8) * 255
    measured = cv2.connectedComponentsWithStats(joined, connectivity=4)[2][1:, :4]
    boxes = [(one.left, one.top, one.width, one.height) for one in _components(joined)]
    assert boxes == [tuple(row) for row in measured.tolist()]
