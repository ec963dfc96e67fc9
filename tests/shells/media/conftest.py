"""One pool with a real worker for the tests of a module; starting one takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guardrail.shells.media import MediaPool


@pytest.fixture(scope="module")
def pool() -> Iterator[MediaPool]:
    pool = MediaPool(1, seconds=30)
    yield pool
    pool.close()
