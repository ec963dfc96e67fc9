"""Checkpoints leave the house in their time, and what came of it is on record."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.settings import Settings
from guardrail.settings.evidence import EvidenceSettings
from guardrail.shells import anchoring
from guardrail.shells.anchoring import Anchored, Anchoring, AnchoringThread
from guardrail.shells.anchors import Held
from guardrail.testing.log_of_tiles import YEAR_2026_H2, LogOfTiles
from guardrail.testing.objects import MemoryObjects


class Outside:
    """An anchor that fails when it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.code = ""
        self.seen: list[tuple[str, int]] = []

    def anchor(self, held: Held) -> None:
        if self.code:
            raise EvidenceError("it failed", code=self.code)
        self.seen.append((held.shard, held.checkpoint.size))


class House:
    """A log with two anchors, and what was said of them."""

    def __init__(self, *, every: float = 600.0, log: LogOfTiles | None = None) -> None:
        self.log = log or LogOfTiles()
        self.one, self.other = Outside("timestamp"), Outside("witness:w")
        self.entries: list[Entry] = []
        self.confirmed = 0
        self.now = YEAR_2026_H2
        self.anchoring = Anchoring(
            self.log.objects,
            self.log.root,
            [self.one, self.other],
            record=self.record,
            confirmed=self.confirm,
            every=every,
            clock=lambda: self.now,
        )

    def record(self, entries: Sequence[Entry]) -> None:
        self.entries += entries

    def confirm(self) -> None:
        self.confirmed += 1

    @property
    def said(self) -> list[tuple[object, object, object]]:
        fields = [one.fields for one in self.entries if one.kind is EntryKind.LOG_ANCHOR]
        return [(one["anchor"], one["size"], one.get("code", "")) for one in fields]


def test_the_newest_checkpoint_is_anchored_everywhere_and_on_record() -> None:
    house = House()
    note = house.log.grow(7)
    house.anchoring.tick()
    assert house.one.seen == house.other.seen == [("2026h2", 7)]
    assert house.said == [("timestamp", 7, ""), ("witness:w", 7, "")]
    assert house.entries[0].fields["ok"] is True
    assert house.entries[0].fields["origin"] == "guard.example/2026h2"
    assert house.log.objects.held["2026h2/anchors/7.note"] == note
    assert house.confirmed == 1


def test_nothing_is_due_before_the_time_is_up() -> None:
    house = House()
    house.log.grow(7)
    pause = house.anchoring.tick()
    assert 590 < pause <= 600
    house.log.grow(1)
    house.anchoring.tick()
    assert house.one.seen == [("2026h2", 7)]


def test_a_larger_log_is_anchored_again_and_the_same_isnt() -> None:
    house = House(every=0.0)
    house.log.grow(7)
    house.anchoring.tick()
    house.anchoring.tick()
    house.log.grow(1)
    house.anchoring.tick()
    assert house.one.seen == [("2026h2", 7), ("2026h2", 8)]


def test_what_failed_is_tried_again_alone_and_each_outcome_is_told_once() -> None:
    house = House()
    house.log.grow(7)
    house.other.code = "witness_unreachable"
    for _ in range(3):
        assert house.anchoring.tick() <= anchoring.RETRY_SECONDS
    assert house.one.seen == [("2026h2", 7)]
    house.other.code = ""
    assert house.anchoring.tick() > anchoring.RETRY_SECONDS
    assert house.other.seen == [("2026h2", 7)]
    assert house.said == [
        ("timestamp", 7, ""),
        ("witness:w", 7, "witness_unreachable"),
        ("witness:w", 7, ""),
    ]
    assert house.confirmed == 2


def test_an_outage_keeps_one_checkpoint_waiting_at_most() -> None:
    house = House(every=0.0)
    house.other.code = "witness_unreachable"
    for _ in range(5):
        house.log.grow(1)
        house.anchoring.tick()
    house.other.code = ""
    house.log.grow(1)
    house.anchoring.tick()
    assert house.other.seen == [("2026h2", 6)]


@pytest.mark.parametrize("code", ["witness_refused", "witness_ahead"])
def test_a_witness_that_saw_another_history_is_an_incident(code: str) -> None:
    house = House()
    house.log.grow(7)
    house.other.code = code
    house.anchoring.tick()
    [incident] = [one for one in house.entries if one.kind is EntryKind.INCIDENT]
    assert (incident.fields["anchor"], incident.fields["code"]) == ("witness:w", code)


def test_an_anchor_that_is_down_is_no_incident() -> None:
    house = House()
    house.log.grow(7)
    house.one.code = "time_stamp_failed"
    house.anchoring.tick()
    assert EntryKind.INCIDENT not in {one.kind for one in house.entries}


def test_a_log_without_a_checkpoint_waits() -> None:
    house = House()
    house.anchoring.tick()
    assert not house.entries
    assert not house.confirmed


def test_a_store_that_cant_be_read_delays_it() -> None:
    house = House()
    house.log.grow(7)
    house.log.objects.failing = True
    assert house.anchoring.tick() <= anchoring.RETRY_SECONDS
    house.log.objects.failing = False
    assert house.anchoring.once()
    assert house.one.seen == [("2026h2", 7)]


def test_after_a_failure_it_doesnt_wait_for_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    house.log.grow(7)
    house.log.objects.failing = True
    monkeypatch.setattr(anchoring, "RETRY_SECONDS", 0.0)
    house.anchoring.tick()
    house.log.objects.failing = False
    house.anchoring.tick()
    assert house.one.seen == [("2026h2", 7)]


def test_an_anchor_that_breaks_in_a_way_nobody_thought_of_ends_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House()
    house.log.grow(7)

    def anchor(_: object) -> None:
        raise KeyError("a value")

    with monkeypatch.context() as broken:
        broken.setattr(house.one, "anchor", anchor)
        assert house.anchoring.tick() <= anchoring.RETRY_SECONDS
    assert "KeyError" in caplog.text
    assert "a value" not in caplog.text


def test_a_checkpoint_that_isnt_the_logs_own_never_leaves() -> None:
    house = House()
    house.log.grow(7)
    stranger = LogOfTiles(seed=2)
    house.log.objects.held["2026h2/checkpoint"] = stranger.grow(9)
    with pytest.raises(EvidenceError):
        house.anchoring.once()
    assert not house.one.seen


def test_at_the_turn_of_the_half_year_the_last_checkpoint_leaves_once() -> None:
    house = House(log=LogOfTiles(shard="2026h1"))
    house.log.grow(7)
    house.anchoring.tick()
    assert house.one.seen == [("2026h1", 7)]
    again = House(log=house.log)
    again.anchoring.tick()
    assert not again.one.seen


def test_a_last_checkpoint_that_failed_isnt_forgotten() -> None:
    house = House(every=0.0, log=LogOfTiles(shard="2026h1"))
    house.log.grow(7)
    house.other.code = "witness_unreachable"
    house.anchoring.tick()
    house.anchoring.tick()
    house.other.code = ""
    house.anchoring.tick()
    assert house.other.seen == [("2026h1", 7)]


def test_asked_for_now_it_tells_what_came_of_it() -> None:
    house = House()
    house.log.grow(7)
    house.other.code = "witness_failed"
    assert house.anchoring.once() == [
        Anchored(anchor="timestamp", origin="guard.example/2026h2", size=7),
        Anchored(anchor="witness:w", origin="guard.example/2026h2", size=7, code="witness_failed"),
    ]


def test_settings_without_an_anchor_anchor_nothing() -> None:
    assert anchoring.anchoring(Settings(), MemoryObjects(), record=list) is None


def test_settings_say_how_often(tmp_path: Path) -> None:
    evidence = EvidenceSettings(push=(str(tmp_path),), anchor_minutes=2)
    settings = Settings(state=tmp_path / "state", evidence=evidence)
    one = anchoring.anchoring(settings, MemoryObjects(), record=list)
    assert one is not None
    assert 100 < one.tick() <= 120


def test_a_thread_anchors_until_it_is_closed() -> None:
    house = House()
    house.log.grow(7)
    thread = AnchoringThread(house.anchoring)
    for _ in range(200):
        if house.other.seen:
            break
        time.sleep(0.01)
    thread.close()
    assert house.other.seen == [("2026h2", 7)]
    assert "guardrail-anchors" not in {one.name for one in threading.enumerate()}


def test_it_watches_until_it_is_told_to_stop_and_only_where_it_leads() -> None:
    house = House()
    house.log.grow(7)
    stop = threading.Event()
    asked: list[bool] = []

    def leads() -> bool:
        asked.append(bool(asked))
        stop.set()
        return asked[-1]

    house.anchoring.watch(stop, leads)
    assert not house.one.seen
    stop.clear()
    house.anchoring.watch(stop, leads)
    assert house.one.seen == [("2026h2", 7)]
