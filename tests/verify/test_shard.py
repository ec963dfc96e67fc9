"""Whatever is changed in a shard, even if it is one bit, is found, and told of where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.evidence import (
    TileTree,
)
from guardrail.verify import (
    Asked,
    Report,
    Unreadable,
    verify_log,
)

if TYPE_CHECKING:
    from tests.verify.conftest import Story, Telling

NOT_EVIDENCE = ("lease", "/state")
"""What sequencers keep for themselves; see test_state.py."""


def evidence(story: Story) -> list[str]:
    return [name for name in sorted(story.objects.held) if not any(x in name for x in NOT_EVIDENCE)]


def changed(story: Story, name: str, data: bytes | None) -> Report:
    """Verify a log in which one object holds something else, or is gone."""
    held = story.objects.held
    before = held[name]
    if data is None:
        del held[name]
    else:
        held[name] = data
    try:
        return verify_log(story.objects, story.vkey)
    finally:
        held[name] = before


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def place(name: str) -> str:
    """Return where a change of an object is told of: the object, or the writer's lines."""
    return name.partition(" ")[0]


# The log is put back after each change, so it may stay for all of them.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_flipped_bit_is_one_problem_in_the_right_place(
    finished: Story, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(evidence(finished)))
    whole = finished.objects.held[name]
    at = data.draw(st.integers(0, len(whole) - 1))
    report = changed(finished, name, flipped(whole, at, data.draw(st.integers(0, 7))))
    assert [place(one.where) for one in report.problems] == [name], (at, report.problems)


def test_every_flipped_byte_of_a_small_log_is_found(new_story: type[Story]) -> None:
    story = new_story()
    writer = story.writer("w")
    writer.answer("r")
    story.tick()
    writer.answer("s")
    writer.flush()
    for name in evidence(story):
        whole = story.objects.held[name]
        for at in range(len(whole)):
            report = changed(story, name, flipped(whole, at, at % 8))
            assert name in {place(one.where) for one in report.problems}, (name, at)


@pytest.mark.thorough
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_object_that_is_cut_short_or_goes_on_is_found(
    finished: Story, data: st.DataObject
) -> None:
    tiles = [name for name in evidence(finished) if not name.startswith("wal/")]
    name = data.draw(st.sampled_from(tiles))
    whole = finished.objects.held[name]
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    for other in (cut, whole + data.draw(st.binary(min_size=1, max_size=40))):
        report = changed(finished, name, other)
        assert {place(one.where) for one in report.problems} == {name}, report.problems


@pytest.mark.thorough
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_object_may_hold_anything_and_nothing_breaks(
    finished: Story, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(finished.objects.held)))
    junk = data.draw(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
    report = changed(finished, name, junk)
    if name in evidence(finished) and not name.startswith("wal/"):
        assert name in {place(one.where) for one in report.problems}


def test_every_tile_and_bundle_that_the_tree_needs_is_missed(finished: Story) -> None:
    needed = {
        "2026h2": ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"],
        "2027h1": [],
    }
    for shard, names in needed.items():
        last = len(finished.bodies(shard)) % 256
        number = "001" if shard == "2026h2" else "000"
        names += [
            f"tile/0/{number}.p/{last}",
            f"tile/entries/{number}.p/{last}",
            "checkpoint",
            "key",
        ]
        for name in names:
            report = changed(finished, f"{shard}/{name}", None)
            assert [one.where for one in report.problems] == [f"{shard}/{name}"]
            assert "missing" in report.problems[0].what


def test_both_a_bundle_and_its_tile_may_be_gone_and_the_rest_is_checked(finished: Story) -> None:
    del finished.objects.held["2026h2/tile/entries/000"]
    del finished.objects.held["2026h2/tile/0/000"]
    report = verify_log(finished.objects, finished.vkey)
    assert [one.where for one in report.problems] == [
        "2026h2/tile/0/000",
        "2026h2/tile/entries/000",
    ]


def test_a_name_that_speaks_of_more_entries_than_can_be_here_costs_no_time(
    finished: Story,
) -> None:
    held = finished.objects.held
    held["2026h2/tile/entries/x999/x999/x999/x999/999"] = b""
    held["2026h2/checkpoint"] = b""
    where = [one.where for one in verify_log(finished.objects, finished.vkey).problems]
    assert where[0] == "2026h2/checkpoint"
    assert len(where) < 60


SHARD = "2026h2"


def said(report: Report) -> list[str]:
    return [f"{one.where}: {one.what}" for one in report.problems]


@pytest.mark.parametrize("span", [(0, 0), (3, 200), (250, 260), (256, 300), (300, 10_000)])
def test_a_part_of_a_log_needs_its_own_bundles_alone(
    finished: Story, span: tuple[int, int]
) -> None:
    held = finished.objects.held
    anchor = finished.note(SHARD)
    for number, name in enumerate(["tile/entries/000", "tile/entries/001.p/83"]):
        if not (span[0] // 256 <= number <= span[1] // 256):
            del held[f"{SHARD}/{name}"]
    asked = Asked(shard=SHARD, span=span, anchors=[("mine", anchor)])
    report = verify_log(finished.objects, finished.vkey, asked)
    assert report.problems == ()
    assert report.entries == min(span[1], 338) - span[0] + 1


def test_a_part_of_a_log_is_checked_as_the_whole_is(finished: Story) -> None:
    held = finished.objects.held
    name = f"{SHARD}/tile/entries/000"
    held[name] = held[name].replace(b"req-40", b"req-41", 1)
    asked = Asked(shard=SHARD, span=(0, 255))
    (problem,) = verify_log(finished.objects, finished.vkey, asked).problems
    assert problem.where == name
    assert "isn't the one that was signed" in problem.what


@pytest.mark.parametrize(
    "gone", [f"{SHARD}/tile/1/000.p/1", f"{SHARD}/tile/0/000", f"{SHARD}/tile/0/001.p/83"]
)
def test_a_part_of_a_log_needs_the_tiles_above_it(finished: Story, gone: str) -> None:
    del finished.objects.held[gone]
    asked = Asked(shard=SHARD, span=(0, 10))
    report = verify_log(finished.objects, finished.vkey, asked)
    assert not report.ok


@pytest.mark.parametrize("asked", [Asked(span=(0, 1)), Asked(shard=SHARD, span=(-9, 1))])
def test_a_part_of_several_shards_or_before_the_first_entry_cant_be_asked_for(
    finished: Story, asked: Asked
) -> None:
    with pytest.raises(Unreadable, match="of one shard"):
        verify_log(finished.objects, finished.vkey, asked)


def test_an_anchor_that_a_part_of_a_log_doesnt_fit_is_found(
    finished: Story, new_story: type[Story]
) -> None:
    other = new_story()
    other.writer("v")
    other.tick()
    asked = Asked(shard=SHARD, span=(0, 10), anchors=[("mine", other.note(SHARD))])
    assert said(verify_log(finished.objects, finished.vkey, asked)) == [
        "mine: history was rewritten after it: the first 3 entries aren't those it saw"
    ]


def test_an_anchor_of_a_longer_log_is_told_for_a_part_too(
    finished: Story, new_story: type[Story], tell: Telling
) -> None:
    longer = new_story()
    tell(longer, 160)
    asked = Asked(shard=SHARD, span=(0, 10), anchors=[("mine", longer.note(SHARD))])
    assert said(verify_log(finished.objects, finished.vkey, asked)) == [
        f"mine: it saw {len(longer.bodies(SHARD))} entries; 339 are here"
    ]


def test_an_anchor_that_cant_be_compared_for_want_of_tiles_is_told(long_anchored: Story) -> None:
    anchor = long_anchored.note(SHARD)
    for number in range(120):
        long_anchored.writers[0].answer(f"late-{number}")
    long_anchored.tick()
    asked = Asked(shard=SHARD, span=(300, 310), anchors=[("mine", anchor)])
    assert verify_log(long_anchored.objects, long_anchored.vkey, asked).ok
    del long_anchored.objects.held[f"{SHARD}/tile/0/000"]
    assert said(verify_log(long_anchored.objects, long_anchored.vkey, asked)) == [
        "mine: the tiles that it takes to compare it aren't here"
    ]


@pytest.fixture
def long_anchored(story: Story) -> Story:
    """A log of some 200 entries."""
    writer = story.writer("w")
    for number in range(100):
        writer.answer(f"r-{number}")
    story.tick()
    return story


def test_a_bundle_that_was_changed_together_with_its_tile_isnt_under_the_root(
    finished: Story,
) -> None:
    bodies = finished.bodies(SHARD)[:256]
    bodies[9] = bodies[9].replace(b'"ts":17', b'"ts":16', 1)
    held = finished.objects.held
    for name, data in TileTree().grow(bodies).items():
        if name in {"tile/0/000", "tile/entries/000"}:
            held[f"{SHARD}/{name}"] = data
    report = verify_log(finished.objects, finished.vkey, Asked(shard=SHARD, span=(0, 20)))
    assert f"{SHARD}/tile/0/000: it isn't under the root that was signed" in said(report)


def test_the_root_is_checked_even_where_no_entry_is_asked_for(finished: Story) -> None:
    name = f"{SHARD}/tile/0/001.p/83"
    finished.objects.held[name] = bytes(83 * 32)
    report = verify_log(finished.objects, finished.vkey, Asked(shard=SHARD, span=(999, 999)))
    assert said(report) == [f"{SHARD}/tile: the tiles don't give the root that was signed"]
