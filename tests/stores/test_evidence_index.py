import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.stores import index_names
from guardrail.stores.evidence_index import EvidenceIndex, Named, Position
from guardrail.stores.evidence_reader import read_entry
from guardrail.testing.small_log import NEW_YEAR, SECOND, SmallLog

PERSON = f"p:2026h2:{'a' * 32}"


def small() -> SmallLog:
    log = SmallLog()
    writer = log.writer("w")
    entry = Entry(kind=EntryKind.REPLY, req="req_1", fields={"sub": PERSON})
    writer.write(Entry(kind=EntryKind.REQUEST, req="req_1"), entry)
    writer.write(Entry(kind=EntryKind.REQUEST, req="req_2"))
    log.sequencer().step()
    return log


def test_a_requests_a_writers_and_a_persons_entries_are_found(tmp_path: Path) -> None:
    log, index = small(), EvidenceIndex(tmp_path / "state" / "index.sqlite")
    assert index.follow(log.objects, log.clock()) == 6
    found = index.find("req_1")
    assert [(one.writer, one.n, one.kind) for one in found] == [
        ("w", 1, "request"),
        ("w", 2, "reply"),
    ]
    assert index.of_subject(PERSON) == found[1:]
    assert found[1] == Named(
        shard="2026h2", index=found[1].index, writer="w", n=2, kind="reply", ts=log.clock()
    )
    there = Position(shard="2026h2", index=found[1].index, writer="w", n=2)
    assert index.position("w", 2) == there
    body = read_entry(log.objects, "2026h2", found[1].index)
    assert body is not None
    assert PERSON.encode() in body
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()}
    assert set(modes.values()) == {0o600}, "SQLite's own files, too"
    assert len(modes) == 3
    index.close()


def test_what_isnt_there_isnt_found(tmp_path: Path) -> None:
    log, index = small(), EvidenceIndex(tmp_path / "index")
    index.follow(log.objects, log.clock())
    assert index.find("req_3") == index.find("") == index.of_subject("") == []
    assert index.position("w", 9) is index.position("other", 0) is None
    index.close()


def lines_in(path: Path) -> list[tuple[str, str]]:
    """Return all that an index says of names, however it is cut into lists."""
    sql = "SELECT shard, lines FROM {0} JOIN {0}_lists USING (list)"
    with closing(sqlite3.connect(path)) as database:
        return sorted(
            (shard, line)
            for table in ("requests", "subjects")
            for shard, lines in database.execute(sql.format(table))
            for line in lines.split("\n")
        )


def places(index: EvidenceIndex, entries: Sequence[Mapping[str, object]]) -> list[Position | None]:
    return [index.position(str(entry["w"]), int(str(entry["n"]))) for entry in entries]


def test_what_a_step_says_of_its_entries_is_what_the_log_holds(tmp_path: Path) -> None:
    log = SmallLog()
    told, read = EvidenceIndex(tmp_path / "told"), EvidenceIndex(tmp_path / "read")
    writer, sequencer = log.writer("w"), log.sequencer()
    for turn in range(12):
        writer.ask(turn * 9)
        writer.write(Entry(kind=EntryKind.REPLY, req=f"r{turn}", fields={"sub": PERSON}))
        for added in sequencer.step().added:
            told.add(added.shard, added.first, added.lines)
        if turn == 6:
            log.clock.now = NEW_YEAR
        log.clock.advance(1)
    assert read.follow(log.objects, log.clock()) == len(log.entries())
    assert lines_in(tmp_path / "told") == lines_in(tmp_path / "read") != []
    assert places(told, log.entries()) == places(read, log.entries())
    assert None not in places(told, log.entries())
    assert told.follow(log.objects, log.clock()) == 0, "it knows all of them already"
    told.close()
    read.close()


def test_entries_behind_a_gap_are_left_to_be_read_from_the_log(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    writer, sequencer = log.writer("w"), log.sequencer()
    writer.ask(3)
    sequencer.step()
    writer.ask(3)
    for added in sequencer.step().added:
        index.add(added.shard, added.first, added.lines)
    assert lines_in(tmp_path / "index") == []
    assert index.follow(log.objects, log.clock()) == len(log.entries())
    index.close()


def test_it_follows_the_log_entry_by_entry_over_half_years(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    writer, sequencer = log.writer("w"), log.sequencer()
    taken = 0
    for turn in range(12):
        writer.ask(turn * 9)
        sequencer.step()
        taken += index.follow(log.objects, log.clock())
        if turn == 6:
            log.clock.now = NEW_YEAR
        log.clock.advance(1)
    assert index.follow(log.objects, log.clock()) == 0
    entries = log.entries()
    assert taken == len(entries)
    for entry in entries:
        writer_name, n = str(entry["w"]), int(str(entry["n"]))
        position = index.position(writer_name, n)
        assert position is not None
        body = read_entry(log.objects, position.shard, position.index) or b""
        assert f'"n":{n},'.encode() in body
        assert f'"w":"{writer_name}"'.encode() in body
    index.close()


def test_it_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    log, index = small(), EvidenceIndex(tmp_path / "index")
    index.follow(log.objects, log.clock())
    found = index.find("req_1")
    index.close()
    for path in tmp_path.iterdir():
        path.unlink()
    again = EvidenceIndex(tmp_path / "index")
    assert again.find("req_1") == []
    assert again.follow(log.objects, log.clock()) == 6
    assert again.find("req_1") == found
    again.close()


def test_another_log_than_before_is_read_from_its_start(tmp_path: Path) -> None:
    log, index = small(), EvidenceIndex(tmp_path / "index")
    log.writers[0].ask(300)
    log.settle()
    index.follow(log.objects, log.clock())
    other = small()
    assert index.follow(other.objects, other.clock()) == 6
    assert index.position("w", 200) is None
    assert len(index.find("req_1")) == 2
    index.close()


def test_two_processes_may_follow_at_once(tmp_path: Path) -> None:
    log = small()
    one, two = EvidenceIndex(tmp_path / "index"), EvidenceIndex(tmp_path / "index")
    assert one.follow(log.objects, log.clock()) == 6
    assert two.follow(log.objects, log.clock()) == 0
    log.writers[0].ask(5)
    log.unguarded().step()
    assert two.follow(log.objects, log.clock()) == 5
    assert one.follow(log.objects, log.clock()) == 0
    assert one.position("w", 8) == two.position("w", 8) is not None
    one.close()
    two.close()


def test_what_was_pruned_is_passed_over(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    log.writer("w").ask(600)
    log.sequencer().step()
    log.keep("2026h2/minimum-index", b"256")
    log.objects.delete(["2026h2/tile/entries/000"])
    assert index.follow(log.objects, log.clock()) == 603
    assert index.position("w", 100) is None
    assert index.position("w", 500) is not None
    index.close()


def test_a_damaged_log_is_told_of_and_gone_on_with_when_it_is_mended(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    log.writer("w").ask(600)
    log.sequencer().step()
    bundle = log.objects.read("2026h2/tile/entries/001") or b""
    log.objects.delete(["2026h2/tile/entries/001"])
    with pytest.raises(EvidenceError, match="missing"):
        index.follow(log.objects, log.clock())
    log.keep("2026h2/tile/entries/001", bundle)
    assert index.follow(log.objects, log.clock()) == 603 - 256
    assert index.position("w", 500) is not None
    index.close()


def test_a_file_that_is_no_index_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"nonsense" * 999)
    log, index = small(), EvidenceIndex(tmp_path / "index")
    assert index.follow(log.objects, log.clock()) > 0
    index.close()


def test_an_index_that_is_damaged_while_it_is_open_is_made_anew(tmp_path: Path) -> None:
    log = SmallLog()
    log.writer("w").ask(600)
    log.sequencer().step()
    index = EvidenceIndex(tmp_path / "index")
    assert index.follow(log.objects, log.clock()) == 603
    index.close()
    index = EvidenceIndex(tmp_path / "index")
    data = bytearray((tmp_path / "index").read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    (tmp_path / "index").write_bytes(data)
    with pytest.raises(EvidenceError, match="DatabaseError"):
        index.follow(log.objects, log.clock())
    assert index.follow(log.objects, log.clock()) == 603
    assert index.position("w", 500) is not None
    index.close()


def test_an_index_that_cant_be_there_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EvidenceError, match="can't be opened") as caught:
        EvidenceIndex(tmp_path / "file" / "below")
    assert "deleted" in str(caught.value.fix)


def test_an_index_that_fails_says_so_and_takes_nothing_half(tmp_path: Path) -> None:
    log, index = small(), EvidenceIndex(tmp_path / "index")
    with sqlite3.connect(tmp_path / "index") as other:
        other.execute("ALTER TABLE shards RENAME TO gone")
    other.close()
    with pytest.raises(EvidenceError, match="OperationalError"):
        index.follow(log.objects, log.clock())
    with sqlite3.connect(tmp_path / "index") as other:
        other.execute("ALTER TABLE gone RENAME TO shards")
        other.execute("ALTER TABLE requests RENAME TO gone")
    other.close()
    with pytest.raises(EvidenceError, match="OperationalError"):
        index.find("req_1")
    with pytest.raises(EvidenceError, match="OperationalError"):
        index.follow(log.objects, log.clock() + SECOND)
    assert dict(index._rows("SELECT shard, size FROM shards", ())) == {}
    index.close()


def test_what_retention_deleted_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    log.writer("w").write(
        *(
            Entry(kind=EntryKind.REPLY, req=f"req_{n}", fields={"sub": PERSON})
            for n in range(1, 600)
        )
    )
    log.sequencer().step()
    index.follow(log.objects, log.clock())
    before = index.position("w", 300)
    assert before is not None
    index.forget("2026h2", before.index)
    assert index.position("w", 300) == before
    assert index.position("w", 299) is None
    assert index.find("req_299") == []
    assert [one.n for one in index.find("req_300")] == [300]
    assert [one.n for one in index.of_subject(PERSON)] == list(range(300, 600))
    index.forget("2026h2", 10_000)
    assert lines_in(tmp_path / "index") == []
    assert index.position("w", 599) is None
    index.close()


def test_names_are_found_in_every_part_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_names, "LONG", 100)
    log, told = SmallLog(), EvidenceIndex(tmp_path / "told")
    read = EvidenceIndex(tmp_path / "read")
    writer, sequencer = log.writer("w"), log.sequencer()
    for count in (30, 99, 200, 1, 100, 353):
        writer.write(*[Entry(kind=EntryKind.REQUEST, req="req_1")] * count)
        for added in sequencer.step().added:
            told.add(added.shard, added.first, added.lines)
    assert read.follow(log.objects, log.clock()) == len(log.entries())
    for index in (told, read):
        assert [one.n for one in index.find("req_1")] == list(range(1, 784))
        index.forget("2026h2", 250)
        found = index.find("req_1")
        assert [one.index for one in found] == list(range(250, len(log.entries())))
        assert [index.position("w", one.n) for one in found] == [
            Position(shard=one.shard, index=one.index, writer="w", n=one.n) for one in found
        ]
        index.close()


def test_an_index_of_an_older_form_is_made_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "index")) as older:
        older.execute("CREATE TABLE shards (shard TEXT PRIMARY KEY, size INTEGER NOT NULL)")
        older.execute("INSERT INTO shards VALUES ('2026h2', 6)")
        older.execute("CREATE TABLE entries (shard TEXT, idx INTEGER)")
        older.commit()
    log, index = small(), EvidenceIndex(tmp_path / "index")
    assert index.follow(log.objects, log.clock()) == 6
    assert len(index.find("req_1")) == 2
    again = EvidenceIndex(tmp_path / "index")
    assert again.follow(log.objects, log.clock()) == 0
    again.close()
    index.close()
