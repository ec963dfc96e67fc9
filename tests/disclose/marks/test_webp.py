from __future__ import annotations

import io

import pytest
from PIL import Image

from guardrail.disclose.marks import Claim, Unmarkable, riff, webp


def _file(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize("how", [{}, {"lossless": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_simple_file_becomes_an_extended_one(
    said: Claim, how: dict[str, bool], mode: str
) -> None:
    file = io.BytesIO()
    Image.new(mode, (300, 7), (1, 2, 3, 99)[: len(mode)]).save(file, "WEBP", **how)
    marked = webp.write(file.getvalue(), said)
    head = riff.read(marked).chunks[0]
    flags, *_ = body = riff.read(marked).body(head)
    sides = [int.from_bytes(bytes(body[at : at + 3]), "little") + 1 for at in (4, 7)]
    assert (head.kind, sides) == (b"VP8X", [300, 7])
    assert bool(flags & 0x04)
    assert bool(flags & 0x10) == (mode == "RGBA")
    with Image.open(io.BytesIO(marked)) as picture, Image.open(file) as before:
        assert picture.info["xmp"].startswith(b"<?xpacket")
        assert picture.tobytes() == before.tobytes()


def test_an_animation_keeps_its_frames(said: Claim) -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(webp.write(file.getvalue(), said))) as picture:
        assert getattr(picture, "n_frames", 1) == 3


def test_a_flag_that_is_missing_is_set(samples: dict[str, bytes], said: Claim) -> None:
    marked = bytearray(webp.write(samples["webp"], said))
    marked[20] &= ~0x04
    assert webp.write(bytes(marked), said)[20] & 0x04


def test_what_is_behind_the_picture_stays(samples: dict[str, bytes], said: Claim) -> None:
    assert webp.write(samples["webp"] + b"behind", said).endswith(b"behind")


@pytest.mark.parametrize(
    "chunks",
    [(), (b"abcd\0\0\0\0",), (riff.chunk(b"VP8L", b"x" * 9),), (riff.chunk(b"VP8 ", bytes(10)),)],
)
def test_what_isnt_a_picture_isnt_marked(said: Claim, chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(Unmarkable, match="broken_webp"):
        webp.write(_file(*chunks), said)
