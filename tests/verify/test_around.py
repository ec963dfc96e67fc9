"""What stands in a shard's folder beside the log's own tiles and bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardrail.verify import verify_log

if TYPE_CHECKING:
    from tests.verify.conftest import Story


@pytest.mark.parametrize(
    "name",
    [
        "2026h2/tile/0/002",
        "2026h2/tile/0/000.p/256",
        "2026h2/tile/0/0",
        "2026h2/tile/0/x000/000",
        "2026h2/tile/3/000.p/1",
        "2026h2/tile/entries/001.p/254",
        "2026h2/notes.txt",
        "2026h2/anchors/letter.txt",
        "2026h2/staging/readme",
        "wal/w-one/letter",
        "wal/letter",
    ],
)
def test_an_object_that_doesnt_belong_there_is_found(finished: Story, name: str) -> None:
    finished.objects.held[name] = bytes(32)
    report = verify_log(finished.objects, finished.vkey)
    assert [one.where for one in report.problems] == [name]


def test_what_stands_beside_the_log_is_told_and_left_alone(finished: Story) -> None:
    finished.objects.held["letters/one.txt"] = b"Dear auditor"
    report = verify_log(finished.objects, finished.vkey)
    assert report.ok
    assert [one.where for one in report.notes] == ["letters/one.txt"]


def test_an_older_state_of_a_tile_must_be_its_beginning(finished: Story) -> None:
    held = finished.objects.held
    name = "2026h2/tile/0/000.p/7"
    held[name] = held["2026h2/tile/0/000"][:224]
    assert verify_log(finished.objects, finished.vkey).ok
    held[name] = held["2026h2/tile/0/000"][32:256]
    report = verify_log(finished.objects, finished.vkey)
    assert [str(one) for one in report.problems] == [
        f"{name}: it isn't the beginning of what replaced it"
    ]
