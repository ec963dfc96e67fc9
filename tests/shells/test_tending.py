from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.evidence import Entry, EntryKind
from guardrail.policy import load_packs
from guardrail.settings import EvidenceSettings, Settings
from guardrail.shells import anchoring, erasing
from guardrail.shells.evidence_log import make_sequencer, now_us, open_writer
from guardrail.shells.tending import Tending
from guardrail.shipped import shipped
from guardrail.stores.details import SqliteDetails
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.pruning import DAY_US
from guardrail.stores.state import State
from guardrail.telemetry import Metrics
from guardrail.testing import recorded
from guardrail.verify import verify_log

KZ = load_packs(shipped("policies"), ["kz-230-viii"])
ERROR = Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "too_deep"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    state = State(tmp_path / "state")
    state.make()
    push = (str(tmp_path / "pushed"),)
    evidence = EvidenceSettings(push=push, anchor_minutes=0.001)
    return Settings(state=state.root, evidence=evidence)


def objects_of(settings: Settings) -> ObjectFolder:
    return ObjectFolder(State(settings.state).evidence)


def kinds(settings: Settings) -> list[str]:
    return [entry["t"] for entry in recorded(State(settings.state).evidence)]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def assert_sealed(settings: Settings) -> None:
    report = verify_log(objects_of(settings), State(settings.state).evidence_vkey.read_text())
    assert report.ok, str(report)
    assert report.waiting == 0


def test_it_seals_anchors_and_in_the_end_takes_in_what_it_said_itself(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "RETRY_SECONDS", 0.05)
    (tmp_path / "pushed").mkdir()
    began = now_us() / 1e6
    metrics = Metrics()
    tending = Tending(settings, metrics, None, lambda: KZ)
    until(lambda: list((tmp_path / "pushed").iterdir()))
    until(lambda: "log.anchor" in kinds(settings))
    tending.close()
    assert_sealed(settings)
    said = kinds(settings)
    assert said.count("writer.start") == said.count("writer.stop") == 2  # the sequencer's, too
    witnessed = metrics.registry.get_sample_value("guardrail_witness_timestamp_seconds")
    assert witnessed is not None
    assert witnessed >= began


def test_what_a_guards_own_writer_was_given_is_in_the_tree_after_the_end(
    settings: Settings,
) -> None:
    metrics = Metrics()
    writer = open_writer(settings, objects_of(settings), metrics)
    tending = Tending(settings, metrics, writer, lambda: KZ)
    writer.append([ERROR] * 3)
    tending.close()
    assert_sealed(settings)
    assert kinds(settings).count("error") == 3


def test_who_leads_prunes_the_log_and_everybody_their_own_bodies(settings: Settings) -> None:
    other = make_sequencer(settings, objects_of(settings))
    other.step()
    state = State(settings.state)
    with SqliteDetails(state.details, load_or_create_secret(state.details_key)) as details:
        old = details.put(b"x", subject="p:1", request="req_1", made=now_us() - 31 * DAY_US)
    tending = Tending(settings, Metrics(), None, lambda: KZ)
    time.sleep(0.2)
    plan = tending.prune(KZ)
    assert (plan.shards, [one.id for one in plan.details]) == ((), [old.id])
    other.close()
    until(lambda: tending.sequencing.leads)
    plan = tending.prune(KZ)
    tending.close()
    assert len(plan.shards) == 1
    assert plan.entries == 0, "nothing is old enough"


def test_old_bodies_go_by_themselves(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "FIRST_SECONDS", 0.05)
    state = State(settings.state)
    with SqliteDetails(state.details, load_or_create_secret(state.details_key)) as details:
        old = details.put(b"x", subject="p:1", request="req_1", made=now_us() - 31 * DAY_US)
        tending = Tending(settings, Metrics(), None, lambda: KZ)
        until(lambda: details.open(old.id) is None)
    until(lambda: "erasure" in kinds(settings))
    tending.close()
    assert_sealed(settings)


def test_an_anchor_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    State(tmp_path).make()
    evidence = EvidenceSettings(witnesses=("https://witness.example",))
    with pytest.raises(ConfigError, match="witness"):
        Tending(Settings(state=tmp_path, evidence=evidence), Metrics(), None, lambda: KZ)


def test_a_log_that_cant_be_sealed_is_a_problem_after_a_while(settings: Settings) -> None:
    metrics = Metrics()
    tending = Tending(settings, metrics, None, lambda: KZ)
    try:
        folder = State(settings.state).evidence
        until(lambda: list(folder.glob("*h?/checkpoint")))
        assert tending.problems() == []
        (state,) = folder.glob("*h?/state")
        sound = state.read_bytes()
        state.write_bytes(b"{}")
        until(lambda: tending.problems(1.5))
        assert tending.problems(1.5) == [
            "the evidence log isn't being sealed: the sequencer's state is damaged"
        ]
        assert tending.problems() == [], "a minute isn't over"
        state.write_bytes(sound)
        until(lambda: not tending.problems(1.5))
    finally:
        tending.close()
