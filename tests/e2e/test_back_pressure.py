"""A store that is slow: what may wait, waits; what may not is refused, or passed and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.conftest import PostgresServer
    from tests.e2e.conftest import Guard


WAITING = 2
ASKED = 8
ANTHROPIC = {
    "model": "m",
    "max_tokens": 5,
    "messages": [{"role": "user", "content": "Hi"}],
}


@contextmanager
def slow(server: PostgresServer) -> Iterator[None]:
    """Let nobody write into the store for now."""
    with psycopg.connect(server.url) as connection:
        connection.execute("LOCK TABLE guardrail_objects IN EXCLUSIVE MODE")
        yield


@pytest.fixture
def begun(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    fresh_postgres: PostgresServer,
) -> Iterator[Callable[..., Guard]]:
    """Return what starts a guard in which very little may wait."""
    made: list[Guard] = []

    def begin(*flags: str) -> Guard:
        evidence = {"store": fresh_postgres.url, "wait_entries": WAITING}
        guard = start(the_assistant[1], *flags, config={"evidence": evidence})
        assert guard.chat("Hi").status_code == 200
        made.append(guard)
        return guard

    yield begin
    for guard in made:
        guard.stop()
        guard.kill()


def asked_while_slow(
    guard: Guard, server: PostgresServer, ask: Callable[[Guard], httpx.Response]
) -> tuple[list[httpx.Response], list[httpx.Response]]:
    """Ask side by side while nothing can be written.

    Returns:
        the answers that came meanwhile, and those that came once there could be written again.
    """
    with ThreadPoolExecutor(ASKED) as callers:
        with slow(server):
            futures: list[Future[httpx.Response]] = []
            for _ in range(ASKED):
                futures.append(callers.submit(ask, guard))
                time.sleep(0.1)  # so that the first is under way, and the next ones wait
            time.sleep(0.5)
            early = [one for one in futures if one.done()]
        return (
            [one.result() for one in early],
            [one.result() for one in futures if one not in early],
        )


def chat(guard: Guard) -> httpx.Response:
    return guard.chat("Hi")


def message(guard: Guard) -> httpx.Response:
    return guard.post(ANTHROPIC, "/v1/messages")


def test_what_may_not_wait_any_more_is_refused_in_the_callers_format_until_the_store_recovers(
    begun: Callable[..., Guard], fresh_postgres: PostgresServer
) -> None:
    guard = begun()
    refused, waited = asked_while_slow(guard, fresh_postgres, chat)
    assert len(refused) >= ASKED - WAITING - 1
    for one in refused:
        assert one.status_code == 503
        assert one.json()["error"]["code"] == "evidence_unavailable"
        assert "are waiting already" in one.json()["error"]["message"]
        assert one.headers["guardrail-evidence"] == "unavailable"
    assert 200 in {one.status_code for one in waited}
    assert guard.counted("guardrail_fail_closed_total") >= len(refused)
    refused, waited = asked_while_slow(guard, fresh_postgres, message)
    assert {(one.status_code, one.json()["type"]) for one in refused} == {(503, "error")}
    assert {one.status_code for one in (guard.chat("Hi") for _ in range(3))} == {200}
    assert guard.ready()


def test_with_fail_open_it_passes_without_evidence_and_is_counted(
    begun: Callable[..., Guard], fresh_postgres: PostgresServer
) -> None:
    guard = begun("--fail", "open")
    passed, waited = asked_while_slow(guard, fresh_postgres, chat)
    assert passed
    assert {one.status_code for one in passed + waited} == {200}
    assert {one.headers["guardrail-evidence"] for one in passed} == {"unavailable"}
    assert guard.counted("guardrail_fail_open_total") >= len(passed)
    assert guard.chat("Hi").headers["guardrail-evidence"] != "unavailable"
