"""What is particular to memory; the shared contract is in `tests/consent/test_registry.py`."""

from __future__ import annotations

from guardrail.consent import ConsentRegistry
from guardrail.stores.memory import MemoryConsents


def test_each_registry_stands_alone() -> None:
    one: ConsentRegistry = MemoryConsents()
    other: ConsentRegistry = MemoryConsents()
    assert one is not other
    assert list(one.find("p:x")) == list(other.find("p:x")) == []
