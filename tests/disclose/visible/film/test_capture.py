"""Frames come in the order in which they are shown, and nothing but a film is opened."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.unlabelled import Unlabelled


def test_all_frames_come_and_each_differs_from_the_one_before(clip: bytes) -> None:
    found = [frame.copy() for frame in frames(clip)]
    assert [one.shape for one in found] == [(240, 320, 3)] * 36
    assert all(np.any(one != two) for one, two in pairwise(found))


@pytest.mark.parametrize("data", [b"", b"no film", bytes(5_000)])
def test_what_is_no_film_is_a_verdict(data: bytes) -> None:
    with pytest.raises(Unlabelled) as caught:
        list(frames(data))
    assert caught.value.reason == "undecodable"


def test_a_list_that_names_other_files_opens_none_of_them(tmp_path: Path, clip: bytes) -> None:
    (tmp_path / "other.mp4").write_bytes(clip)
    for text in (f"#EXTM3U\n#EXTINF:3,\n{tmp_path}/other.mp4\n#EXT-X-ENDLIST\n",
                 f"ffconcat version 1.0\nfile '{tmp_path}/other.mp4'\n"):  # fmt: skip
        with pytest.raises(Unlabelled):
            list(frames(text.encode()))
