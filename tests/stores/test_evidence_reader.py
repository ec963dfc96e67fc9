import orjson
import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import bundle, bundle_name, restored
from guardrail.stores.evidence_reader import (
    minimum_index,
    read_bundle,
    read_entries,
    read_entry,
    shards_between,
    size_of,
)
from guardrail.testing.small_log import AUGUST, NEW_YEAR, SECOND, SmallLog

DAY = 86_400 * SECOND


def grown(count: int) -> SmallLog:
    """A log of which one writer's entries were taken in one by one, a second apart."""
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer(seal_every=10**9)
    for _ in range(count):
        writer.ask(1)
        log.clock.advance(1)
    sequencer.step()
    return log


def over_new_year() -> SmallLog:
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer()
    writer.ask(3)
    sequencer.step()
    log.clock.now = NEW_YEAR - 5
    writer.ask(1)
    log.clock.now = NEW_YEAR + 5
    writer.ask(2)
    sequencer.step()
    log.clock.advance(1)
    writer.ask(2)
    sequencer.step()
    sequencer.close()
    return log


def times(log: SmallLog, since: int, until: int) -> list[int]:
    return [orjson.loads(body)["ts"] for _, _, body in read_entries(log.objects, since, until)]


def prune(log: SmallLog, below: int, shard: str = "2026h2") -> None:
    log.keep(f"{shard}/minimum-index", b"%d" % below)
    log.objects.delete(f"{shard}/{bundle_name(number)}" for number in range(below // 256))


def test_the_size_is_the_checkpoints() -> None:
    log = grown(3)
    assert size_of(log.objects, "2026h2") == 6
    assert size_of(log.objects, "2027h1") == 0


@pytest.mark.parametrize("note", [b"", b"log\n", b"log\nmany\nroot\n", b"\n\n\n"])
def test_what_is_no_checkpoint_has_no_size(note: bytes) -> None:
    log = grown(1)
    log.keep("2026h2/checkpoint", note)
    with pytest.raises(EvidenceError, match="isn't a checkpoint"):
        size_of(log.objects, "2026h2")


def test_one_entry_is_found_by_its_index() -> None:
    log = grown(700)
    bodies = [body for _, _, body in read_entries(log.objects, 0, NEW_YEAR)]
    assert len(bodies) == 703
    for index in (0, 1, 255, 256, 511, 512, 702):
        assert read_entry(log.objects, "2026h2", index) == bodies[index]
    for index in (-1, 703, 10**9):
        assert read_entry(log.objects, "2026h2", index) is None
    assert read_entry(log.objects, "2027h1", 0) is None


def test_entries_come_in_the_logs_order_with_where_they_stand() -> None:
    log = over_new_year()
    places = [(shard, index) for shard, index, _ in read_entries(log.objects, 0, NEW_YEAR + DAY)]
    sizes = log.size("2026h2"), log.size("2027h1")
    assert places == [
        *(("2026h2", index) for index in range(sizes[0])),
        *(("2027h1", index) for index in range(sizes[1])),
    ]


def test_only_entries_that_were_made_in_the_time_asked_for_come() -> None:
    log = grown(700)
    first, last = AUGUST + 300 * SECOND, AUGUST + 310 * SECOND
    assert times(log, first, last) == list(range(first, last, SECOND))
    assert times(log, first, first) == []
    assert times(log, NEW_YEAR, NEW_YEAR + DAY) == []


def test_an_entry_that_came_late_into_the_tree_is_found_in_the_shard_that_took_it() -> None:
    log = over_new_year()
    found = [
        (shard, orjson.loads(body)["ts"])
        for shard, _, body in read_entries(log.objects, NEW_YEAR - 10, NEW_YEAR)
    ]
    assert found == [("2026h2", NEW_YEAR - 5)]
    late = log.writers[0]
    log.clock.now = NEW_YEAR - 3
    late.ask(1)
    log.clock.now = NEW_YEAR + 10**8
    log.sequencer().step()
    shards = [shard for shard, _, _ in read_entries(log.objects, NEW_YEAR - 3, NEW_YEAR - 2)]
    assert shards == ["2027h1"]


def test_shards_of_a_time_come_with_their_sizes() -> None:
    log = over_new_year()
    both = [("2026h2", log.size("2026h2")), ("2027h1", log.size("2027h1"))]
    assert list(shards_between(log.objects, 0, NEW_YEAR)) == both
    assert list(shards_between(log.objects, NEW_YEAR, NEW_YEAR)) == both[1:]
    assert list(shards_between(log.objects, NEW_YEAR + 400 * DAY, NEW_YEAR + 500 * DAY)) == []


def test_a_bundle_that_grew_meanwhile_gives_what_was_asked_for() -> None:
    log = grown(200)
    size = log.size()
    log.writers[0].ask(100)
    sequencer = log.unguarded()
    sequencer.step()
    assert log.objects.read(f"2026h2/{bundle_name(0, size)}") is None
    bodies = read_bundle(log.objects, "2026h2", 0, size)
    assert len(bodies) == size
    assert bodies == read_bundle(log.objects, "2026h2", 0, log.size())[:size]


def test_a_bundle_that_is_gone_is_missed_unless_it_was_pruned() -> None:
    log = grown(700)
    body = read_entry(log.objects, "2026h2", 400)
    log.objects.delete([f"2026h2/{bundle_name(1)}"])
    with pytest.raises(EvidenceError, match="tile/entries/001 is missing"):
        read_entry(log.objects, "2026h2", 400)
    with pytest.raises(EvidenceError, match="is missing"):
        list(read_entries(log.objects, 0, NEW_YEAR))
    prune(log, 512)
    assert minimum_index(log.objects, "2026h2") == 512
    assert body is not None
    assert read_entry(log.objects, "2026h2", 400) is None
    kept = [index for _, index, _ in read_entries(log.objects, 0, NEW_YEAR)]
    assert kept == list(range(512, 703))
    assert times(log, AUGUST + 600 * SECOND, NEW_YEAR)[0] == AUGUST + 600 * SECOND


def test_no_minimum_index_is_nought_and_what_is_no_number_is_told() -> None:
    log = grown(1)
    assert minimum_index(log.objects, "2026h2") == 0
    log.keep("2026h2/minimum-index", b"many")
    with pytest.raises(EvidenceError, match="is no number"):
        minimum_index(log.objects, "2026h2")


def test_what_is_no_record_is_told_of() -> None:
    log = grown(3)
    for bad in (b"nonsense", b"[]", b"{}", b'{"ts":"now"}'):
        log.keep(f"2026h2/{bundle_name(0, 6)}", bundle([bad] * 6))
        with pytest.raises(EvidenceError, match="isn't a record"):
            list(read_entries(log.objects, 0, NEW_YEAR))


def test_reading_by_time_reads_few_bundles_of_a_large_log() -> None:
    log = SmallLog()
    writer, sequencer = log.writer("w"), log.sequencer(seal_every=10**9)
    for _ in range(40):
        writer.ask(256)
        log.clock.advance(86_400)
    sequencer.step()
    sequencer.step()
    assert restored(log.size(), lambda name: log.objects.read(f"2026h2/{name}")).size == 10_243
    asked: list[str] = []
    read = log.objects.read

    class Asked:
        def read(self, name: str, start: int = 0) -> bytes | None:
            asked.append(name)
            return read(name, start)

    day = AUGUST + 20 * DAY
    found = list(read_entries(Asked(), day, day + 1))  # type: ignore[arg-type]
    assert len(found) == 256
    assert len([name for name in asked if "/entries/" in name]) < 12
