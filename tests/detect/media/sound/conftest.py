from __future__ import annotations

import pytest

from guardrail.detect.media.sound.speech import Speech


@pytest.fixture(scope="session")
def speech() -> Speech:
    return Speech()
