"""Write-ahead logs: what waits goes on from what the tree holds, and isn't another story."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from guardrail.evidence import (
    leaf_hash,
)
from guardrail.verify import (
    Report,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


def test_lines_of_a_write_ahead_log_are_those_of_the_tree(story: Story) -> None:
    writer = story.writer("w")
    writer.answer("r-0")
    writer.flush()
    held = story.objects.held
    line = held["wal/w/0000000000000000"]
    story.tick()
    other = type(story)()
    false = other.writer("w")
    false.answer("r-9")
    false.flush()
    assert verify_log(story.objects, story.vkey).ok
    held["wal/w/0000000000000000"] = other.objects.held["wal/w/0000000000000000"]
    assert held["wal/w/0000000000000000"] != line
    report = verify_log(story.objects, story.vkey)
    what = "the line in its write-ahead log isn't the entry that the log holds"
    assert {(one.where, one.what) for one in report.problems} == {("wal/w", what)}


def test_a_waiting_line_that_is_taken_out_is_missed_by_the_next(finished: Story) -> None:
    (name, data) = next(
        (name, data) for name, data in finished.objects.held.items()
        if name.startswith("wal/w-one/") and data.count(b"\n") > 10
    )  # fmt: skip
    lines = data.splitlines(keepends=True)
    finished.objects.held[name] = b"".join(lines[:4] + lines[5:])
    report = verify_log(finished.objects, finished.vkey)
    assert [one.where for one in report.problems] == [f"{name} line 5"]
    assert "was to come here" in report.problems[0].what


def test_a_waiting_line_that_was_made_anew_doesnt_go_on_from_the_tree(story: Story) -> None:
    writer = story.writer("w")
    story.tick()
    writer.answer("r-0")
    writer.flush()
    true = story.objects.held["wal/w/0000000000000001"]
    other = type(story)()
    other.now += 7
    false = other.writer("w")
    other.tick()
    false.answer("r-0")
    false.flush()
    del story.objects.held["wal/w/0000000000000000"]
    story.objects.held["wal/w/0000000000000001"] = other.objects.held["wal/w/0000000000000001"]
    assert story.objects.held["wal/w/0000000000000001"] != true
    assert said(verify_log(story.objects, story.vkey)) == [
        "wal/w/0000000000000001: it doesn't go on from what the log holds"
    ]


def test_a_waiting_line_that_names_another_before_it_is_found(finished: Story) -> None:
    name = max(name for name in finished.objects.held if name.startswith("wal/w-two"))
    first, second, _ = finished.objects.held[name].split(b"\n")
    record = json.loads(second[65:]) | {"prev": "0" * 64}
    body = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    line = leaf_hash(body).hex().encode() + b" " + body
    finished.objects.held[name] = b"%b\n%b\n" % (first, line)
    assert said(verify_log(finished.objects, finished.vkey)) == [
        f"{name} line 2: it doesn't follow on the line before"
    ]


def test_an_unfinished_last_line_is_a_note(finished: Story) -> None:
    name = max(name for name in finished.objects.held if name.startswith("wal/w-two"))
    finished.objects.held[name] += b"4f0c"
    report = verify_log(finished.objects, finished.vkey)
    assert report.ok
    assert [one.where for one in report.notes] == [name]
