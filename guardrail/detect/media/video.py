"""Frames of a video, from memory: key frames of a large one, of a small one evenly spaced frames.

OpenCV's FFmpeg opens paths only. The path given is that of an anonymous memory file
(``memfd_create``), which never touches a disk. FFmpeg may open nothing else: of its protocols only
``file`` is allowed, and of its formats only containers that name no other files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.memory_file import memory_file
from guardrail.detect.media.pictures.decode import LONG_SIDE, Picture, Pixels, from_pixels
from guardrail.detect.media.pictures.opencv import cv2

_ALLOWED = "protocol_whitelist;file|format_whitelist;mov,matroska,webm,avi"
_KEY_FRAMES = "|avdiscard;nonkey"
_ONE_THREAD = (cv2.CAP_PROP_N_THREADS, 1)
"""Each thread of a decoder keeps frames of its own."""
_ALL_PIXELS = 300_000_000
"""Of a video that is decoded whole: 15 seconds of 640 x 480."""
_KEY_PIXELS = 600_000_000
"""Of all key frames."""
_BETWEEN, _LONGEST_BETWEEN = 1.0, 12.0
"""Seconds between frames that are looked at, and the longest that encoders leave by default."""


@dataclass(frozen=True, slots=True)
class _Shape:
    width: int
    height: int
    frames: float
    rate: float

    @property
    def seconds(self) -> float:
        return self.frames / self.rate


def frames(data: bytes, budget: Budget) -> Iterator[tuple[float, Picture]]:
    """Yield at most `budget.key_frames` frames with their seconds from the start.

    Raises:
        Uninspectable: ``undecodable``; ``too_many_pixels``; ``too_many_frames``: more key frames
            than can be decoded in good time; ``sizes_disagree``: a frame isn't of the size that
            the video states; ``key_frames_too_sparse``: over 12 seconds between two of them, in a
            video too large to be decoded whole.
    """
    with memory_file(data) as path:
        shape = _shape_of(path, budget)
        whole = shape.frames * shape.width * shape.height <= _ALL_PIXELS
        found = False
        for seconds, picture in _pass(path, shape, budget, whole=whole):
            found = True
            yield seconds, picture
        if not found:
            raise Uninspectable("undecodable")


@contextmanager
def _opened(path: str, options: str) -> Iterator[cv2.VideoCapture]:
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
    try:
        video = cv2.VideoCapture(path, cv2.CAP_FFMPEG, _ONE_THREAD)
    except cv2.error:
        raise Uninspectable("undecodable") from None
    try:
        if not video.isOpened():
            raise Uninspectable("undecodable")
        yield video
    except cv2.error:
        raise Uninspectable("undecodable") from None
    finally:
        video.release()


def _shape_of(path: str, budget: Budget) -> _Shape:
    """Return what the container says, which is all that is read."""
    with _opened(path, _ALLOWED + _KEY_FRAMES) as video:
        shape = _Shape(
            int(video.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            max(1.0, min(1e9, video.get(cv2.CAP_PROP_FRAME_COUNT))),
            max(1.0, min(1000.0, video.get(cv2.CAP_PROP_FPS))),
        )
    if min(shape.width, shape.height) < 1:
        raise Uninspectable("undecodable")
    if shape.width * shape.height > budget.pixels:
        raise Uninspectable("too_many_pixels")
    return shape


def _pass(
    path: str, shape: _Shape, budget: Budget, *, whole: bool
) -> Iterator[tuple[float, Picture]]:
    """Go over all frames, or all key frames, once, and yield those that are due, reduced."""
    step = max(_BETWEEN, shape.seconds / budget.key_frames)
    most = (_ALL_PIXELS if whole else _KEY_PIXELS) // (shape.width * shape.height)
    due, last, given = 0.0, 0.0, 0
    with _opened(path, _ALLOWED + ("" if whole else _KEY_FRAMES)) as video:
        for _ in range(most + 1):
            if not video.grab():
                break
            now = max(last, video.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            _check_gap(now - last, whole=whole)
            last = now
            if now + 1e-3 >= due and given < budget.key_frames:
                due, given = now + step, given + 1
                yield now, from_pixels(_retrieved(video, shape), LONG_SIDE)
        else:
            raise Uninspectable("too_many_frames")
        _check_gap(shape.seconds - last, whole=whole)


def _check_gap(seconds: float, *, whole: bool) -> None:
    if not whole and seconds > _LONGEST_BETWEEN:
        raise Uninspectable("key_frames_too_sparse")


def _retrieved(video: cv2.VideoCapture, shape: _Shape) -> Pixels:
    done, frame = video.retrieve()
    if not done:
        raise Uninspectable("undecodable")
    pixels = np.asarray(frame, np.uint8)
    if pixels.shape[0] * pixels.shape[1] != shape.width * shape.height:  # it may lie turned
        raise Uninspectable("sizes_disagree")
    return pixels
