"""A film of three seconds, 320 x 240, 12 frames a second: H.264, frames out of order, and AAC.

Made by ``ffmpeg -f lavfi -i testsrc2=s=320x240:r=12:d=3 -f lavfi -i sine=f=440:d=3:r=16000 -bf 2
-colorspace bt709 -color_primaries bt709 -color_trc bt709``, from nothing that is anybody's.
WebM was made likewise, ``-bitexact``, with libvpx-vp9 and libopus, and with libvpx and libvorbis.
"""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session", params=["clip.webm", "vp8.webm"])
def webm(request: pytest.FixtureRequest) -> bytes:
    """Return two seconds, 160 x 120, 12 frames a second: VP9 and Opus, or VP8 and Vorbis."""
    return (Path(__file__).parent / str(request.param)).read_bytes()


@pytest.fixture(scope="session")
def clip() -> bytes:
    return (Path(__file__).parent / "clip.mp4").read_bytes()
