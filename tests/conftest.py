import gc
import os
import socket
import sys
from collections.abc import Generator

import pytest
from hypothesis import is_hypothesis_test, settings

settings.register_profile("fast", max_examples=25)
settings.register_profile("ci", max_examples=35, derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Don't measure coverage in property tests: it doubles their time, and tells nothing new."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Let nothing trace what coverage isn't measured of.

    In a worker of pytest-xdist pytest-cov starts coverage twice: pausing the one wakes the other.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the tests do: thousands of cases and formats."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def free_ports() -> tuple[int, int]:
    """Return two ports of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
