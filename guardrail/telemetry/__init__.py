"""What operators watch: Prometheus metrics and, where wanted, OpenTelemetry traces, metrics, logs.

Telemetry is not evidence: it may be dropped, and what is dropped is counted. Labels are few and
closed; no id and no value of a person ever becomes one.
"""

from guardrail.telemetry.metrics import Metrics
from guardrail.telemetry.trail import CURRENT, Trail

__all__ = ["CURRENT", "Metrics", "Trail"]
