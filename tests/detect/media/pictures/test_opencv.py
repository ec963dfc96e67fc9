from __future__ import annotations

import importlib.metadata
import os
from importlib.metadata import PackageNotFoundError

import pytest

from guardrail.detect.media.pictures import opencv


def alone(name: str) -> str:
    raise PackageNotFoundError(name)


def test_the_opencv_that_is_installed_will_do() -> None:
    opencv.check_cv2()
    assert int(os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"]) < 100_000_000
    assert opencv.cv2.getNumThreads() == 1


def test_another_distribution_of_opencv_is_named_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def other(name: str) -> str:
        return "5.0" if name == "opencv-python" else alone(name)

    monkeypatch.setattr(opencv, "version", other)
    with pytest.raises(ImportError, match="pip uninstall opencv-python; pip install"):
        opencv.check_cv2()


@pytest.mark.parametrize("version", ["5.0.0", "4.9.0", "3.4.18"])
def test_a_version_that_was_never_measured_is_refused(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opencv, "version", alone)
    monkeypatch.setattr(opencv.cv2, "__version__", version)
    with pytest.raises(ImportError, match="pip install"):
        opencv.check_cv2()


def test_the_distribution_is_the_headless_one() -> None:
    assert importlib.metadata.version("opencv-python-headless").startswith("4.")
