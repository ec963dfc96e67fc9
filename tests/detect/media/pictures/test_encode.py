from __future__ import annotations

import numpy as np
import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.encode import encode_like
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import encoded, gif, portrait


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
