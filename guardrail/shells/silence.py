"""What a process must not say when it fails: exceptions and memory hold what people wrote."""

from __future__ import annotations

import logging
import resource
import sys
import threading

log = logging.getLogger("guardrail")


def keep_silent() -> None:
    """Leave no core file, and tell what nobody caught by its type alone.

    Holds for this process and those that it forks.
    """
    # A core file is the memory as it was, messages included, in whatever directory that is.
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    threading.excepthook = lambda told: _uncaught(told.exc_type)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type)


def _uncaught(kind: type[BaseException]) -> None:
    log.critical("something failed that nobody expected: %s", kind.__name__)
