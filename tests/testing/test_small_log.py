from itertools import pairwise

import pytest

from guardrail.errors import EvidenceError
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import NEW_YEAR, SmallKeys, SmallLog, SmallWriter


def settled() -> SmallLog:
    log = SmallLog()
    log.writer().ask(3)
    log.settle()
    return log


def test_a_log_that_was_brought_to_an_end_has_no_problems() -> None:
    log = settled()
    assert log.problems() == []
    assert log.size() == len(log.entries()) == 8
    assert len(log.of_kind("request")) == 3


def test_an_entry_that_isnt_in_the_tree_is_a_problem() -> None:
    log = settled()
    log.writers[0].ask(1)
    assert log.problems() == ["w0-4 is lost", "1 entries wait"]


def test_an_entry_that_is_there_as_another_is_a_problem() -> None:
    log = settled()
    log.writers[0].receipts[2] = log.writers[0].receipts[1]
    assert log.problems() == []
    first = log.writers[0].receipts[0]
    log.writers[0].receipts[1] = type(first)(writer="w0", n=1, leaf=first.leaf)
    assert log.problems() == ["w0-1 is lost"]


def test_a_checkpoint_that_went_back_is_a_problem() -> None:
    log = settled()
    late = log.objects.read("2026h2/checkpoint") or b""
    early = log.objects.notes[0] if hasattr(log.objects, "notes") else b""
    log.objects.swap("2026h2/checkpoint", early, expected=late)
    log.objects.swap("2026h2/checkpoint", late, expected=early)
    assert log.problems() == ["the log went back"]


def test_a_changed_object_is_a_problem() -> None:
    log = settled()
    log.keep("2026h2/tile/0/000.p/8", b"x" * 256)
    assert log.problems() != []


def test_a_writer_takes_no_name_that_is_there() -> None:
    log = SmallLog(MemoryObjects())
    log.writer("w")
    log.clock.advance(1)
    with pytest.raises(EvidenceError, match="there already"):
        SmallWriter(log.objects, log.clock, "w")
    assert log.waiting() == ["wal/w/0000000000000000"]


def test_sequencers_that_all_lead_lead() -> None:
    log = SmallLog()
    assert log.unguarded().step().leads
    assert log.unguarded().step().leads
    assert log.sequencer().step().leads
    assert not log.sequencer().step().leads


def test_keys_are_the_same_every_time_and_differ_by_shard_and_seed() -> None:
    keys = [
        key.private_bytes_raw()
        for key in (
            SmallKeys().root, SmallKeys().shard("2026h2"), SmallKeys().shard("2027h1"),
            SmallKeys(2).root, SmallKeys(2).shard("2026h2"),
        )
    ]  # fmt: skip
    assert len({*keys, SmallKeys().root.private_bytes_raw()}) == 5
    assert all(one != other for one, other in pairwise(keys))


def test_a_clock_moves_when_it_is_told_to() -> None:
    clock = SmallLog().clock
    before = clock()
    clock.advance(1.5)
    assert clock() == before + 1_500_000
    clock.now = NEW_YEAR
    assert clock() == NEW_YEAR
