from __future__ import annotations

import struct

import pytest

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.pictures.pillow import opened
from guardrail.testing.pictures import chunk, deflated_zeros, empty_png, encoded, portrait


def test_a_picture_is_opened_and_not_yet_decoded() -> None:
    with opened(encoded(portrait(48)), Budget()) as image:
        assert image.size == (48, 48)


@pytest.mark.parametrize(("side", "bits"), [(20_000, 1), (12_000, 24)])
def test_a_bomb_is_refused(side: int, bits: int) -> None:
    with (
        pytest.raises(Uninspectable, match="too_many_pixels"),
        opened(empty_png(side, bits=bits), Budget()),
    ):
        pass


@pytest.mark.parametrize(
    "data", [b"", b"%!PS-Adobe", b"\xff\xd8\xff\xe0JFIF", b"\x89PNG\r\n\x1a\n"]
)
def test_what_isnt_of_a_known_format_is_undecodable(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="undecodable"), opened(data, Budget()):
        pass


def test_a_bomb_in_a_text_chunk_isnt_unpacked() -> None:
    bomb = chunk(b"zTXt", b"note\0\0" + deflated_zeros(200 << 20))
    whole = encoded(portrait(16))
    at = whole.index(b"IDAT") - 4
    with (
        pytest.raises(Uninspectable, match="undecodable"),
        opened(whole[:at] + bomb + whole[at:], Budget()) as image,
    ):
        image.load()


def test_whatever_fails_while_it_is_read_is_undecodable() -> None:
    with pytest.raises(Uninspectable, match="undecodable"), opened(encoded(portrait(48)), Budget()):
        raise struct.error("broken")
