"""The shipped wire formats, read once a process."""

from __future__ import annotations

from functools import cache

from guardrail.shipped import shipped
from guardrail.wire import Wires, load_wires


@cache
def shipped_wires() -> Wires:
    """Return every wire format that the package ships."""
    return load_wires(shipped("adapters"))
