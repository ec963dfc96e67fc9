from __future__ import annotations

import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts.gif import blocks, end_of
from guardrail.testing import formats


def test_the_blocks_join_to_the_whole() -> None:
    data = formats.gif(3)
    assert b"".join(data[one.start : one.end] for one in blocks(data)) == data[19:]
    assert sum(one.is_frame for one in blocks(data)) == 3
    assert end_of(data + b"more") == len(data)


def test_an_application_extension_is_one() -> None:
    data = formats.gif(1)[:-1] + b"\x21\xff\x0bXMP DataXMP\0\x3b"
    assert [one.is_application for one in blocks(data)] == [False, False, True, False]


def test_a_picture_without_an_end_has_none() -> None:
    assert end_of(formats.gif()[:-1]) is None


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (formats.gif()[:-1] + b"\x99", "broken_gif"),
        (formats.gif()[:-3], "truncated"),
        (b"GIF89a", "truncated"),
        (formats.gif(0)[:-1] + b"\x21\xf9\0" * 100_001, "too_many_parts"),
        (formats.gif(0)[:-1] + b"\x21\xfe" + b"\x01x" * 2_000_001, "too_many_parts"),
    ],
)
def test_what_isnt_a_gif_is_uninspectable(data: bytes, reason: str) -> None:
    with pytest.raises(Uninspectable, match=reason):
        end_of(data)
