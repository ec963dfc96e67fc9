"""One finder of faces for all tests of pictures."""

from __future__ import annotations

import pytest

from guardrail.detect.media.pictures.faces import Faces


@pytest.fixture(scope="session")
def faces() -> Faces:
    return Faces()
