from __future__ import annotations

import io

import pytest
from PIL import Image

from guardrail.disclose.marks import Claim, Layer, Unmarkable, tiff


def test_all_pages_stay_and_a_reader_finds_the_packet(said: Claim) -> None:
    file = io.BytesIO()
    pages = [Image.new("L", (9, 9), shade) for shade in (1, 2)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    marked = tiff.write(file.getvalue(), said)
    with Image.open(io.BytesIO(marked)) as picture:
        assert getattr(picture, "n_frames", 1) == 2
        assert said.source_type.encode() in picture.info["xmp"]
    assert marked[8 : len(file.getvalue())] == file.getvalue()[8:]


def test_a_manifest_is_reported(samples: dict[str, bytes], said: Claim) -> None:
    marked = tiff.write(samples["tiff"], said)
    signed = marked.replace(b"\xbc\x02\1\0", b"\x41\xcd\1\0")
    assert [one.layer for one in tiff.read(signed)] == [Layer.SIGNED]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"II\x11\0", "broken_tiff"),
        (b"XX*\0\0\0\0\0", "broken_tiff"),
        (b"II*\0\xff\0\0\0", "truncated"),
        (b"II*\0\x08\0\0\0\xff\xff" + bytes(20), "too_many_parts"),
        (b"MM\0*\0\0\0\x08\0\1" + bytes(3), "truncated"),
    ],
)
def test_a_broken_file_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        tiff.write(data, said)
    assert list(tiff.comments(data)) == []
