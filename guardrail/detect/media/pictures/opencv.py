"""The one door to OpenCV: its limits are set before it is loaded, which is when it reads them."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

# Above every sensible budget: it stops what lies about its size to us, and not to OpenCV.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(1 << 26)

import cv2  # it reads its environment now

__all__ = ["check_cv2", "cv2"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Options of glibc's ``mallopt``."""
_KEPT = 64 << 20
_OWN_PAGES = 16 << 20
"""Bytes from which on a piece of memory goes back to the system as soon as it is freed."""


def _keep_freed() -> None:
    """Keep what was freed for the next picture.

    Else the system hands out, and clears, some thousand pages anew for each: a tenth of the time
    that a picture takes. What a worker keeps too much it gives back once it has answered.
    """
    with suppress(OSError, AttributeError):  # other C libraries have no such options
        for option, value in ((_TRIM_THRESHOLD, _KEPT), (_MMAP_THRESHOLD, _OWN_PAGES)):
            ctypes.CDLL(None).mallopt(option, value)


_keep_freed()
cv2.setNumThreads(1)  # a worker has one core, and its address space is counted
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_FIX = "pip uninstall {others}; pip install --force-reinstall 'opencv-python-headless>=4.10,<5'"
_OTHERS = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")


def check_cv2() -> None:
    """Make sure that this is the OpenCV that everything here was measured with.

    Its four distributions write the same folder ``cv2``: which one is there is the one that was
    installed last, and 5.0 has other detectors.

    Raises:
        ImportError: Another distribution is installed, too, or the version isn't 4.10 to 4.x.
    """
    others = [name for name in _OTHERS if _installed(name)]
    if others:
        raise ImportError(
            f"{' and '.join(others)} overwrites opencv-python-headless. "
            f"Fix: {_FIX.format(others=' '.join(others))}"
        )
    found = tuple(int(part) for part in cv2.__version__.split(".")[:2])
    if not (4, 10) <= found < (5, 0):
        raise ImportError(
            f"OpenCV {cv2.__version__} is installed; 4.10 or later is needed, below 5. "
            "Fix: pip install 'opencv-python-headless>=4.10,<5'"
        )


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
