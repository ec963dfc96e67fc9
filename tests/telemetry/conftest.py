from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.facts import Action, Category, Decision, Finding, Hit
from guardrail.telemetry import Metrics, Trail
from guardrail.telemetry.trail import Made

TRACE, SPAN, CALLER = "0af7651916cd43dd8448eb211c80319c", "00f067aa0ba902b7", "b7ad6b7169203331"


@pytest.fixture
def finding() -> Finding:
    return Finding(
        segment=0,
        start=0,
        end=12,
        entity="KZ_IIN",
        category=Category.PERSONAL,
        score=1,
        recognizer="r@1",
    )


@pytest.fixture
def decision() -> Decision:
    """A decision whose second rule decided it."""
    return Decision(
        action=Action.MASK,
        actions=(Action.MASK,),
        hits=(
            Hit(rule="kz.21", article="230-VIII art. 21", pack="kz@2026.1", action=Action.ALLOW),
            Hit(rule="kz.10", article="230-VIII art. 10", pack="kz@2026.1", action=Action.MASK),
        ),
    )


@pytest.fixture
def trail() -> Callable[..., Trail]:
    """Return what makes a request that is over, sampled, with decisions of some actions."""

    def make(*actions: Action, **changes: object) -> Trail:
        made = Trail("POST")
        made.trace_id, made.span_id, made.parent = TRACE, SPAN, CALLER
        made.sampled, made.begun, made.ended = True, 1_000, 2_000
        made.request_id, made.wire, made.operation = "req_1", "openai-chat", "chat"
        made.route, made.outcome, made.status = "openai-chat/chat", "allowed", 200
        for name, value in changes.items():
            setattr(made, name, value)
        made.made += [_made(action) for action in actions]
        return made

    return make


def _made(action: Action) -> Made:
    hit = Hit(rule="kz.10", article="230-VIII art. 10", pack="kz@2026.1", action=action)
    return 1_500, "request", Decision(action=action, hits=(hit,)), ()


@pytest.fixture
def value() -> Callable[..., float | None]:
    """Return what reads one sample."""

    def read(metrics: Metrics, name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    return read
