from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from guardrail.disclose.visible.overlay import overlay
from guardrail.disclose.visible.unlabelled import Unlabelled
from guardrail.disclose.watermark import Spread, Unmarked, detected, embedded, message_of
from guardrail.disclose.watermark.files import painter

OWN = Spread(b"a key of 16 byte")
MESSAGE = message_of("urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10")
Pixels = NDArray[np.uint8]


def encoded(image: Image.Image, format_name: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, format_name, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        ("PNG", "L"),
        ("PNG", "LA"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
    ],
)
def test_a_file_is_marked_in_its_own_colours(format_name: str, mode: str, picture: Pixels) -> None:
    before = Image.fromarray(picture).convert(mode)
    if mode in {"LA", "RGBA"}:
        before.putalpha(Image.linear_gradient("L").resize(before.size).point(lambda v: v | 128))
    data, mime = embedded(encoded(before, format_name), OWN, MESSAGE)
    assert mime == f"image/{format_name.lower()}"
    assert Image.open(io.BytesIO(data)).mode == mode
    found = detected(data, OWN)
    assert found is not None
    assert found.message == MESSAGE


def test_label_and_mark_go_together(picture: Pixels) -> None:
    data = encoded(Image.fromarray(picture), "JPEG", quality=80)
    done = overlay(data, ["ЖИ / ИИ"], then=painter(OWN, MESSAGE))
    found = detected(done.data, OWN)
    assert found is not None
    assert found.message == MESSAGE


def test_every_frame_is_marked(picture: Pixels) -> None:
    small = picture[:256, :256]
    two = [Image.fromarray(small), Image.fromarray(small[::-1])]
    data, _ = embedded(
        encoded(two[0], "WEBP", save_all=True, append_images=two[1:], duration=90, quality=95),
        OWN,
        MESSAGE,
    )
    image = Image.open(io.BytesIO(data))
    for number in range(2):
        image.seek(number)
        found = detected(encoded(image.convert("RGB"), "PNG"), OWN)
        assert found is not None


def test_what_cannot_be_marked_is_told(picture: Pixels) -> None:
    with pytest.raises(Unmarked, match="too_small"):
        embedded(encoded(Image.fromarray(picture[:90]), "PNG"), OWN, MESSAGE)
    with pytest.raises(Unlabelled):
        embedded(b"nonsense", OWN, MESSAGE)
    with pytest.raises(Unlabelled):
        detected(b"nonsense", OWN)


def test_a_label_has_a_short_number_of_its_own() -> None:
    assert len(MESSAGE) == 5
    assert message_of("a") != message_of("b")
    assert message_of("\ud800")
