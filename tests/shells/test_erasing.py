import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import Entry
from guardrail.policy import load_packs
from guardrail.settings import Settings
from guardrail.shells import erasing
from guardrail.shells.erasing import (
    DailyPruning,
    epoch_keys,
    open_keeper,
    opened_details,
    prune,
    pruner,
)
from guardrail.shells.evidence_log import now_us
from guardrail.shipped import shipped
from guardrail.stores.pruning import DAY_US, Plan, Stopped
from guardrail.stores.state import State
from guardrail.testing.objects import MemoryObjects

KZ = load_packs(shipped("policies"), ["kz-230-viii"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    State(tmp_path).make()
    return Settings.model_validate({"state": tmp_path, "evidence": {"details": "refused"}})


def test_nothing_is_kept_unless_the_operator_asks_for_it(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assert open_keeper(settings) is None
    with opened_details(settings) as details:
        assert details is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_can_be_opened_after_the_operator_has_switched_it_off(
    settings: Settings,
) -> None:
    keeper = open_keeper(settings)
    assert keeper is not None
    kept = keeper._details.put(b"x", subject="", request="req_1", made=1)
    keeper.close()
    with opened_details(Settings(state=settings.state)) as details:
        assert details is not None
        assert details.open(kept.id) == b"x"


def test_a_run_deletes_by_the_packs_and_the_settings_and_makes_the_next_key(
    settings: Settings,
) -> None:
    keeper = open_keeper(settings)
    assert keeper is not None
    now = now_us()
    old, young = (
        keeper._details.put(b"x", subject="", request=f"req_{days}", made=now - days * DAY_US)
        for days in (31, 29)
    )
    keeper.close()
    record: list[Entry] = []
    plan = prune(settings, KZ, MemoryObjects(), record.append)
    assert [one.id for one in plan.details] == [old.id]
    assert now - 1095 * DAY_US <= plan.until <= now_us() - 1095 * DAY_US
    with opened_details(settings) as details:
        assert details is not None
        assert details.open(young.id) == b"x"
    assert epoch_keys(settings).epochs()
    assert [one.fields["reason"] for one in record] == ["details"]


def test_less_than_the_packs_ask_for_deletes_nothing(tmp_path: Path) -> None:
    short = Settings.model_validate({"state": tmp_path, "evidence": {"retention_days": 100}})
    with pytest.raises(ConfigError, match="183 days at least"):
        pruner(short, KZ, MemoryObjects(), lambda _: None).__enter__()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_once_a_day_it_is_done_whatever_happened_the_day_before(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(erasing, "EVERY_SECONDS", 0.01)
    done: list[object] = []
    outcomes = iter([EvidenceError("full"), KeyError("900101300017"), None])

    def run(_: Callable[[], bool]) -> Plan:
        done.append(None)
        outcome = next(outcomes, None)
        if outcome is not None:
            raise outcome
        return Plan(until=0, epochs=("2026h1",))

    caplog.set_level(logging.INFO, "guardrail")
    daily = DailyPruning(run)
    until(lambda: len(done) > 3)
    daily.close()
    told = [one.getMessage() for one in caplog.records]
    assert told[0].endswith("full")
    assert told[1].endswith("KeyError")
    assert "1 keys of pseudonyms" in told[2]
    assert "900101300017" not in caplog.text


def test_it_isnt_done_before_its_time_and_not_after_the_end() -> None:
    done: list[object] = []

    def run(_: Callable[[], bool]) -> Plan:
        done.append(None)
        return Plan(until=0)

    daily = DailyPruning(run)
    time.sleep(0.05)
    daily.close()
    daily.close()
    assert done == []


def test_the_end_doesnt_wait_for_a_long_run(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "FIRST_SECONDS", 0.0)
    began = threading.Event()

    def run(stopping: Callable[[], bool]) -> Plan:
        began.set()
        until(stopping)  # a bundle after the other
        raise Stopped

    daily = DailyPruning(run)
    assert began.wait(20)
    before = time.monotonic()
    daily.close()
    assert time.monotonic() - before < 5
    assert not caplog.records, "nothing went wrong"
