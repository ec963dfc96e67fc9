from __future__ import annotations

from guardrail.detect.text.names.shipped import network


def test_the_network_is_read_once() -> None:
    assert network("fast") is network("fast")
    assert network("fast") is not network("standard")
