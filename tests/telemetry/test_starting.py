from __future__ import annotations

import subprocess
import sys

import pytest

from guardrail.errors import ConfigError
from guardrail.settings import Telemetry
from guardrail.telemetry import Metrics
from guardrail.telemetry.starting import check, sender_for

SCRIPT = """
import sys
from guardrail.facts import Action, Decision
from guardrail.settings import Telemetry
from guardrail.shells.tracing import Tracing
from guardrail.telemetry import Metrics
from guardrail.telemetry.starting import check, sender_for

settings = Telemetry(traces=sys.argv[1])
check(settings)
sender = sender_for(settings, Metrics(), "1")
if sender is not None:
    with Tracing(settings, sender.outbox).follow("POST", ()):
        pass
    sender.stop(5)
print("opentelemetry.sdk" in sys.modules)
"""


def run(traces: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, traces],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_spans_reach_the_console() -> None:
    assert '"name": "guardrail.request"' in run("console")


def test_without_anything_to_send_opentelemetry_isnt_even_imported() -> None:
    assert run("off") == "False\n"


def test_nothing_is_started_where_nothing_is_sent() -> None:
    assert sender_for(Telemetry(), Metrics(), "1") is None


@pytest.mark.parametrize(
    ("settings", "environment"),
    [
        ({"conventions": "none"}, {}),
        ({"metrics": "otlp"}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "carrier-pigeon"}),
    ],
)
def test_what_cant_be_sent_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError):
        check(Telemetry.model_validate(settings))
