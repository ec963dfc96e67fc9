"""The frames of a film, from memory, in the order in which they are shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from guardrail.disclose.visible.film.encoder import Pixels
from guardrail.disclose.visible.unlabelled import Unlabelled

cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_ALLOWED = "protocol_whitelist;file|format_whitelist;mov,matroska,webm|ignore_editlist;1"
"""FFmpeg may open nothing else, neither by what a file names nor by what it pretends to be.
Frames that an edit list leaves out are frames all the same: the list stays in the file."""
_HOW = [cv2.CAP_PROP_N_THREADS, 1]


def frames(data: bytes) -> Iterator[Pixels]:
    """Yield all frames of a film's pictures, upright.

    Raises:
        Unlabelled: ``undecodable``.
    """
    with _memory(data) as path, _opened(path) as film:
        while True:
            done, frame = film.read()
            if not done:
                return
            yield np.asarray(frame, np.uint8)


@contextmanager
def _memory(data: bytes) -> Iterator[str]:
    """Give the path of an anonymous file in memory: OpenCV's FFmpeg opens paths only."""
    handle = os.memfd_create("film", os.MFD_CLOEXEC)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


@contextmanager
def _opened(path: str) -> Iterator[cv2.VideoCapture]:
    os.environ[_OPTIONS] = _ALLOWED
    try:
        film = cv2.VideoCapture(path, cv2.CAP_FFMPEG, _HOW)
    except cv2.error:
        raise Unlabelled("undecodable") from None
    try:
        if not film.isOpened():
            raise Unlabelled("undecodable")
        yield film
    except cv2.error:
        raise Unlabelled("undecodable") from None
    finally:
        film.release()
