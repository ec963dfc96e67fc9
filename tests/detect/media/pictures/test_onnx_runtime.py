from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from guardrail.detect.media.pictures import onnx_runtime
from guardrail.detect.media.pictures.onnx_file import any_size
from guardrail.detect.media.pictures.onnx_runtime import Network, NetworkError
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.yunet import model_bytes
from guardrail.testing.pictures import portrait

GIVES = ("cls_8", "bbox_16")


@pytest.fixture(autouse=True)
def found_anew() -> Iterator[None]:
    onnx_runtime._functions.cache_clear()
    yield
    onnx_runtime._functions.cache_clear()


def network() -> Network:
    return Network(any_size(model_bytes(), GIVES), takes="input", gives=GIVES)


def shapes(width: int, height: int) -> tuple[tuple[int, ...], ...]:
    return (1, width * height // 64, 1), (1, width * height // 256, 4)


@pytest.mark.parametrize("size", [(64, 64), (320, 256), (96, 640)])
def test_a_network_answers_as_it_does_in_opencv(size: tuple[int, int]) -> None:
    blob = cv2.dnn.blobFromImage(cv2.resize(portrait(256), size))
    other = cv2.dnn.readNetFromONNX(np.frombuffer(model_bytes(), np.uint8))
    other.setInput(blob)
    found = network().run(np.asarray(blob, np.float32), shapes(*size))
    for one, another in zip(found, other.forward(GIVES), strict=True):
        assert np.allclose(one, another, atol=1e-4)


def test_outputs_of_other_shapes_are_refused_and_the_next_run_is_right() -> None:
    asked = network()
    blob = np.zeros((1, 3, 64, 64), np.float32)
    with pytest.raises(NetworkError):
        asked.run(blob, shapes(128, 128))
    assert [one.shape for one in asked.run(blob, shapes(64, 64))] == [(1, 64, 1), (1, 16, 4)]


def test_what_it_doesnt_take_is_refused() -> None:
    with pytest.raises(NetworkError):
        network().run(np.zeros((1, 4, 64, 64), np.float32), shapes(64, 64))


def test_what_is_no_network_isnt_loaded() -> None:
    with pytest.raises(NetworkError):
        Network(b"no network", takes="input", gives=GIVES)


def test_a_runtime_that_isnt_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_runtime, "find_spec", lambda _: None)
    with pytest.raises(NetworkError):
        network()


def test_a_library_without_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_runtime, "_FILES", ("__init__.py",))
    with pytest.raises(NetworkError):
        network()
