from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.pictures.onnx_file import any_size
from guardrail.detect.media.pictures.onnx_runtime import Network, NetworkError
from guardrail.detect.media.pictures.yunet import model_bytes

KEPT = ("cls_8", "obj_8")


def test_only_the_outputs_that_are_kept_can_be_asked_for() -> None:
    freed = any_size(model_bytes(), KEPT)
    pixels = np.zeros((1, 3, 64, 64), np.float32)
    kept = Network(freed, takes="input", gives=KEPT)
    assert all(one.any() for one in kept.run(pixels, ((1, 64, 1), (1, 64, 1))))
    with pytest.raises(NetworkError):
        Network(freed, takes="input", gives=("cls_16",)).run(pixels, ((1, 16, 1),))


def test_no_shape_is_left_and_no_weight_is_lost() -> None:
    freed = any_size(model_bytes(), KEPT)
    side = b"\x0a\x03\x08\x80\x05"  # a dimension of 640
    assert side * 2 in model_bytes()
    assert side * 2 not in freed
    assert len(model_bytes()) - 8_000 < len(freed) < len(model_bytes())


def test_how_many_channels_a_picture_has_stays_said() -> None:
    assert b"\x0a\x02\x08\x01\x0a\x02\x08\x03\x0a\x00\x0a\x00" in any_size(model_bytes(), KEPT)


def test_it_is_the_same_when_done_twice() -> None:
    freed = any_size(model_bytes(), KEPT)
    assert any_size(freed, KEPT) == freed


@given(st.binary(max_size=80))
def test_what_is_no_network_is_an_error_of_one_kind(data: bytes) -> None:
    try:
        any_size(data, KEPT)
    except ValueError as error:
        assert str(error) == "no network's file"  # noqa: PT017 - most data is none, some is


@pytest.mark.parametrize("cut", [1, 500, 100_000])
def test_a_file_that_is_cut_is_no_network(cut: int) -> None:
    with pytest.raises(ValueError, match="no network's file"):
        any_size(model_bytes()[:-cut], KEPT)
