from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import Entry, EntryKind, Value, shard_of
from guardrail.settings import EvidenceSettings, Settings
from guardrail.shells.evidence_log import (
    DEAD_SECONDS,
    check_keys,
    counting,
    log_keys,
    make_sequencer,
    now_us,
    open_writer,
    put_on_record,
    settle,
    start_sequencing,
)
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.stores.stepped import Stepped
from guardrail.telemetry import Metrics
from guardrail.testing import recorded
from guardrail.verify import verify_log

HIT: Value = {"rule": "kz.10", "action": "mask"}
FIELDS: dict[str, Value] = {"dir": "request", "hits": [HIT]}
REQUEST = Entry(kind=EntryKind.REQUEST, req="req_1", fields=FIELDS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    State(tmp_path).make()
    return Settings(state=tmp_path)


def objects_of(settings: Settings) -> ObjectFolder:
    return ObjectFolder(State(settings.state).evidence)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def told(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0.0


def test_whatever_became_durable_is_counted_by_kind_by_rule_and_by_writer(
    settings: Settings,
) -> None:
    metrics = Metrics()
    writer = open_writer(settings, objects_of(settings), metrics)
    (receipt,) = writer.append([REQUEST]).result()
    writer.close()
    registry = metrics.registry
    assert told(registry, "guardrail_audit_records_total", kind="request") == 1
    assert told(registry, "guardrail_audit_records_total", kind="writer.stop") == 1
    decision = {"direction": "request", "rule": "kz.10", "action": "mask"}
    assert told(registry, "guardrail_audit_decisions_total", **decision) == 1
    assert told(registry, "guardrail_audit_writer_records_total", writer=receipt.writer) == 3
    assert told(registry, "guardrail_audit_durable_seconds_count") >= 1


def test_a_writer_refuses_more_than_may_wait(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, evidence=EvidenceSettings(wait_entries=2))
    writer = open_writer(settings, objects_of(settings))
    with pytest.raises(EvidenceError, match="waiting already"):
        writer.append([REQUEST] * 3).result()
    writer.close()


def test_a_process_that_sequences_tells_its_metrics_and_fills_the_index(
    settings: Settings,
) -> None:
    metrics, began = Metrics(), now_us() / 1e6
    sequencing = start_sequencing(settings, objects_of(settings), metrics)
    writer = open_writer(settings, objects_of(settings), metrics)
    (receipt,) = writer.append([REQUEST]).result()
    index = EvidenceIndex(State(settings.state).evidence_index)
    until(lambda: index.position(receipt.writer, receipt.n))
    index.close()
    assert told(metrics.registry, "guardrail_checkpoint_size") >= 3
    assert told(metrics.registry, "guardrail_checkpoint_timestamp_seconds") >= began
    writer.close()
    sequencing.close()
    report = verify_log(objects_of(settings), State(settings.state).evidence_vkey.read_text())
    assert report.ok, str(report)
    assert report.waiting == 0


def test_what_waits_is_told_for_as_long_as_steps_dont_keep_up() -> None:
    metrics = Metrics()
    told_of = counting(metrics)
    metrics.unsealed(50_000)
    told_of(Stepped(leads=True, taken=10_000, size=10_000, more=True))
    assert told(metrics.registry, "guardrail_audit_unsealed_records") == 50_000
    told_of(Stepped(leads=True, taken=10, size=10_010))
    assert told(metrics.registry, "guardrail_audit_unsealed_records") == 0
    assert told(metrics.registry, "guardrail_checkpoint_size") == 10_010


def test_who_leads_no_more_doesnt_go_on_telling_what_waited() -> None:
    metrics = Metrics()
    metrics.unsealed(50_000)
    counting(metrics)(Stepped(leads=False))
    assert told(metrics.registry, "guardrail_audit_unsealed_records") == 0


def test_a_second_signature_is_made_where_it_is_set(tmp_path: Path) -> None:
    for second in (False, True):
        evidence = EvidenceSettings(ml_dsa=second)
        settings = Settings(state=tmp_path / str(second), evidence=evidence)
        State(settings.state).make()
        make_sequencer(settings, objects_of(settings)).close()
        note = objects_of(settings).read(f"{shard_of(now_us())}/checkpoint") or b""
        assert note.decode().count("\n— ") == 1 + second


def test_entries_from_a_command_are_in_the_tree_when_it_returns(settings: Settings) -> None:
    put_on_record(settings, [REQUEST])
    kinds = [entry["t"] for entry in recorded(State(settings.state).evidence)]
    assert kinds.count("request") == 1
    assert list(objects_of(settings).names("wal/")) == []


def test_entries_from_a_command_wait_for_the_guard_that_leads(settings: Settings) -> None:
    leads = make_sequencer(settings, objects_of(settings))
    leads.step()
    put_on_record(settings, [REQUEST])
    assert list(objects_of(settings).names("wal/")) != []
    leads.close()
    assert list(objects_of(settings).names("wal/")) == []


def test_a_log_that_cant_be_settled_is_told_of_unless_it_is_done_in_passing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    objects_of(settings).create(f"{shard_of(now_us())}/key", b"somebody else's")
    settle(settings)
    assert "couldn't be sealed: evidence_another_key" in caplog.text
    with pytest.raises(EvidenceError, match="another key"):
        settle(settings, quietly=False)


def test_a_store_that_cant_even_be_opened_ends_nothing_that_is_done_in_passing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = Settings(state=tmp_path, evidence=EvidenceSettings(store="gopher://gone"))
    settle(gone)
    assert "couldn't be sealed: config_error" in caplog.text
    with pytest.raises(ConfigError):
        settle(gone, quietly=False)


def test_what_a_killed_guard_left_is_taken_in_once_its_lease_is_over(settings: Settings) -> None:
    killed = make_sequencer(settings, objects_of(settings))
    assert killed.step().leads
    put_on_record(settings, [REQUEST])
    settle(settings)
    assert list(objects_of(settings).names("wal/")) != []
    settle(settings, patience=DEAD_SECONDS)
    assert list(objects_of(settings).names("wal/")) == []


# --- Whose log it is ---


def test_a_log_that_hasnt_begun_is_anybodys(settings: Settings) -> None:
    assert check_keys(settings, objects_of(settings)) == ""


def test_a_log_of_ones_own_key_is_named_by_its_half_year(settings: Settings) -> None:
    settle(settings)
    assert check_keys(settings, objects_of(settings)) == shard_of(now_us())


@pytest.mark.parametrize("change", ["key", "origin"])
def test_a_log_of_another_key_or_name_is_refused_before_anything_is_written(
    settings: Settings, tmp_path: Path, change: str
) -> None:
    settle(settings)
    before = sorted(objects_of(settings).names(""))
    others = {
        "key": EvidenceSettings(),
        "origin": EvidenceSettings(key=State(settings.state).evidence_key, origin="other"),
    }
    other = Settings(state=tmp_path / "other", evidence=others[change])
    with pytest.raises(ConfigError, match="another key") as caught:
        check_keys(other, objects_of(settings))
    assert "evidence.key" in caught.value.fix
    assert sorted(objects_of(settings).names("")) == before


def test_the_root_key_is_where_the_settings_say(tmp_path: Path) -> None:
    file = tmp_path / "safe" / "root.pem"
    one, two = (
        log_keys(Settings(state=tmp_path / name, evidence=EvidenceSettings(key=file)))
        for name in ("one", "two")
    )
    assert one.root.private_bytes_raw() == two.root.private_bytes_raw()
    assert one.shard("2026h2").private_bytes_raw() == two.shard("2026h2").private_bytes_raw()
    assert file.exists()
