from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media import video
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.pictures.faces import Faces
from guardrail.testing.pictures import portrait

BUDGET = Budget()
FACE = portrait(160)

Film = Callable[..., bytes]


@pytest.fixture(scope="module")
def faces() -> Faces:
    return Faces()


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Return a maker of films with a face from the middle on."""

    def make(name: str = "a.mp4", codec: str = "mp4v", seconds: int = 6, faces: int = 1) -> bytes:
        path = tmp_path / name
        fourcc = cv2.VideoWriter.fourcc(*codec)
        writer = cv2.VideoWriter(str(path), fourcc, 10, (320, 240))
        for number in range(seconds * 10):
            frame = np.full((240, 320, 3), (number % 200, 120, 90), np.uint8)
            if faces and number >= seconds * 5:
                frame[40:200, 80:240] = FACE
            writer.write(frame)
        writer.release()
        return path.read_bytes()

    return make


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_a_face_that_comes_later_in_a_video_is_found(film: Film, faces: Faces, name: str) -> None:
    seen = [(at, len(faces.find(one))) for at, one in video.frames(film(name), BUDGET)]
    assert [round(at) for at, _ in seen] == [0, 1, 2, 3, 4, 5]
    assert [count for _, count in seen] == [0, 0, 0, 1, 1, 1]


def test_of_a_large_video_key_frames_are_looked_at(
    film: Film, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_ALL_PIXELS", 1)
    seen = [(at, len(faces.find(one))) for at, one in video.frames(film(), BUDGET)]
    assert 3 <= len(seen) <= 6
    assert seen[0] == (0.0, 0)
    assert seen[-1][1] == 1


def test_no_more_frames_than_the_budget_are_looked_at(film: Film) -> None:
    seen = [at for at, _ in video.frames(film(seconds=9), Budget(key_frames=3))]
    assert [round(at) for at in seen] == [0, 3, 6]


def test_a_video_of_too_many_pixels_is_refused_before_it_is_decoded(film: Film) -> None:
    with pytest.raises(Uninspectable, match="too_many_pixels"):
        list(video.frames(film(), Budget(pixels=1000)))


def test_more_frames_than_can_be_decoded_in_good_time_are_refused(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_ALL_PIXELS", 1)
    monkeypatch.setattr(video, "_KEY_PIXELS", 320 * 240)
    with pytest.raises(Uninspectable, match="too_many_frames"):
        list(video.frames(film(), BUDGET))


def test_key_frames_too_far_apart_leave_too_much_unseen(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_ALL_PIXELS", 1)
    monkeypatch.setattr(video, "_LONGEST_BETWEEN", 0.2)
    with pytest.raises(Uninspectable, match="key_frames_too_sparse"):
        list(video.frames(film(), BUDGET))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a video",
        b"ffconcat version 1.0\nfile /proc/self/environ\n",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
    ],
)
def test_what_isnt_a_video_or_names_other_files_is_undecodable(data: bytes) -> None:
    with pytest.raises(Uninspectable, match="undecodable"):
        list(video.frames(data, BUDGET))


def test_every_broken_video_gives_frames_or_a_verdict(film: Film) -> None:
    whole = film(seconds=1)

    @given(st.data())
    def broken(data: st.DataObject) -> None:
        file = bytearray(whole)
        for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=4)):
            file[at] ^= data.draw(st.integers(1, 255))
        with suppress(Uninspectable):
            list(video.frames(bytes(file[: data.draw(st.integers(0, len(file)))]), BUDGET))

    broken()
