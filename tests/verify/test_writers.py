"""What writers must say of their entries before, and seals of all writers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from guardrail.evidence import (
    EntryKind,
    leaf_hash,
)
from guardrail.testing.raw_entries import START, encoded, problems_of, record
from guardrail.verify import (
    Asked,
    verify_log,
    writers,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story


LET_THROUGH = {"allow", "mask", "pseudonymise"}
NO_CHAIN = "it doesn't follow on its writer's entry before"


@pytest.mark.parametrize(
    ("bodies", "what"),
    [
        ([record("error", req="r")], "a writer begins with its start, and but once"),
        ([START, record("writer.start", 1, START)], "a writer begins with its start, and but once"),
        ([START, START], "its writer's entry 1 was to come here"),
        ([record("writer.start", 3)], "its writer's entry 0 was to come here"),
        ([START, record("error", 2, START, req="r")], "its writer's entry 1 was to come here"),
        ([START, record("error", 1, b"x", req="r")], NO_CHAIN),
        ([record("writer.start", 0, b"x")], NO_CHAIN),
    ],
)  # fmt: skip
def test_a_writer_that_breaks_a_rule_is_found(story: Story, bodies: list[bytes], what: str) -> None:
    assert problems_of(story.verified_with(*bodies)) == [what]


def test_nothing_comes_after_a_writers_stop(story: Story) -> None:
    stop = record("writer.stop", 1, START)
    late = record("error", 2, stop, req="r")
    report = story.verified_with(START, stop, late)
    assert problems_of(report) == ["it comes after its writer had stopped"]
    assert (report.problems[0].writer, report.problems[0].n) == ("x", 2)


def test_a_stop_in_several_parts_is_one(story: Story) -> None:
    first = record("writer.stop", 1, START, totals={"records": {"writer_start": 1}}, more=True)
    assert problems_of(story.verified_with(START, first, record("writer.stop", 2, first))) == []


@pytest.mark.parametrize(
    "totals",
    [
        {"records": {}, "decisions": []},
        {"records": {"writer_start": 2}, "decisions": []},
        {"records": {"writer_start": 1, "request": 1}, "decisions": []},
        {
            "records": {"writer_start": 1},
            "decisions": [{"dir": "request", "rule": "a", "action": "mask", "count": 1}],
        },
    ],
)
@pytest.mark.parametrize("kind", ["writer.beat", "writer.stop"])
def test_a_beat_with_wrong_totals_is_found(
    story: Story, kind: str, totals: dict[str, object]
) -> None:
    report = story.verified_with(START, record(kind, 1, START, totals=totals))
    assert problems_of(report) == ["its totals aren't those of its writer's entries so far"]


def test_beats_and_seals_in_several_parts_are_added_up(story: Story) -> None:
    writer = story.writer("w")
    story.tick()
    for number in range(150):
        hits = [{"rule": f"rule-{number}", "article": "Art. 1", "action": "mask"}]
        writer.say(EntryKind.REQUEST, "r", act="refuse", dir="request", hits=hits)
    writer.beat()
    story.tick(61)
    kinds = [json.loads(body)["t"] for body in story.bodies("2026h2")]
    assert min(kinds.count("writer.beat"), kinds.count("log.seal")) > 1
    report = verify_log(story.objects, story.vkey)
    assert report.problems == ()


def test_a_seal_whose_totals_are_wrong_is_found(story: Story) -> None:
    totals = {"records": {"request": 1}, "decisions": []}
    seal = record("log.seal", 1, START, totals=totals)
    assert problems_of(story.verified_with(START, seal)) == [
        "its totals aren't those of the entries since the last seal"
    ]


@pytest.mark.parametrize(
    "head",
    [
        {"w": "x", "n": 2, "leaf": leaf_hash(START).hex()},
        {"w": "x", "n": 1, "leaf": "00" * 32},
        {"w": "nobody", "n": 1, "leaf": "00" * 32},
        {"w": 7},
        {},
    ],
)
def test_a_seal_of_another_end_of_a_writer_is_found(story: Story, head: dict[str, object]) -> None:
    report = story.verified_with(START, record("log.seal", 1, START, heads=[head]))
    assert problems_of(report) == [
        f"it seals another end of writer {head.get('w')} than the log holds"
    ]


def test_after_a_lost_bundle_beats_and_seals_are_checked_again(finished: Story) -> None:
    for name in ("2026h2/tile/entries/000", "2026h2/tile/0/000"):
        del finished.objects.held[name]
    bodies = finished.bodies
    assert len(verify_log(finished.objects, finished.vkey).problems) == 2
    later = bodies("2027h1")
    at = max(at for at, body in enumerate(later) if json.loads(body)["t"] == "writer.stop")
    false = json.loads(later[at])
    false["totals"]["records"]["request"] += 1
    finished.forge("2027h1", [*later[:at], encoded(false)])
    assert "its totals aren't those of its writer's entries so far" in problems_of(
        verify_log(finished.objects, finished.vkey)
    )


def test_a_silence_and_a_clock_that_goes_back_are_notes(story: Story) -> None:
    writer = story.writer("w")
    story.tick(45)
    writer.beat()
    story.now -= 10_000_000
    writer.beat()
    story.tick()
    report = verify_log(story.objects, story.vkey)
    assert report.ok
    assert [(one.what, one.n) for one in report.notes] == [
        ("its writer was silent for 45 seconds before", 1),
        ("its time is before that of its writer's entry before", 2),
    ]


def test_writers_that_fell_silent_without_a_stop_are_a_note(story: Story) -> None:
    story.writer("w")
    story.tick(60)
    story.writer("v").stop()
    story.tick()
    report = verify_log(story.objects, story.vkey)
    assert [one.what for one in report.notes] == ["1 writers fell silent without a stop: w"]


@pytest.mark.parametrize(
    ("act", "closing", "orphans"),
    [
        ("mask", "", 1),
        ("allow", "", 1),
        ("pseudonymise", "stream.open", 1),
        ("refuse", "", 0),
        ("hold", "", 0),
        ("mask", "reply", 0),
        ("mask", "stream.close", 0),
        ("mask", "error", 0),
    ],
)
def test_a_request_that_was_let_through_and_never_ended_is_told(
    story: Story, act: str, closing: str, orphans: int
) -> None:
    writer = story.writer("w")
    writer.say(EntryKind.REQUEST, "r-1", act=act)
    if closing:
        writer.say(EntryKind(closing), "r-1")
    for _ in range(100):
        story.tick(9.5)
        writer.beat()
    receipt = writer.say(EntryKind.REQUEST, "r-new", act=act)
    new = receipt.partition(";n=")[2].partition(";")[0]
    story.tick(1)
    report = verify_log(story.objects, story.vkey)
    assert report.ok
    told = ["orphan: 1 requests were let through and never ended: w-1"] * orphans
    told += [f"1 requests were under way when the log ends: w-{new}"] * (act in LET_THROUGH)
    assert [one.what for one in report.notes] == told


def test_requests_without_an_end_are_counted_beyond_those_that_are_remembered(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "OPEN_LIMIT", 3)
    writer = story.writer("w")
    for number in range(5):
        writer.answer(f"r-{number}", closed=False)
    story.tick()
    assert [note.what for note in verify_log(story.objects, story.vkey).notes] == [
        "orphan: 2 requests were let through and never ended: w-1, w-2",
        "3 requests were under way when the log ends: w-3, w-4, w-5",
    ]


@pytest.mark.parametrize("stopped", [True, False])
def test_a_request_of_a_writer_that_is_gone_never_ended(story: Story, *, stopped: bool) -> None:
    gone = story.writer("w")
    gone.answer("r", closed=False)
    if stopped:
        gone.stop()
    other = story.writer("v")
    for _ in range(6):
        story.tick(9)
        other.beat()
    other.stop()
    story.tick()
    notes = [one.what for one in verify_log(story.objects, story.vkey).notes]
    assert "orphan: 1 requests were let through and never ended: w-1" in notes


def test_a_part_of_a_log_isnt_blamed_for_what_ended_after_it(story: Story) -> None:
    writer = story.writer("w")
    writer.answer("r")
    writer.stop()
    story.tick()
    bodies = [json.loads(body) for body in story.bodies("2026h2")]
    at = next(n for n, body in enumerate(bodies) if body["t"] == "request")
    report = verify_log(story.objects, story.vkey, Asked(span=(0, at)))
    assert (report.ok, report.notes) == (True, ())


def test_threads_that_swap_places_within_a_second_are_no_clock_that_went_back(story: Story) -> None:
    writer = story.writer("w")
    story.tick()
    story.now -= 11_000
    writer.beat()
    story.tick()
    assert verify_log(story.objects, story.vkey).notes == ()


def test_an_incident_is_a_note(story: Story) -> None:
    body = record("incident", 1, START, code="writer_broken")
    report = story.verified_with(START, body)
    assert [one.what for one in report.notes] == ["incident: writer_broken"]


def test_what_a_newer_version_says_is_no_problem_and_is_told(story: Story) -> None:
    hits = [{"rule": "kz.pd.1", "article": "Art. 7", "action": "delay"}]
    fields = {"act": "delay", "dir": "request", "hits": hits, "weather": [1]}
    request = record("request", 1, START, req="r-1", **fields)
    report = story.verified_with(START, request, record("handover", 2, request, to="somebody"))
    assert report.problems == ()
    notes = [one.what for one in report.notes]
    assert "1 entries have the action 'delay', of a newer version" in notes
    assert "1 entries have the kind 'handover', of a newer version" in notes


def test_of_ever_new_words_only_so_many_are_told(story: Story) -> None:
    bodies = [START]
    for n in range(1, writers.STRANGE_LIMIT + 50):
        bodies.append(record(f"kind.{n}", n, bodies[-1]))
    report = story.verified_with(*bodies)
    assert report.problems == ()
    told = [one.what for one in report.notes if "of a newer version" in one.what]
    assert len(told) == writers.STRANGE_LIMIT
