from collections import Counter

import pytest

import guardrail.stores.sequencer as module
from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Entry,
    EntryKind,
    open_checkpoint,
    open_key_statement,
    restored,
    verifier,
)
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.stepped import Stepped
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import NEW_YEAR, SECOND, SmallKeys, SmallLog


def kinds(log: SmallLog, shard: str = "") -> list[object]:
    return [entry["t"] for entry in log.entries(shard)]


# --- What a step does ---


def test_a_step_takes_in_what_is_new_of_everybody() -> None:
    log = SmallLog()
    one, two = log.writer("w1"), log.writer("w2")
    sequencer = log.sequencer()
    one.ask(2)
    assert sequencer.step() == Stepped(leads=True, taken=4, size=6)
    two.ask(300)
    assert sequencer.step() == Stepped(leads=True, taken=300, size=306)
    assert kinds(log)[:6] == [
        "writer.start", "log.open", "writer.start", "request", "request", "writer.start",
    ]  # fmt: skip
    assert log.problems() == []


def test_a_step_without_news_changes_nothing() -> None:
    log = SmallLog()
    log.writer().ask(3)
    sequencer = log.sequencer()
    sequencer.step()
    sequencer.step()  # takes the write-ahead log away
    held = {name: log.objects.read(name) for name in log.objects.names("")}
    for _ in range(3):
        assert sequencer.step() == Stepped(leads=True, taken=0, size=6)
    assert {name: log.objects.read(name) for name in log.objects.names("")} == held


def test_numbers_of_many_writers_are_without_gaps_whatever_the_order() -> None:
    log = SmallLog()
    writers = [log.writer() for _ in range(7)]
    sequencer = log.sequencer()
    for turn in range(30):
        writers[turn % 7].ask(turn % 4)
        writers[turn * 3 % 7].beat()
        if turn % 5 == 0:
            sequencer.step()
    for writer in writers:
        writer.stop()
    sequencer.close()
    numbers: dict[object, list[object]] = {}
    for entry in log.entries():
        numbers.setdefault(entry["w"], []).append(entry["n"])
    assert all(found == list(range(len(found))) for found in numbers.values())
    assert len(numbers) == 8
    assert log.problems() == []


def test_the_checkpoint_is_signed_by_the_shards_key_and_that_by_the_root_key() -> None:
    log = SmallLog()
    log.writer().ask()
    log.sequencer().step()
    root = verifier("log", log.keys.root.public_key())
    key = open_key_statement(log.objects.read("2026h2/key") or b"", root)
    checkpoint = open_checkpoint(log.objects.read("2026h2/checkpoint") or b"", key)
    tree = restored(checkpoint.size, lambda name: log.objects.read(f"2026h2/{name}"))
    assert (checkpoint.origin, checkpoint.size) == ("log/2026h2", 4)
    assert checkpoint.root == tree.root()


def test_a_second_signature_is_made_where_one_is_wanted() -> None:
    log = SmallLog()
    sequencer = Sequencer(
        log.objects, log="log", keys=log.keys, clock=log.clock,
        cosign=lambda checkpoint, time: f"— other {checkpoint.size}{time}\n".encode(),
    )  # fmt: skip
    sequencer.step()
    note = log.objects.read("2026h2/checkpoint") or b""
    assert note.endswith(f"— other 2{log.clock() // SECOND}\n".encode())


def test_guards_with_other_keys_dont_go_on_with_a_log() -> None:
    log = SmallLog()
    log.sequencer().step()
    log.clock.now = NEW_YEAR
    log.objects.create("2027h1/key", b"somebody else's")
    log.clock.advance(10)
    with pytest.raises(EvidenceError, match="another key"):
        log.sequencer().step()


def test_more_than_a_step_takes_is_left_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    for limits in ((5, 1 << 20), (10_000, 1000)):
        log = SmallLog()
        log.writer().ask(40)
        log.writer().ask(40)
        with monkeypatch.context() as patch:
            patch.setattr(module, "_Room", lambda limits=limits: ROOM(*limits))
            sequencer = log.sequencer()
            first = sequencer.step()
            assert first.more
            assert first.taken < 10
            while sequencer.step().more:
                pass
            sequencer.close()
        assert log.problems() == []


ROOM = module._Room


def test_a_step_never_stages_more_than_an_object_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Counting(MemoryObjects):
        def create(self, name: str, data: bytes) -> bool:
            seen.append(len(data))
            return super().create(name, data)

    monkeypatch.setattr(module, "_Room", lambda: ROOM(10_000, 100_000))
    log = SmallLog(Counting())
    writer = log.writer()
    for _ in range(20):
        rules = [{"rule": "r" * 150, "action": "mask"}] * 60
        large = Entry(kind=EntryKind.CONSENT, fields={"hits": rules})
        writer.write(*[large] * 10)
    seen.clear()
    log.settle()
    assert max(seen) < 100_000 + 15_000 + 256 * 15_000
    assert log.problems() == []


# --- Seals and beats ---


def test_seals_say_all_that_came_since_the_last_one() -> None:
    log = SmallLog()
    one, two = log.writer("w1"), log.writer("w2")
    sequencer = log.sequencer(seal_every=10)
    for turn in range(60):
        one.ask(turn % 3, rule=f"kz.{turn % 4}")
        if turn % 7 == 0:
            two.beat()
        sequencer.step()
        log.clock.advance(1)
    one.stop()
    sequencer.close()
    due: Counter[str] = Counter()
    seals = 0
    for entry in log.entries():
        if entry["t"] != "log.seal":
            due[str(entry["t"]).replace(".", "_")] += 1
            continue
        totals = entry["totals"]
        assert isinstance(totals, dict)
        assert totals["records"] == due
        due.clear()
        seals += 1
    assert seals == 6
    assert log.problems() == []


def test_much_to_seal_takes_several_entries() -> None:
    log = SmallLog()
    writers = [log.writer(f"writer-with-a-long-name-{n:04d}-{'x' * 40}") for n in range(95)]
    for n, writer in enumerate(writers):
        for m in range(3):
            writer.ask(1, rule=f"{'long.rule.' * 14}{n}.{m}")
    sequencer = log.sequencer(seal_every=0)
    sequencer.step()
    seals = log.of_kind("log.seal")
    assert len(seals) == 10
    assert [seal.get("more", False) for seal in seals] == [True] * 9 + [False]
    heads = [head for seal in seals for head in seal.get("heads", ())]  # type: ignore[attr-defined]
    own = [entry["w"] for entry in seals][:1]
    assert {head["w"] for head in heads} == {writer.name for writer in writers} | {*own}
    assert len(heads) == 96
    sequencer.close()
    assert log.problems() == []


def test_a_log_in_which_nothing_happens_isnt_sealed_again_and_again() -> None:
    log = SmallLog()
    sequencer = log.sequencer(seal_every=5)
    for _ in range(50):
        sequencer.step()
        log.clock.advance(1)
    assert kinds(log) == ["writer.start", "log.open", "log.seal"]


def test_a_clock_that_went_back_doesnt_put_off_the_next_seal() -> None:
    log = SmallLog()
    writer, sequencer = log.writer(), log.sequencer(seal_every=60)
    log.clock.advance(3600)
    sequencer.step()
    log.clock.advance(-3600)
    writer.ask()
    sequencer.step()
    log.clock.advance(61)
    writer.ask()
    log.clock.advance(-1)
    sequencer.step()
    assert log.of_kind("log.seal") != []
    sequencer.close()
    assert log.problems() == []


# --- What waits ---


def test_what_waits_is_counted() -> None:
    log = SmallLog()
    sequencer = log.sequencer()
    assert sequencer.waiting() == 0
    log.writer().ask(4)
    log.writer().ask(300)
    assert sequencer.waiting() == 306
    sequencer.step()
    assert sequencer.waiting() == 0
    log.writers[0].ask(7)
    assert sequencer.waiting() == 7


def test_keys_are_made_when_they_are_first_needed() -> None:
    asked: list[str] = []

    class Asked(SmallKeys):
        def shard(self, name: str) -> object:  # type: ignore[override]
            asked.append(name)
            return super().shard(name)

    log = SmallLog()
    log.keys = Asked()
    sequencer = log.sequencer()
    assert asked == []
    sequencer.step()
    assert set(asked) == {"2026h2"}
