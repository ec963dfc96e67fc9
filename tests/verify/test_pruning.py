"""Logs whose oldest entries were erased: hashes stay, and everything that stays still verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardrail.evidence import EntryKind
from guardrail.verify import Asked, Report, verify_log

if TYPE_CHECKING:
    from tests.verify.conftest import Story

SHARD = "2026h2"


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


@pytest.fixture
def long(story: Story) -> Story:
    """A log of some 700 entries in one shard, of two writers, with seals and beats."""
    one, two = story.writer("one"), story.writer("two")
    story.now -= 400_000_000
    for number in range(330):
        (one, two)[number // 7 % 2].answer(f"r-{number}")
        if number % 11 == 0:
            one.beat()
            two.beat()
            story.tick(9)
    story.tick()
    return story


def prune(story: Story, below: int, *, record: bool = True, state: str = "sealed") -> None:
    """Erase the bundles wholly below an index, as the product does it."""
    if record:
        writer = story.writer("eraser")
        origin = f"guardrail/{SHARD}"
        writer.say(EntryKind.ERASURE, "", reason="retention", origin=origin, size=below)
        writer.flush()
        if state == "sealed":
            story.tick()
    held = story.objects.held
    held[f"{SHARD}/minimum-index"] = b"%d\n" % below
    for number in range(below // 256):
        del held[f"{SHARD}/tile/entries/{number:03d}"]


@pytest.mark.parametrize("state", ["sealed", "waiting"])
@pytest.mark.parametrize("below", [256, 512])
def test_what_was_erased_is_counted_and_the_rest_verifies(
    long: Story, below: int, state: str
) -> None:
    before = verify_log(long.objects, long.vkey)
    prune(long, below, state=state)
    report = verify_log(long.objects, long.vkey)
    assert (before.problems, report.problems) == ((), ())
    assert (before.erased, report.erased) == (0, below)
    assert report.entries + below - before.entries + report.waiting in {2, 3}
    assert report.writers == before.writers + (state == "sealed")


def test_an_erasure_that_isnt_on_record_is_found(long: Story) -> None:
    prune(long, 256, record=False)
    assert said(verify_log(long.objects, long.vkey)) == [
        f"{SHARD}/minimum-index: no entry says that so much was erased"
    ]


def test_more_than_was_put_on_record_may_not_be_erased(long: Story) -> None:
    prune(long, 256)
    long.objects.held[f"{SHARD}/minimum-index"] = b"512\n"
    assert said(verify_log(long.objects, long.vkey)) == [
        f"{SHARD}/minimum-index: no entry says that so much was erased"
    ]


def test_a_bundle_past_what_was_erased_is_missed(long: Story) -> None:
    prune(long, 256)
    del long.objects.held[f"{SHARD}/tile/entries/001"]
    assert said(verify_log(long.objects, long.vkey)) == [f"{SHARD}/tile/entries/001: it is missing"]


def test_hashes_of_erased_entries_are_kept_and_checked(long: Story) -> None:
    prune(long, 256)
    tile = long.objects.held[f"{SHARD}/tile/0/000"]
    long.objects.held[f"{SHARD}/tile/0/000"] = tile[:64] + bytes(32) + tile[96:]
    assert said(verify_log(long.objects, long.vkey))[0].startswith(f"{SHARD}/tile/")
    del long.objects.held[f"{SHARD}/tile/0/000"]
    assert said(verify_log(long.objects, long.vkey)) == [
        f"{SHARD}/tile/0/000: it is missing or has the wrong size"
    ]


def test_a_bundle_that_a_hold_keeps_is_checked_all_the_same(long: Story) -> None:
    kept = long.objects.held[f"{SHARD}/tile/entries/000"]
    prune(long, 512)
    long.objects.held[f"{SHARD}/tile/entries/000"] = kept
    report = verify_log(long.objects, long.vkey)
    assert (report.problems, report.erased) == ((), 256)
    long.objects.held[f"{SHARD}/tile/entries/000"] = kept.replace(b"r-11", b"r-12", 1)
    assert [one.where for one in verify_log(long.objects, long.vkey).problems] == [
        f"{SHARD}/tile/entries/000"
    ]


def test_an_anchor_of_before_still_holds_after_the_erasure(long: Story) -> None:
    anchor = long.note(SHARD)
    prune(long, 512)
    asked = Asked(anchors=[("mine", anchor)])
    assert verify_log(long.objects, long.vkey, asked).problems == ()


def test_a_receipt_for_an_erased_entry_is_kept_by_its_hash(story: Story) -> None:
    writer = story.writer("w")
    receipt = writer.answer("r")
    for number in range(200):
        writer.answer(f"r-{number}")
    story.tick()
    prune(story, 256)
    assert verify_log(story.objects, story.vkey, Asked(receipts=[receipt])).problems == ()


@pytest.mark.parametrize("data", [b"", b"-1", b"x", b"1e9", b"99999\n", b"0256", b"9" * 5000])
def test_a_minimum_that_is_no_index_is_found(long: Story, data: bytes) -> None:
    long.objects.held[f"{SHARD}/minimum-index"] = data
    assert said(verify_log(long.objects, long.vkey)) == [
        f"{SHARD}/minimum-index: it isn't the index of an entry"
    ]
