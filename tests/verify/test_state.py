"""What the sequencer goes on from is held against the log: nothing wrong is signed later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.testing.objects import MemoryObjects
from guardrail.verify import Report, verify_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.verify.conftest import Story

State = dict[str, Any]
STATES = ("2026h2/state", "2027h1/state")


def changed(story: Story, name: str, data: bytes) -> Report:
    """Verify a log in which one object holds something else."""
    held = story.objects.held
    before = held[name]
    held[name] = data
    try:
        return verify_log(story.objects, story.vkey)
    finally:
        held[name] = before


def written(state: State) -> bytes:
    return json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digits(whole: bytes, begin: bytes, end: bytes) -> range:
    """Return where a value stands between two marks."""
    start = whole.index(begin) + len(begin)
    return range(start, whole.index(end, start))


@pytest.fixture
def early(story: Story) -> dict[str, bytes]:
    """The log after its first step; it goes on for some bundles. Nothing waits."""
    writer = story.writer("w")
    writer.answer("r")
    story.tick()
    kept = sealed(story)
    for number in range(300):
        writer.answer(f"r-{number}")
        if number % 50 == 0:
            story.tick()
    story.tick()
    late = sealed(story)
    story.objects.held.clear()
    story.objects.held.update(late)
    return kept


def sealed(story: Story) -> dict[str, bytes]:
    return {name: data for name, data in story.objects.held.items() if not name.startswith("wal/")}


@pytest.mark.parametrize(
    "data", [b"", b"[", b"[" * 60_000, b"{}", b'{"size":"9"}', b'{"size":1}', b"\xff", b"7"]
)
def test_a_state_that_doesnt_fit_is_found(finished: Story, data: bytes) -> None:
    report = changed(finished, "2026h2/state", data)
    assert [one.where for one in report.problems] == ["2026h2/state"]


# The log is put back after each change, so it may stay for all of them.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_flipped_bit_of_a_state_is_one_problem(finished: Story, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(STATES))
    whole = finished.objects.held[name]
    unchecked = {*digits(whole, b'"sealed_at":', b",")}
    if name == STATES[0]:  # closed: what it staged is gone
        unchecked |= {*digits(whole, b'"staged":"staging/', b'"')}
    at = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: at not in unchecked))
    bit = data.draw(st.integers(0, 7))
    report = changed(finished, name, whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    places = [one.where for one in report.problems]
    # Of a larger size the log would have lost its end: that is told of the checkpoint.
    assert places in ([name], [name.replace("state", "checkpoint")]), (at, report.problems)


def _set_back(state: State) -> None:
    state["writers"]["w-one"][0] -= 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda state: state.update(root="00" * 32), "it has another root than was signed"),
        (
            lambda state: state.update(checkpoint=""),
            "it has another checkpoint than was published",
        ),
        (
            lambda state: state.update(closed=True),
            "whether the half-year was closed is told otherwise by its last entry",
        ),
        (lambda state: state.update(staged=""), "it names no staged step to this size"),
        (_set_back, "it has another end of writer w-one than the log"),
        (
            lambda state: state.update(records={"request": 7}),
            "its totals aren't those of the entries since the last seal",
        ),
        (lambda state: state.update(v=2), "it isn't a sequencer's state, version 1"),
    ],
)
def test_a_state_that_says_otherwise_than_the_log_is_found(
    finished: Story, change: Callable[[State], object], what: str
) -> None:
    state = json.loads(finished.objects.held["2027h1/state"])
    change(state)
    report = changed(finished, "2027h1/state", written(state))
    assert [str(one) for one in report.problems] == [f"2027h1/state: {what}"]


def test_a_state_that_has_forgotten_writers_is_found(story: Story) -> None:
    story.writer("w").answer("r")
    story.tick()
    state = json.loads(story.objects.held["2026h2/state"])
    del state["writers"]["w"]
    report = changed(story, "2026h2/state", written(state))
    assert [one.what for one in report.problems] == ["it has forgotten writer w"]


def test_a_state_is_right_after_each_step(story: Story) -> None:
    writer = story.writer("w")
    for number in range(80):
        writer.answer(f"r-{number}", closed=bool(number % 3))
        story.tick(number % 9)
        assert verify_log(story.objects, story.vkey).problems == ()


def test_a_staging_object_that_was_changed_is_found(finished: Story) -> None:
    (name,) = [one for one in finished.objects.held if one.startswith("2027h1/staging/")]
    report = changed(finished, name, finished.objects.held[name] + b" ")
    assert [str(one) for one in report.problems] == [f"{name}: it isn't what was staged"]


def test_a_checkpoint_that_was_put_back_is_told_with_both_sizes(
    story: Story, early: dict[str, bytes]
) -> None:
    size = len(story.bodies("2026h2"))
    story.objects.held["2026h2/checkpoint"] = early["2026h2/checkpoint"]
    report = verify_log(story.objects, story.vkey)
    what = "the log has gone on past it: 5 entries are signed here and were checked"
    assert [str(one) for one in report.notes] == [f"2026h2/checkpoint: {what}, of {size}"]
    assert report.ok


@pytest.mark.parametrize("staging", [True, False])
def test_an_end_that_was_cut_off_is_found_by_the_state_that_was_left(
    story: Story, early: dict[str, bytes], *, staging: bool
) -> None:
    held, size = story.objects.held, len(story.bodies("2026h2"))
    left = ("2026h2/state", "2026h2/staging") if staging else ("2026h2/state",)
    late = {name: data for name, data in held.items() if name.startswith(left)}
    held.clear()
    held.update({name: data for name, data in early.items() if "/staging" not in name} | late)
    report = verify_log(story.objects, story.vkey)
    assert [one.where for one in report.problems] == ["2026h2/checkpoint"]
    what = f"it covers 5 entries, but the log had {size}, and tile/entries/000 isn't here"
    assert report.problems[0].what.startswith(what)


def test_a_step_that_is_staged_and_not_written_out_yet_is_no_lost_end(
    story: Story,
) -> None:
    story.writer("w").answer("r")
    story.tick()
    early = dict(story.objects.held)
    story.writers[0].answer("r-2")
    story.tick()
    held = story.objects.held
    late = {name: held[name] for name in held if "/st" in name}
    held.clear()
    held.update({name: data for name, data in early.items() if "/st" not in name} | late)
    report = verify_log(story.objects, story.vkey)
    assert report.problems == ()
    assert [one.where for one in report.notes] == ["2026h2/checkpoint"]


class Growing(MemoryObjects):
    """A log that takes a step after so many of its objects were read."""

    def __init__(self, story: Story, reads: int) -> None:
        super().__init__()
        self.held, self.reads = story.objects.held, reads
        self._story = story

    def read(self, name: str, start: int = 0) -> bytes | None:
        self.reads -= 1
        if self.reads == 0:
            self._story.writers[0].answer("r-late")
            self._story.tick()
        return super().read(name, start)


def test_a_log_that_takes_a_step_at_any_moment_of_a_visit_verifies(
    new_story: type[Story],
) -> None:
    reads, looked = 0, Growing(new_story(), 0)
    while reads == 0 or looked.reads <= 0:  # until a visit is over before the step
        reads += 1
        story = new_story()
        story.writer("w").answer("r")
        story.tick()
        looked = Growing(story, reads)
        assert verify_log(looked, story.vkey).problems == (), f"after {reads} reads"
    assert reads > 10
