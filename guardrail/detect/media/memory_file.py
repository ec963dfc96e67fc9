"""A file in memory for libraries that open paths only: it never touches a disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def memory_file(data: bytes) -> Iterator[str]:
    """Give the path of an anonymous file that holds `data` (``memfd_create``), for as long."""
    handle = os.memfd_create("medium", os.MFD_CLOEXEC)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
