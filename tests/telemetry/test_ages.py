from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Gauge

from guardrail.telemetry.ages import AGES, Ages

AT = "guardrail_checkpoint_timestamp_seconds"


def test_an_age_grows_while_its_time_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = CollectorRegistry()
    at = Gauge(AT, "When.", registry=CollectorRegistry())
    registry.register(Ages(at.collect))
    ages = []
    at.set(1_000)
    for now in (1_001.0, 1_060.0, 999.0):
        monkeypatch.setattr("time.time", lambda now=now: now)
        ages.append(registry.get_sample_value("guardrail_checkpoint_age_seconds"))
    assert ages == [1, 60, 0], "a clock that went back makes nothing younger than new"


def test_a_time_that_never_was_has_no_age() -> None:
    at = Gauge(AT, "When.", registry=CollectorRegistry())
    other = Gauge("guardrail_other_seconds", "When.", registry=CollectorRegistry())
    other.set(5)
    (age,) = Ages(lambda: (*at.collect(), *other.collect())).collect()
    assert (age.name, age.samples) == ("guardrail_checkpoint_age_seconds", [])


def test_ages_say_their_names_beforehand() -> None:
    told = {family.name for family in Ages(lambda: ()).describe()}
    assert told == {name for name, _ in AGES.values()}
