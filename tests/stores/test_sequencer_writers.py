from collections.abc import Callable

import orjson
import pytest

import guardrail.stores.sequencer as module
from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Chain,
    Entry,
    EntryKind,
    leaf_hash,
    read_state,
)
from guardrail.stores.sequencer import GIVEN_UP_US, Sequencer
from guardrail.testing.faulty import FaultyObjects
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import SECOND, SmallLog, SmallWriter

ROOM = module._Room


def kinds(log: SmallLog, shard: str = "") -> list[object]:
    return [entry["t"] for entry in log.entries(shard)]


class Failing(MemoryObjects):
    """Can't read what somebody has named."""

    broken = ""

    def read(self, name: str, start: int = 0) -> bytes | None:
        if name == self.broken:
            raise EvidenceError("evidence can't be read: Input/output error")
        return super().read(name, start)


# --- Writers that break, stop, or die ---


def line(writer: str, n: int, prev: str, kind: EntryKind = EntryKind.CONSENT) -> bytes:
    chain = Chain(writer)
    chain.size, chain.prev = n, prev
    return chain.append(Entry(kind=kind), 5)


def body_line(body: bytes) -> bytes:
    return leaf_hash(body).hex().encode() + b" " + body + b"\n"


def odd(writer: SmallWriter, **fields: object) -> bytes:
    last = writer.receipts[-1]
    record = {
        "v": 1, "t": "request", "ts": 1, "w": writer.name, "n": last.n + 1, "prev": last.leaf,
    }  # fmt: skip
    return body_line(orjson.dumps(record | fields, option=orjson.OPT_SORT_KEYS))


BROKEN: dict[str, tuple[str, Callable[[SmallWriter], bytes]]] = {
    "nonsense": ("unreadable", lambda _: b"nonsense\n"),
    "empty": ("unreadable", lambda _: b"\n"),
    "endless": ("unreadable", lambda _: b"x" * 20_000),
    "an older version": ("unreadable", lambda writer: odd(writer, v=0)),
    "foreign": ("another_writer", lambda writer: line("other", writer.receipts[-1].n + 1, "")),
    "missing": (
        "missing_entries",
        lambda writer: line(writer.name, writer.receipts[-1].n + 2, writer.receipts[-1].leaf),
    ),
    "another history": (
        "another_history",
        lambda writer: line(writer.name, writer.receipts[-1].n + 1, "f" * 64),
    ),
    "start": (
        "another_start",
        lambda writer: line(
            writer.name, writer.receipts[-1].n + 1, writer.receipts[-1].leaf, EntryKind.WRITER_START
        ),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_writer_that_breaks_is_told_of_once_and_others_go_on(case: str) -> None:
    fault, broken = BROKEN[case]
    log = SmallLog()
    before, bad, after = log.writer("a"), log.writer("b"), log.writer("c")
    bad.ask(2)
    n = bad.receipts[-1].n + 1
    name = f"wal/b/{n:016d}"
    log.keep(name, broken(bad))
    sequencer = log.sequencer(seal_every=1)
    for _ in range(5):
        before.ask(2)
        after.ask(2)
        sequencer.step()
        log.clock.advance(1)
    sequencer.close()
    log.settle()
    (incident,) = log.of_kind("incident")
    assert (incident["code"], incident["reason"]) == ("writer_broken", fault)
    assert incident["heads"] == [{"w": "b", "n": n, "leaf": bad.receipts[-1].leaf}]
    assert name in log.waiting()
    log.objects.delete([name])
    assert log.problems() == []


def test_what_a_later_version_of_the_schema_says_waits_for_who_understands_it() -> None:
    log = SmallLog()
    other, newer = log.writer("a"), log.writer("b")
    newer.ask(2)
    name = f"wal/b/{newer.receipts[-1].n + 1:016d}"
    log.keep(name, odd(newer, v=2))
    sequencer = log.sequencer(seal_every=1)
    for _ in range(5):
        other.ask(2)
        stepped = sequencer.step()
        assert stepped.unread is not None
        assert stepped.unread.code == "evidence_newer"
        log.clock.advance(GIVEN_UP_US // 1_000_000)
    assert log.of_kind("incident") == []
    assert name in log.waiting()
    assert len([entry for entry in log.entries() if entry["w"] == "a"]) == 11
    assert len([entry for entry in log.entries() if entry["w"] == "b"]) == 3


def test_an_object_that_cant_be_read_keeps_nobody_else_waiting_and_is_read_later() -> None:
    objects = Failing()
    log = SmallLog(objects)
    good, bad = log.writer("a"), log.writer("b")
    bad.ask(3)
    objects.broken = next(iter(objects.names("wal/b/")))
    sequencer = log.sequencer(seal_every=1)
    for _ in range(3):
        good.ask(2)
        assert sequencer.step().unread is not None
        log.clock.advance(GIVEN_UP_US // 1_000_000)
    assert {entry["w"] for entry in log.entries()} >= {"a"}
    assert "b" not in {entry["w"] for entry in log.entries()}
    objects.broken = ""
    assert sequencer.step().unread is None
    assert len([entry for entry in log.entries() if entry["w"] == "b"]) == 4
    assert log.of_kind("incident") == []


def test_a_writer_whose_very_first_line_is_broken_is_told_of_once() -> None:
    log = SmallLog()
    log.keep("wal/bad/0000000000000000", b"nonsense\n")
    sequencer = log.sequencer(seal_every=1)
    for _ in range(5):
        sequencer.step()
        log.clock.advance(1)
    sequencer.close()
    log.settle()
    (incident,) = log.of_kind("incident")
    assert incident["heads"] == [{"w": "bad", "n": 0, "leaf": ""}]
    log.objects.delete(["wal/bad/0000000000000000"])
    assert log.problems() == []


def test_a_missing_middle_stops_its_writer_alone() -> None:
    log = SmallLog()
    bad, good = log.writer("b"), log.writer("c")
    bad.ask(3)
    bad.ask(3)
    bad.ask(3)
    log.objects.delete(["wal/b/0000000000000004"])
    good.ask(3)
    log.settle()
    (incident,) = log.of_kind("incident")
    assert incident["reason"] == "missing_entries"
    assert len([entry for entry in log.entries() if entry["w"] == "b"]) == 4
    assert len([entry for entry in log.entries() if entry["w"] == "c"]) == 4


def test_what_comes_under_a_name_that_has_stopped_is_told_of_and_kept() -> None:
    log = SmallLog()
    first, other = log.writer("w"), log.writer("other")
    first.ask(3)
    first.stop()
    sequencer = log.sequencer()
    sequencer.step()
    sequencer.step()
    assert [name for name in log.waiting() if name.startswith("wal/w/")] == []
    again = SmallWriter(log.objects, log.clock, "w")
    again.ask(9)
    sequencer.step()
    other.ask(2)
    sequencer.step()
    sequencer.close()
    (incident,) = log.of_kind("incident")
    assert incident["reason"] == "another_history"
    assert log.waiting()[-1] == "wal/w/0000000000000001"
    log.objects.delete(name for name in log.waiting() if name.startswith("wal/w/"))
    assert log.problems() == []


def test_a_history_that_was_exchanged_for_another_is_told_of_by_who_reads_it_anew() -> None:
    log = SmallLog()
    log.writer("w").ask(3)
    log.sequencer().step()
    log.sequencer().step()
    log.clock.advance(6)
    other = SmallLog()
    other.clock.advance(1)
    other.writer("w").ask(3)
    for name in other.waiting():
        log.keep(name, other.objects.read(name) or b"")
    log.settle()
    (incident,) = log.of_kind("incident")
    assert incident["reason"] == "another_history"


def test_a_line_after_the_stop_is_told_of() -> None:
    log = SmallLog()
    writer = log.writer("w")
    writer.stop()
    sequencer = log.sequencer()
    sequencer.step()
    writer.ask()
    sequencer.step()
    sequencer.close()
    assert [entry["reason"] for entry in log.of_kind("incident")] == ["another_start"]


@pytest.mark.parametrize("name", ["wal/-x/0000000000000000", f"wal/{'x' * 90}/{0:016d}", "wal/w/x"])
def test_what_no_writer_is_called_is_left_alone(name: str) -> None:
    log = SmallLog()
    log.keep(name, b"nonsense\n")
    log.writer("w").ask(2)
    log.settle()
    assert log.of_kind("incident") == []
    assert name in log.waiting()


def test_write_ahead_logs_go_when_the_tree_holds_all_of_them_and_not_before() -> None:
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer()
    writer.ask(2)
    sequencer.step()
    assert log.waiting() == ["wal/w/0000000000000000", "wal/w/0000000000000001"]
    writer.ask(2)
    sequencer.step()
    assert log.waiting() == ["wal/w/0000000000000003"]
    writer.stop()
    sequencer.step()
    sequencer.step()
    assert log.waiting() == []
    assert log.problems() == []


def watch(log: SmallLog, sequencer: Sequencer, seconds: int) -> None:
    for _ in range(seconds // 50):
        log.clock.advance(50)
        sequencer.step()


def test_a_writer_that_was_silent_for_an_hour_is_taken_to_be_dead() -> None:
    log = SmallLog()
    log.writer("w").ask(2)
    log.keep("wal/empty/0000000000000000", b"half a li")
    sequencer = log.sequencer()
    sequencer.step()
    watch(log, sequencer, GIVEN_UP_US // SECOND)
    assert len(log.waiting()) == 2
    watch(log, sequencer, 200)
    assert log.waiting() == []
    assert log.problems() == []


def test_a_writer_that_nobody_had_time_to_read_isnt_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Room", lambda: ROOM(5))
    log = SmallLog()
    busy, other = log.writer("a"), log.writer("b")
    sequencer = log.sequencer()
    for _ in range(GIVEN_UP_US // SECOND // 50 + 5):
        busy.ask(5)
        other.beat()
        log.clock.advance(50)
        assert sequencer.step().more
    log.settle()
    assert log.problems() == []


def test_no_time_in_which_nobody_watched_makes_a_writer_dead() -> None:
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer()
    sequencer.step()
    for _ in range(4):  # a clock that jumps, or a process that stood still
        log.clock.advance(86_400)
        sequencer.step()
        assert log.waiting() != []
    restarted = log.sequencer()
    restarted.step()
    assert log.waiting() != []
    writer.ask(3)
    log.settle()
    assert log.problems() == []


def step_on(sequencer: Sequencer) -> None:
    while True:
        sequencer.step()


def test_what_waited_while_nobody_sequenced_isnt_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Room", lambda: ROOM(10))
    log = SmallLog()
    writer = log.writer("w")
    log.sequencer().close()
    for _ in range(60):
        log.clock.advance(600)
        writer.ask(3)
    for at in range(30):
        sequencer = log.sequencer(FaultyObjects(log.objects, at=at))
        log.clock.advance(6)
        with pytest.raises(EvidenceError, match="told to"):
            step_on(sequencer)
    log.settle()
    assert log.problems() == []


def test_writers_whose_end_was_sealed_are_forgotten() -> None:
    log = SmallLog()
    sequencer = log.sequencer(seal_every=1)
    for n in range(5):
        writer = log.writer(f"w{n}")
        writer.stop()
        for _ in range(4):
            sequencer.step()
            log.clock.advance(1)
    last = log.writer("last")
    last.ask(1)
    sequencer.step()
    known = read_state(log.objects.read("2026h2/state") or b"").writers
    assert {"last"} < known.keys()
    assert {"w0", "w1", "w2", "w3"}.isdisjoint(known)
    sequencer.close()
    assert log.problems() == []
