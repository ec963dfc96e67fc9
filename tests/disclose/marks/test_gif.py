from __future__ import annotations

import io

import pytest
from PIL import Image

from guardrail.disclose.marks import Claim, Layer, Unmarkable, gif


def _animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=3, comment=b"hello")
    return file.getvalue()


def test_an_animation_keeps_its_frames_and_loops(said: Claim) -> None:
    data = _animated()
    marked = gif.write(data, said)
    with Image.open(io.BytesIO(marked)) as picture:
        assert (getattr(picture, "n_frames", 1), picture.info["loop"]) == (3, 3)
    assert marked.index(b"NETSCAPE2.0") < marked.index(b"XMP DataXMP")


def test_an_old_version_becomes_the_one_with_extensions(
    samples: dict[str, bytes], said: Claim
) -> None:
    marked = gif.write(b"GIF87a" + samples["gif"][6:], said)
    assert marked.startswith(b"GIF89a")
    assert len(list(gif.read(marked))) == 2


def test_a_manifest_is_reported(samples: dict[str, bytes]) -> None:
    data = samples["gif"][:-1] + b"\x21\xff\x0bC2PA_GIF\1\0\0\0\x3b"
    assert [one.layer for one in gif.read(data)] == [Layer.SIGNED]


@pytest.mark.parametrize("end", [b"", b"\x21\xff\x05ab", b"\x99", b"\x2c"])
def test_a_broken_picture_isnt_marked(said: Claim, end: bytes) -> None:
    with pytest.raises(Unmarkable, match=r"truncated|broken_gif"):
        gif.write(b"GIF89a\1\0\1\0\0\0\0" + end, said)


def test_blocks_without_end_arent_read(said: Claim) -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        gif.write(b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xf9\0" * 100_001, said)
