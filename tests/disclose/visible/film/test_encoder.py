"""Each frame becomes one packet, which others decode."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from guardrail.disclose.visible.film import encoder
from guardrail.disclose.visible.film.encoder import Encoder
from guardrail.disclose.visible.unlabelled import Unlabelled
from guardrail.testing import pictures


def ivf(packets: list[bytes], width: int, height: int) -> bytes:
    head = b"DKIF" + bytes((0, 0, 32, 0)) + b"VP90"
    head += width.to_bytes(2, "little") + height.to_bytes(2, "little")
    head += b"".join(one.to_bytes(4, "little") for one in (25, 1, len(packets), 0))
    return head + b"".join(
        len(one).to_bytes(4, "little") + at.to_bytes(8, "little") + one
        for at, one in enumerate(packets)
    )


@pytest.mark.parametrize("size", [(160, 120), (161, 119)])
def test_each_frame_is_a_packet_that_another_decoder_reads(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", raising=False)
    width, height = size
    scene = pictures.scene(width + 20, height)
    frames = [scene[:, at : at + width, ::-1].copy() for at in range(12)]
    with closing(Encoder(width, height)) as one:
        made = [one.encode(frame) for frame in frames]
    assert [packet.is_key for packet in made] == [True] + [False] * 11
    path = tmp_path / "film.ivf"
    path.write_bytes(ivf([packet.data for packet in made], width, height))
    film = cv2.VideoCapture(str(path))
    for frame in frames:
        done, read = film.read()
        assert done
        assert read.shape == frame.shape
        assert cv2.PSNR(read, frame) > 30
    assert not film.read()[0]


def test_the_first_packet_says_what_its_colours_are() -> None:
    spoken = []
    for matrix in (6, 1):
        with closing(Encoder(64, 64, matrix=matrix)) as one:
            head = one.encode(np.zeros((64, 64, 3), np.uint8)).data
        # Frame marker, profile, kinds and the mark of a key frame take 4 bytes; then 3 bits.
        assert head[1:4] == b"\x49\x83\x42"
        spoken.append(head[4] >> 5)
    assert spoken == [1, 2]


def test_a_library_that_isnt_known_isnt_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_DEFAULTS", {**encoder._DEFAULTS, "bitrate": 257})
    with pytest.raises(Unlabelled) as caught:
        Encoder(64, 64)
    assert caught.value.reason == "no_encoder"
    monkeypatch.setattr(encoder, "_VERSIONS", range(2))
    with pytest.raises(Unlabelled):
        Encoder(64, 64)
