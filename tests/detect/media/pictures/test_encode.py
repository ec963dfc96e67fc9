from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.encode import encode_like, in_format
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import encoded, gif, portrait, scene


@pytest.mark.parametrize(
    ("ending", "mime"),
    [
        (".jpg", "image/jpeg"),
        (".png", "image/png"),
        (".webp", "image/webp"),
        (".bmp", "image/png"),
        (".tiff", "image/png"),
    ],
)
def test_the_format_stays_where_services_read_it_and_is_png_otherwise(
    ending: str, mime: str
) -> None:
    done = encode_like(encoded(portrait(48), ending), portrait(48))
    assert done.mime == sniff(done.data).mime == mime


def test_an_animation_becomes_a_png() -> None:
    assert encode_like(gif(3, 20), portrait(48)).mime == "image/png"


def test_what_a_format_cant_hold_gets_a_verdict() -> None:
    with pytest.raises(Uninspectable, match="not_encodable"):
        encode_like(encoded(portrait(16), ".webp"), np.zeros((4, 20_000, 3), np.uint8))


@pytest.mark.parametrize("ending", [".bmp", ".tiff", ".gif"])
def test_a_picture_is_put_into_the_format_that_a_container_wants(ending: str) -> None:
    mime = f"image/{ending[1:]}"
    made = in_format(encoded(scene(64, 48)), mime)
    assert sniff(made).mime == mime


def test_other_formats_are_refused() -> None:
    with pytest.raises(Uninspectable, match="cannot_redact"):
        in_format(encoded(scene(64, 48)), "image/jp2")
