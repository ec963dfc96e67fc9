"""`guardrail mcp`, as far as it needs no client: `tests/e2e/test_mcp.py` has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_a_server_that_cannot_be_started_is_told_of(guardrail: Run) -> None:
    ran = guardrail("mcp", "--", "./no-such-server", "--flag")
    assert ran.code == 2
    assert ran.out == ""
    assert "can't start ./no-such-server" in ran.err


def test_a_server_has_to_be_named(guardrail: Run) -> None:
    ran = guardrail("mcp")
    assert ran.code == 2
    assert "COMMAND" in ran.err
