"""A session takes messages both ways in the runner's order, and knows when it must end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.errors import UpstreamError
from guardrail.facts import RawRequest
from guardrail.settings import Unmatched
from guardrail.shells.answers import Admitted
from guardrail.shells.assembly import Assembly
from guardrail.shells.websocket_session import (
    INTERNAL_ERROR,
    NORMAL,
    POLICY_VIOLATION,
    LiveSession,
    Told,
    open_session,
)
from guardrail.testing import MemoryLog

Assembled = Callable[..., tuple[Assembly, MemoryLog]]
IIN, MASKED = "900101300017", "<KZ_IIN_1>"


async def session(assembled: Assembled, personal_data: str) -> LiveSession:
    assembly, _ = assembled(personal_data=personal_data, unmatched=Unmatched(ai="generic"))
    runner = assembly.runner()
    admitted = await runner.admit(RawRequest(method="WEBSOCKET", path="/v1/other"))
    assert isinstance(admitted, Admitted)
    live = await open_session(runner, admitted)
    assert isinstance(live, LiveSession)
    return live


async def test_messages_are_masked_both_ways_and_the_session_goes_on(assembled: Assembled) -> None:
    live = await session(assembled, "mask")
    assert await live.take(f"my {IIN}") == f"my {MASKED}"
    assert await live.take("hello") == "hello"
    assert await live.bring(f"your {IIN}") == [f"your {MASKED}"]
    assert live.close_code is None
    assert await live.finish() == []
    assert live.close_code == NORMAL


async def test_a_refused_message_stays_here_and_a_refused_answer_ends_it(
    assembled: Assembled,
) -> None:
    live = await session(assembled, "refuse")
    told = await live.take(f"my {IIN}")
    assert isinstance(told, Told)
    assert "content_policy_violation" in told.text
    assert live.close_code is None
    said = await live.bring(f"your {IIN}")
    assert not any(IIN in str(one) for one in said)


@pytest.mark.parametrize("code", ["upstream_reset"])
async def test_a_fault_ends_it_with_an_error(assembled: Assembled, code: str) -> None:
    live = await session(assembled, "mask")
    said = await live.break_off(UpstreamError("gone", code=code))
    assert code in str(said)
    assert live.close_code == INTERNAL_ERROR
    assert live.close_code != POLICY_VIOLATION
