from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, picture_size
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.moving import fill_frames
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import Pixels, animation, encoded, scene, with_portrait

BUDGET = Budget()


def film(count: int = 5, *faces: int) -> list[Pixels]:
    """Return frames that all differ, some of them with a face."""
    empty = [scene(240, 200) // 2 + 6 * number for number in range(count)]
    return [
        with_portrait(ground, 40 + 3 * number, 20, 128) if number in faces else ground
        for number, ground in enumerate(empty)
    ]


def sized(data: bytes) -> Size:
    return picture_size(data, sniff(data))


def shown(data: bytes) -> list[Pixels]:
    with Image.open(io.BytesIO(data)) as image:
        out = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            out.append(np.asarray(image.convert("RGB"), np.uint8)[:, :, ::-1])
        return out


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_face_is_filled_in_every_frame_of_every_format(kind: str, faces: Faces) -> None:
    data = animation(film(5, 1, 3), kind)
    done = fill_frames(data, sized(data), [], faces=faces, budget=BUDGET)
    assert done.mime == sniff(data).mime.replace("apng", "png")
    frames = shown(done.data)
    assert len(frames) == 5
    for frame in frames:
        assert not faces.candidates(frame, side=1280, least=0.7)
        assert frame[60:120, 80:140].max() < 60, "the same place in all"
        assert frame[:16, :16].mean() > 10, "and no other"


def test_boxes_that_are_told_are_filled_too(faces: Faces) -> None:
    data = animation(film(3), "GIF")
    done = fill_frames(data, sized(data), [(100, 100, 40, 40)], faces=faces, budget=BUDGET)
    assert all(frame[100:140, 100:140].max() == 0 for frame in shown(done.data))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_it_plays_as_it_did(kind: str, faces: Faces) -> None:
    images = [Image.fromarray(frame[:, :, ::-1].copy()) for frame in film(3, 1)]
    out = io.BytesIO()
    stays = [100, 250, 400]
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=stays, loop=3)
    data = out.getvalue()
    done = fill_frames(data, sized(data), [], faces=faces, budget=BUDGET)
    with Image.open(io.BytesIO(done.data)) as image:
        assert image.info["loop"] == 3
        for number, milliseconds in enumerate(stays):
            image.seek(number)
            image.load()
            assert image.info["duration"] == milliseconds


def test_what_is_too_long_or_has_pages_isnt_changed(faces: Faces) -> None:
    for data, reason in (
        (animation(film(41), "GIF"), "too_many_frames"),
        (animation([scene(1000, 900) // 2 + 9 * n for n in range(3)], "GIF"), "too_many_frames"),
        (animation(film(2, 0), "TIFF"), "cannot_redact"),
    ):
        with pytest.raises(Uninspectable, match=reason):
            fill_frames(data, sized(data), [], faces=faces, budget=BUDGET)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_broken_animation_is_a_verdict_or_a_picture(drawn: st.DataObject) -> None:
    data = bytearray(SMALL)
    for at in drawn.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
        data[at] ^= drawn.draw(st.integers(1, 255))
    broken = bytes(data[: drawn.draw(st.integers(20, len(data)))])
    try:
        done = fill_frames(broken, Size(24, 20, 3), [], faces=FACES, budget=BUDGET)
    except Uninspectable:
        return
    assert shown(done.data)


SMALL = animation([frame[::10, ::10] for frame in film(3)], "GIF")
FACES = Faces()


def test_a_still_picture_stays_one(faces: Faces) -> None:
    data = encoded(film(1, 0)[0], ".png")
    assert len(shown(fill_frames(data, sized(data), [], faces=faces, budget=BUDGET).data)) == 1
