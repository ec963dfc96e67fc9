import os
import socket

import pytest
from hypothesis import settings

settings.register_profile("fast", max_examples=25)
settings.register_profile("ci", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def free_ports() -> tuple[int, int]:
    """Return two ports of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
