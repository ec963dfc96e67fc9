"""What was taken out, put in, cut off or told anew, by who holds the log's key, too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from guardrail.evidence import (
    entries_in,
)
from guardrail.verify import (
    Asked,
    Report,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story, Telling


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


def test_an_entry_that_is_dropped_is_missed_by_the_next_of_its_writer(finished: Story) -> None:
    bodies = finished.bodies("2026h2")
    gone = json.loads(bodies[40])
    finished.forge("2026h2", bodies[:40] + bodies[41:])
    report = verify_log(finished.objects, finished.vkey)
    told = [one for one in report.problems if "was to come here" in one.what]
    assert [(one.writer, one.what) for one in told] == [
        (gone["w"], f"its writer's entry {gone['n']} was to come here")
    ]


def test_two_entries_that_are_swapped_are_found_in_the_bundle(finished: Story) -> None:
    held = finished.objects.held
    name = "2026h2/tile/entries/000"
    entries = list(entries_in(held[name]))
    entries[10], entries[11] = entries[11], entries[10]
    held[name] = b"".join(len(one).to_bytes(2, "big") + one for one in entries)
    assert said(verify_log(finished.objects, finished.vkey)) == [
        f"{name}: entries 10 and 11 changed places"
    ]


def test_two_entries_of_one_writer_that_are_swapped_and_signed_are_found(finished: Story) -> None:
    bodies = finished.bodies("2026h2")
    writers = [json.loads(body)["w"] for body in bodies]
    at = next(at for at in range(20, 60) if writers[at] == writers[at + 1])
    bodies[at], bodies[at + 1] = bodies[at + 1], bodies[at]
    finished.forge("2026h2", bodies)
    report = verify_log(finished.objects, finished.vkey)
    assert {one.index for one in report.problems if "was to come here" in one.what} >= {at, at + 1}


def test_an_entry_that_is_changed_and_signed_breaks_its_writers_chain(finished: Story) -> None:
    bodies = finished.bodies("2026h2")
    at = next(at for at, body in enumerate(bodies) if b'"req-30"' in body)
    bodies[at] = bodies[at].replace(b'"mask"', b'"pass"', 1)
    finished.forge("2026h2", bodies)
    report = verify_log(finished.objects, finished.vkey)
    assert "it doesn't follow on its writer's entry before" in {one.what for one in report.problems}


def test_a_writer_that_is_taken_out_is_missed_by_the_seals(finished: Story) -> None:
    bodies = [one for one in finished.bodies("2026h2") if json.loads(one)["w"] != "w-two"]
    finished.forge("2026h2", bodies)
    whats = {one.what for one in verify_log(finished.objects, finished.vkey).problems}
    assert "its totals aren't those of the entries since the last seal" in whats
    assert "it seals another end of writer w-two than the log holds" in whats


def test_a_history_told_anew_with_the_logs_own_keys_is_found_by_an_anchor_alone(
    tell: Telling, new_story: type[Story]
) -> None:
    true = new_story()
    tell(true)
    anchor = true.note("2026h2")
    false = new_story()
    tell(false, 151)
    assert verify_log(false.objects, false.vkey).ok
    asked = Asked(anchors=[("kept.note", anchor)])
    assert verify_log(true.objects, true.vkey, asked).ok
    assert said(verify_log(false.objects, false.vkey, asked)) == [
        "kept.note: history was rewritten after it: the first 339 entries aren't those it saw"
    ]


def test_a_tail_that_is_cut_off_is_missed_by_an_anchor(story: Story) -> None:
    writer = story.writer("w")
    for number in range(20):
        writer.answer(f"r-{number}")
        story.tick()
    anchor = story.note("2026h2")
    story.forge("2026h2", story.bodies("2026h2")[:21])
    story.objects.delete([name for name in story.objects.held if name.startswith("wal/")])
    assert verify_log(story.objects, story.vkey).ok
    asked = Asked(anchors=[("kept.note", anchor)])
    assert said(verify_log(story.objects, story.vkey, asked)) == [
        "kept.note: it saw 43 entries; 21 are here"
    ]


def test_a_tail_that_is_cut_off_is_missed_by_a_receipt(story: Story) -> None:
    writer = story.writer("w")
    first = writer.answer("r-0")
    story.tick()
    last = writer.answer("r-1")
    story.tick()
    story.forge("2026h2", story.bodies("2026h2")[:4])
    story.objects.delete([name for name in story.objects.held if name.startswith("wal/")])
    report = verify_log(story.objects, story.vkey, Asked(receipts=[f"{first}, {last}"]))
    assert said(report) == ["receipt w-3: its entry isn't in the log"]
    assert report.copies == 2


def test_a_tail_that_is_cut_off_is_missed_by_what_its_writers_go_on_with(story: Story) -> None:
    writer = story.writer("w")
    for number in range(4):
        writer.answer(f"r-{number}")
        story.tick()
    cut = story.bodies("2026h2")[:5]
    writer.answer("r-4")
    writer.flush()
    story.forge("2026h2", cut)
    for name in [name for name in story.objects.held if name.startswith("wal/")][:-1]:
        del story.objects.held[name]
    assert said(verify_log(story.objects, story.vkey)) == [
        "wal/w/0000000000000009: its entries 3 to 8 are neither here nor in the log"
    ]


@pytest.mark.parametrize("state", ["waiting", "sealed"])
def test_who_began_later_says_how_long_the_log_was(story: Story, state: str) -> None:
    story.writer("w").answer("r")
    story.tick()
    size = len(story.bodies("2026h2"))
    late = story.writer("late", size=size)
    late.flush()
    if state == "sealed":
        story.tick()
    assert verify_log(story.objects, story.vkey).ok
    bodies = story.bodies("2026h2")
    del bodies[size - 1]
    story.forge("2026h2", bodies)
    what = f"its writer saw {size} entries when it began; {size - 1} are before it"
    assert what in {one.what for one in verify_log(story.objects, story.vkey).problems}


def test_the_last_bundle_and_tile_arent_taken_away_unseen(finished: Story) -> None:
    held = finished.objects.held
    last = len(finished.bodies("2027h1"))
    for name in (f"tile/entries/000.p/{last}", f"tile/0/000.p/{last}"):
        del held[f"2027h1/{name}"]
    report = verify_log(finished.objects, finished.vkey)
    left = max(int(name.rpartition("/")[2]) for name in held if "2027h1/tile/entries/" in name)
    assert said(report)[0] == f"2027h1/checkpoint: it covers {last} entries; {left} are here"
