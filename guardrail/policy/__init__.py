"""Law as data: packs of rules that cite articles, and the judge that applies them."""

from guardrail.policy.cases import Case, failures, load_cases
from guardrail.policy.explain import explain
from guardrail.policy.judge import Judge
from guardrail.policy.pack import (
    Pack,
    Rule,
    load_packs,
    pack_names,
    strictest_reminder,
    strictest_thresholds,
)
from guardrail.policy.retention import Retention, retention_days
from guardrail.policy.situation import Choices, Situation

__all__ = [
    "Case",
    "Choices",
    "Judge",
    "Pack",
    "Retention",
    "Rule",
    "Situation",
    "explain",
    "failures",
    "load_cases",
    "load_packs",
    "pack_names",
    "retention_days",
    "strictest_reminder",
    "strictest_thresholds",
]
