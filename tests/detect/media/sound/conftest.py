from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.detect.media.sound.speech import Speech


@pytest.fixture(scope="session")
def speech() -> Speech:
    return Speech()


@pytest.fixture(scope="session")
def sample() -> Callable[[str], bytes]:
    """Return what reads a file of this folder.

    They hold one second and a half of `guardrail.testing.sounds.voice`, or a tone, or the voice
    between two tones: nobody's voice.
    Made by Debian's ``ffmpeg -bitexact``, HE-AAC with libfdk-aac, AMR by SoX;
    films show one grey colour.
    """
    return lambda name: (Path(__file__).parent / name).read_bytes()
