"""A film of three seconds, 320 x 240, 12 frames a second: H.264, frames out of order, and AAC.

Made by ``ffmpeg -f lavfi -i testsrc2=s=320x240:r=12:d=3 -f lavfi -i sine=f=440:d=3:r=16000 -bf 2
-colorspace bt709 -color_primaries bt709 -color_trc bt709``, from nothing that is anybody's.
"""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def clip() -> bytes:
    return (Path(__file__).parent / "clip.mp4").read_bytes()
