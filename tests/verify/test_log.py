"""A whole log of several shards: one that nothing is wrong with, and shards that don't fit."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.evidence import (
    Entry,
    EntryKind,
)
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.signing_key import LogKeys
from guardrail.verify import (
    Asked,
    Report,
    open_files,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story, Telling


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


def test_a_log_of_two_shards_verifies(finished: Story) -> None:
    report = verify_log(finished.objects, finished.vkey)
    assert (report.problems, report.notes) == ((), ())
    assert report.ok
    assert report.waiting == 2
    assert report.writers == 3  # two, and the sequencer
    assert report.entries == len(finished.bodies("2026h2")) + len(finished.bodies("2027h1"))


def test_the_report_tells_each_tree_for_the_next_visit(finished: Story) -> None:
    report = verify_log(finished.objects, finished.vkey)
    notes = [finished.note(shard).decode() for shard in ("2026h2", "2027h1")]
    assert report.trees == tuple(" ".join(note.split("\n")[:3]) for note in notes)


def test_a_shards_own_key_verifies_that_shard_alone(finished: Story) -> None:
    for shard in ("2026h2", "2027h1"):
        report = verify_log(finished.objects, finished.shard_vkey(shard))
        assert report.problems == ()
        assert report.entries == len(finished.bodies(shard))


def test_another_logs_key_verifies_nothing(finished: Story, new_story: type[Story]) -> None:
    report = verify_log(finished.objects, new_story("another").vkey)
    assert {str(one) for one in report.problems} >= {
        "2026h2/key: it isn't signed by guardrail",
        "2027h1/key: it isn't signed by guardrail",
    }


def test_progress_is_told_up_to_the_end_of_each_shard(finished: Story) -> None:
    heard: list[tuple[int, int]] = []
    asked = Asked(progress=lambda done, size: heard.append((done, size)))
    verify_log(finished.objects, finished.vkey, asked)
    sizes = [len(finished.bodies(shard)) for shard in ("2026h2", "2027h1")]
    assert heard == [(256, sizes[0]), (sizes[0], sizes[0]), (sizes[1], sizes[1])]


def test_a_guards_own_threads_make_a_log_that_verifies_while_it_grows(tmp_path: Path) -> None:
    objects = ObjectFolder(tmp_path / "evidence")
    keys = LogKeys(tmp_path / "keys", log="guardrail")
    ticks = iter(range(1_790_000_000_000_000, 1_800_000_000_000_000, 1_000))

    def clock() -> int:
        return next(ticks)

    sequencer = Sequencer(objects, log="guardrail", keys=keys, clock=clock, seal_every=0.2)
    sequencer.step()
    done = threading.Event()

    def lead() -> None:
        while not done.is_set():
            sequencer.step()
        sequencer.close()

    def write() -> None:
        log = SegmentLog(objects, log="guardrail", clock=clock, pace=Pace(beat_every=0.02))
        for number in range(150):
            request = Entry(kind=EntryKind.REQUEST, req=f"r-{number}", fields={"act": "allow"})
            reply = Entry(kind=EntryKind.REPLY, req=f"r-{number}", fields={"act": "allow"})
            log.append([request]).result(10)
            log.append([reply]).result(10)
        log.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    leading = threading.Thread(target=lead)
    vkey = (tmp_path / "keys/evidence.pem.vkey").read_text()
    for thread in (leading, *threads):
        thread.start()
    reports = []
    while any(thread.is_alive() for thread in threads):
        with open_files(tmp_path) as files:
            reports.append(verify_log(files, vkey))
    done.set()
    leading.join()
    assert [report.problems for report in reports] == [()] * len(reports)
    last = verify_log(objects, vkey)
    assert last.problems == ()
    assert last.waiting == 0
    assert last.entries > 600


def test_the_oldest_shard_isnt_taken_away_unseen(finished: Story) -> None:
    held = finished.objects.held
    finished.objects.delete([name for name in held if name.startswith("2026h2/")])
    report = verify_log(finished.objects, finished.vkey)
    assert [one.what for one in report.problems] == [
        "the shard before it, guardrail/2026h2, isn't here"
    ]


def test_the_newest_shard_isnt_taken_away_unseen(finished: Story) -> None:
    held = finished.objects.held
    gone = [name for name in held if name.startswith(("2027h1/", "wal/"))]
    finished.objects.delete(gone)
    assert said(verify_log(finished.objects, finished.vkey)) == [
        "log: its last shard was closed, and the next isn't here"
    ]


def test_a_shard_goes_on_from_the_very_end_of_the_one_before(
    finished: Story, tell: Telling, new_story: type[Story]
) -> None:
    other = new_story()
    tell(other, 149)
    held = finished.objects.held
    for name in [name for name in held if name.startswith("2026h2/")]:
        del held[name]
    for name, data in other.objects.held.items():
        if name.startswith("2026h2/"):
            held[name] = data
    whats = {one.what for one in verify_log(finished.objects, finished.vkey).problems}
    assert "it doesn't go on from the end of the shard before" in whats


def test_a_shard_is_closed_with_the_next_ones_key(finished: Story) -> None:
    bodies = finished.bodies("2026h2")
    last = json.loads(bodies[-1])
    assert last["t"] == "key.rotate"
    bodies[-1] = bodies[-1].replace(last["vkey"].encode(), finished.shard_vkey("2026h2").encode())
    finished.forge("2026h2", bodies)
    report = verify_log(finished.objects, finished.vkey)
    assert ("2027h1/key: the shard before names another key") in said(report)


def test_a_shard_that_wasnt_closed_has_none_after_it(finished: Story) -> None:
    finished.forge("2026h2", finished.bodies("2026h2")[:-1])
    assert "2026h2: another shard follows, but it wasn't closed" in said(
        verify_log(finished.objects, finished.vkey)
    )


def test_nothing_comes_after_a_shard_was_closed(finished: Story) -> None:
    bodies = finished.bodies("2026h2")
    finished.forge("2026h2", [*bodies, bodies[50]])
    whats = {one.what for one in verify_log(finished.objects, finished.vkey).problems}
    assert "it comes after its shard was closed" in whats


def test_a_shard_begins_by_saying_so(finished: Story) -> None:
    finished.forge("2027h1", finished.bodies("2027h1")[1:])
    assert "2027h1: it doesn't begin with log.open" in said(
        verify_log(finished.objects, finished.vkey)
    )


def test_a_key_that_the_root_key_didnt_state_is_found(
    finished: Story, new_story: type[Story], tell: Telling
) -> None:
    other = new_story("two")
    tell(other)
    finished.objects.held["2027h1/key"] = other.objects.held["2027h1/key"]
    assert said(verify_log(finished.objects, finished.vkey)) == [
        "2027h1/key: it isn't signed by guardrail"
    ]


def test_a_shard_opens_itself_and_no_other(finished: Story) -> None:
    bodies = finished.bodies("2027h1")
    assert b"log.open" in bodies[0]
    bodies[0] = bodies[0].replace(b'"guardrail/2027h1"', b'"guardrail/2027h2"')
    finished.forge("2027h1", bodies)
    whats = {one.what for one in verify_log(finished.objects, finished.vkey).problems}
    assert "it opens another shard" in whats
