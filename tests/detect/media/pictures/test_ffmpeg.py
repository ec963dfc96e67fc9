from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.ffmpeg import YUV420, Decoder, decoder
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.testing.pictures import encoded, scene


def test_a_picture_has_the_pixels_that_others_see() -> None:
    whole = scene(97, 61)
    with Decoder("png").planes(encoded(whole)) as (_, planes):
        rows = planes[0][:, : 97 * 3].reshape(61, 97, 3)
        assert np.array_equal(rows[:, :, ::-1], whole)


def test_no_picture_is_what_changed_since_the_one_before() -> None:
    one, other = scene(64, 64, seed=1), scene(64, 64, seed=2)
    decoding = Decoder("png")
    for whole in (one, other, one):
        with decoding.planes(encoded(whole)) as (_, planes):
            rows = planes[0][:, : 64 * 3].reshape(64, 64, 3)
            assert np.array_equal(rows[:, :, ::-1], whole)


def test_colours_that_are_stored_apart_are_planes_of_half_the_size() -> None:
    lossy = cv2.imencode(".webp", scene(65, 33), [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()
    with Decoder("webp").planes(lossy) as (form, planes):
        assert form == YUV420
        assert [len(plane) for plane in planes] == [33, 17, 17]


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"no picture", encoded(scene(9, 9))[:60]]
)
def test_what_is_broken_is_a_verdict_and_the_next_picture_is_read(data: bytes) -> None:
    decoding = Decoder("png")
    with pytest.raises(Uninspectable, match="undecodable"), decoding.planes(data):
        pass
    with decoding.planes(encoded(scene(20, 10))) as (_, planes):
        assert len(planes[0]) == 10


def test_a_decoder_that_isnt_there_is_a_verdict() -> None:
    with pytest.raises(Uninspectable, match="format_not_decodable"):
        decoder("no such decoder")


def test_what_was_decoded_leaves_memory_before_garbage_is_collected() -> None:
    data = encoded(scene(640, 480))
    decoding = Decoder("png")
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(4):
            with decoding.planes(data):
                pass
        assert tracemalloc.get_traced_memory()[0] < len(data)
    finally:
        tracemalloc.stop()
        gc.enable()
