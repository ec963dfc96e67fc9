from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from guardrail.testing import FakeUpstream
from guardrail.testing.upstream import answer

Run = Callable[..., Any]


async def test_a_sound_setup_ends_with_0_and_says_what_is_effective(guardrail: Run) -> None:
    async with FakeUpstream([answer(200, b"{}")]) as upstream:
        ran = await asyncio.to_thread(
            guardrail, "doctor", "--upstream", upstream.url, "--policy", "eu-ai-act", "--state", "s"
        )
    assert ran.code == 0, ran.out
    assert ran.out.count("ok  ") == 12
    assert f"upstream: {upstream.url}" in ran.out
    assert "- eu-ai-act" in ran.out


def test_a_fault_ends_with_1_and_says_what_mends_it(guardrail: Run) -> None:
    ran = guardrail("doctor", "--policy", "kz-230-vii", "--state", "s")
    assert ran.code == 1
    assert "NO  policy packs: " in ran.out
    assert "did you mean 'kz-230-viii'" in ran.out
    assert "NO  upstream: none → name the AI endpoint with --upstream URL" in ran.out
    assert ran.out.count("ok  ") == 10


def test_settings_that_cant_be_read_end_with_2(guardrail: Run) -> None:
    assert guardrail("doctor", "--config", "none.yaml").code == 2
