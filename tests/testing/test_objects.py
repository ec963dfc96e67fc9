"""What is particular to the fake; the rest is in `tests/stores/test_objects.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import Objects
from guardrail.testing import MemoryObjects


def test_it_shows_what_it_holds() -> None:
    memory = MemoryObjects()
    objects: Objects = memory
    assert objects.create("b", b"two")
    assert objects.create("a", b"one")
    assert memory.held == {"a": b"one", "b": b"two"}
    objects.close()


def test_it_fails_in_every_call_while_it_is_told_to() -> None:
    objects = MemoryObjects()
    objects.create("a", b"one")
    objects.failing = True
    calls: list[Callable[[], object]] = [
        lambda: objects.read("a"),
        lambda: objects.create("a", b"one"),
        lambda: objects.swap("a", b"two", expected=b"one"),
        lambda: objects.delete(["a"]),
        lambda: objects.names(""),
    ]
    for call in calls:
        with pytest.raises(EvidenceError):
            call()
    objects.failing = False
    assert objects.read("a") == b"one"
