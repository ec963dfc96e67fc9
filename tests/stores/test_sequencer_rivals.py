import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    read_state,
)
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.stepped import Stepped
from guardrail.testing.faulty import FaultyObjects
from guardrail.testing.small_log import SmallKeys, SmallLog

STRIDE = 1 if os.environ.get("THOROUGH") else 4
"""Each moment is tried with `THOROUGH=1`, each fourth without: a step has more than that."""


def kinds(log: SmallLog, shard: str = "") -> list[object]:
    return [entry["t"] for entry in log.entries(shard)]


# --- Two at once ---


def test_of_two_sequencers_one_leads_and_the_other_follows_when_it_is_gone() -> None:
    log = SmallLog()
    one, two, writer = log.sequencer(), log.sequencer(), log.writer()
    writer.ask(5)
    assert one.step().leads
    assert two.step() == Stepped(leads=False)
    log.clock.advance(6)
    assert two.step().leads
    assert not one.step().leads
    two.close()
    writer.ask(5)
    assert one.step() == Stepped(leads=True, taken=5, size=13)
    one.close()
    assert log.problems() == []


@given(st.lists(st.sampled_from(["one", "two", "three", "ask", "beat", "wait"]), max_size=40))
def test_sequencers_that_all_lead_never_fork_the_log(turns: list[str]) -> None:
    log = SmallLog()
    writers = log.writer(), log.writer()
    sequencers = {name: log.unguarded(seal_every=2) for name in ("one", "two", "three")}
    for at, turn in enumerate(turns):
        if turn in sequencers:
            sequencers[turn].step()
        elif turn == "ask":
            writers[at % 2].ask(at)
        elif turn == "beat":
            writers[at % 2].beat()
        else:
            log.clock.advance(1)
    log.settle()
    assert log.problems() == []


def test_who_has_another_key_signs_nothing_and_leaves_the_lease_to_others() -> None:
    log = SmallLog()
    own, writer = log.sequencer(), log.writer()
    writer.ask(5)
    own.close()
    stranger = Sequencer(log.objects, log="log", keys=SmallKeys(2), clock=log.clock)
    for _ in range(3):
        log.clock.advance(1)
        with pytest.raises(EvidenceError, match="another key"):
            stranger.step()
        writer.ask(2)
        assert own.step().taken == 2
        own.close()
    assert log.problems() == []


MOMENTS = st.integers(0, 60)


def story(log: SmallLog, step: Callable[[], object]) -> None:
    """Some steps in which everything happens: whole tiles, seals, a writer's end, nothing."""
    one, two = log.writer("w1"), log.writer("w2")
    one.ask(2)
    step()
    log.clock.advance(1)
    two.ask(300)
    step()
    log.clock.advance(1)
    one.stop()
    step()
    step()
    two.beat()
    log.clock.advance(1)
    step()


def operations() -> int:
    log = SmallLog()
    counted = FaultyObjects(log.objects, at=-1)
    sequencer = log.sequencer(counted, seal_every=2)
    story(log, sequencer.step)
    sequencer.close()
    return counted.done


def test_somebody_faster_at_any_moment_never_forks_the_log() -> None:
    for at in range(0, operations(), STRIDE):
        log = SmallLog()
        other = log.unguarded(seal_every=2)
        faster = FaultyObjects(log.objects, at=at, meanwhile=other.step)
        story(log, log.unguarded(faster, seal_every=2).step)
        log.settle()
        assert log.problems() == []


def test_who_takes_over_while_another_moves_on_finds_nothing_damaged() -> None:
    for at in range(20):
        log = SmallLog()
        other, writer = log.unguarded(), log.writer()
        writer.ask(3)
        other.step()
        writer.ask(300)  # with them a whole tile takes the place of one that wasn't
        log.unguarded(FaultyObjects(log.objects, at=at, meanwhile=other.step)).step()
        log.settle()
        assert log.problems() == []


@pytest.mark.thorough
@settings(max_examples=100)
@given(at=MOMENTS, dies=MOMENTS, then=MOMENTS, late=st.booleans())
def test_somebody_faster_who_dies_and_one_who_dies_after_never_fork_the_log(
    *, at: int, dies: int, then: int, late: bool
) -> None:
    log = SmallLog()
    other = log.unguarded(FaultyObjects(log.objects, at=dies, late=late), seal_every=2)

    def on() -> None:
        while True:
            other.step()
            log.writers[0].ask()

    def meanwhile() -> None:
        with pytest.raises(EvidenceError, match="told to"):
            on()

    inner = FaultyObjects(log.objects, at=then, late=late, heals=True)
    sequencer = log.unguarded(FaultyObjects(inner, at=at, meanwhile=meanwhile), seal_every=2)

    def step() -> None:
        try:
            sequencer.step()
        except EvidenceError as error:
            assert "told to" in str(error)  # noqa: PT017 - it may or may not come to that

    log.writer("w0")
    story(log, step)
    log.settle()
    assert log.problems() == []


def test_who_loses_doesnt_take_away_what_the_winner_staged() -> None:
    log = SmallLog()
    log.writer().ask(5)
    log.unguarded().step()
    log.writers[0].ask(5)  # both make the very same step of these
    winner_dies = FaultyObjects(log.objects, at=-1)
    winner = log.unguarded(winner_dies)
    swapped: list[str] = []

    def win() -> None:
        dying = FaultyObjects(log.objects, at=-1)
        other = log.unguarded(dying)
        real = dying.swap

        def swap_and_die(name: str, data: bytes, *, expected: bytes | None) -> bool:
            done = real(name, data, expected=expected)
            swapped.append(name)
            dying._at = dying.done
            return done

        dying.swap = swap_and_die  # type: ignore[method-assign]
        with pytest.raises(EvidenceError, match="told to"):
            other.step()

    class BeforeSwap(FaultyObjects):
        def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
            if name.endswith("/state") and not swapped:
                win()
            return super().swap(name, data, expected=expected)

    winner = log.unguarded(BeforeSwap(log.objects, at=-1))
    assert winner.step() == Stepped(leads=False)
    assert swapped == ["2026h2/state"]
    log.settle()
    assert log.problems() == []


# --- Crashes and failures ---


@pytest.mark.parametrize("late", [False, True])
def test_a_sequencer_that_dies_at_any_operation_is_made_good_by_the_next(*, late: bool) -> None:
    for at in range(0, operations(), STRIDE):
        log = SmallLog()
        objects = FaultyObjects(log.objects, at=at, late=late)
        sequencer = log.sequencer(objects, seal_every=2)
        with pytest.raises(EvidenceError, match="told to"):
            story_to_the_end(log, sequencer)
        log.settle()
        assert log.problems() == []


def story_to_the_end(log: SmallLog, sequencer: Sequencer) -> None:
    story(log, sequencer.step)
    sequencer.close()


@pytest.mark.thorough
@pytest.mark.parametrize("late", [False, True])
def test_a_store_that_fails_once_at_any_operation_is_gone_on_with(*, late: bool) -> None:
    for at in range(0, operations(), STRIDE):
        log = SmallLog()
        objects = FaultyObjects(log.objects, at=at, late=late, heals=True)
        sequencer = log.sequencer(objects, seal_every=2)
        failed = 0

        def step(sequencer: Sequencer = sequencer) -> None:
            nonlocal failed
            try:
                sequencer.step()
            except EvidenceError:
                failed += 1
                sequencer.step()

        story(log, step)
        log.settle()
        assert log.problems() == []
        assert failed <= 1


def test_what_was_staged_for_a_step_that_never_came_about_doesnt_stay() -> None:
    most = 0
    for at in range(30):
        log = SmallLog()
        writer = log.writer()
        log.settle()
        writer.ask(1)
        sequencer = log.sequencer(FaultyObjects(log.objects, at=at))
        with pytest.raises(EvidenceError, match="told to"):
            step_on(sequencer)
        most = max(most, len(list(log.objects.names("2026h2/staging/"))))
        writer.ask(1)
        log.settle()
        log.clock.advance(10)
        log.sequencer().step()
        assert len(list(log.objects.names("2026h2/staging/"))) == 1
        assert log.problems() == []
    assert most == 2


def step_on(sequencer: Sequencer) -> None:
    while True:
        sequencer.step()


def test_tiles_that_whole_ones_replaced_dont_stay_whoever_wrote_them() -> None:
    log = SmallLog()
    writer = log.writer()
    for _ in range(5):
        writer.ask(60)
        log.sequencer().step()
        log.clock.advance(6)
    partial = {
        name.partition(".p/")[0] for name in log.objects.names("2026h2/tile/") if ".p/" in name
    }
    assert partial == {"2026h2/tile/0/001", "2026h2/tile/entries/001", "2026h2/tile/1/000"}
    assert log.problems() == []


def test_a_damaged_store_is_told_of_and_not_gone_on_with() -> None:
    log = SmallLog()
    log.writer().ask(3)
    log.sequencer().step()
    kept = log.objects.read("2026h2/state") or b""
    staged = f"2026h2/{read_state(kept).staged}"
    tile = log.objects.read("2026h2/tile/0/000.p/6") or b""
    log.clock.advance(6)
    step = log.objects.read(staged) or b""
    log.objects.delete([staged])
    for name, damaged in (
        ("2026h2/state", kept[:-1]),
        ("2026h2/tile/0/000.p/6", b"x" + tile[1:]),
        ("2026h2/tile/0/000.p/6", tile[1:]),
    ):
        good = log.objects.read(name) or b""
        log.keep(name, damaged)
        with pytest.raises(EvidenceError) as caught:
            log.sequencer().step()
        assert caught.value.code == "evidence_unreadable"
        log.keep(name, good)
        log.clock.advance(6)
    log.keep(staged, step)
    log.settle()
    assert log.problems() == []


def test_a_tile_that_somebody_changed_stops_the_log() -> None:
    log = SmallLog()
    log.writer().ask(3)
    log.keep("2026h2/tile/0/000.p/6", b"x" * 192)
    with pytest.raises(EvidenceError, match="holds something else"):
        log.sequencer().step()


@pytest.mark.parametrize("damage", [None, b"", b"nonsense", b"log/2026h2\nmany\nx\n"])
def test_a_checkpoint_that_was_lost_or_damaged_is_written_again(damage: bytes | None) -> None:
    log = SmallLog()
    log.writer().ask(3)
    log.sequencer().close()
    if damage is None:
        log.objects.delete(["2026h2/checkpoint"])
    else:
        log.keep("2026h2/checkpoint", damage)
    log.clock.advance(6)
    log.sequencer().step()
    assert log.problems() == []
