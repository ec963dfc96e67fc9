import gzip
import hashlib
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.evidence.details import commitment
from guardrail.stores.details import SqliteDetails

KEY = bytes(range(32))
MARKER = b"880101300123 is nobody's number"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "details.sqlite"


@pytest.fixture
def details(path: Path) -> Iterator[SqliteDetails]:
    with SqliteDetails(path, KEY) as opened:
        yield opened


def on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.iterdir()) if one.is_file())


def rows(path: Path) -> list[tuple[str, bytes, bytes, bytes]]:
    """Return id, salt, ciphertext and wrapped key of all details, read behind the store's back."""
    asked = "SELECT id, salt, sealed, wrapped FROM details JOIN owners USING (owner) ORDER BY seq"
    connection = sqlite3.connect(path)
    try:
        return connection.execute(asked).fetchall()
    finally:
        connection.close()


def test_what_is_kept_is_opened_by_its_id(details: SqliteDetails) -> None:
    kept = details.put(MARKER, subject="p:1", request="req_1", made=7)
    assert details.open(kept.id) == MARKER
    assert details.of_request("req_1") == details.of_subject("p:1") == (kept,)
    assert (kept.request, kept.made) == ("req_1", 7)


def test_a_commitment_is_over_salt_and_ciphertext(details: SqliteDetails, path: Path) -> None:
    kept = details.put(MARKER, subject="p:1", request="req_1", made=7)
    ((name, salt, sealed, _),) = rows(path)
    assert name == kept.id
    assert len(salt) == 32
    assert kept.commit == commitment(salt, sealed) == hashlib.sha256(salt + sealed).hexdigest()
    entry = Entry(kind=EntryKind.REQUEST, req="req_1", fields={"blob": kept.blob})
    assert entry.fields["blob"] == {"id": kept.id, "commit": kept.commit}


def test_nothing_that_was_kept_can_be_read_in_the_files(details: SqliteDetails, path: Path) -> None:
    details.put(MARKER, subject="p:somebody", request="req_1", made=7)
    assert MARKER not in on_disk(path)
    assert gzip.compress(MARKER)[10:30] not in on_disk(path)
    assert b"somebody" not in on_disk(path)


def test_the_same_twice_looks_different_twice(details: SqliteDetails) -> None:
    one, two = (details.put(MARKER, subject="p:1", request="req_1", made=7) for _ in range(2))
    assert one.commit != two.commit
    assert details.of_request("req_1") == (one, two)


def test_a_person_has_one_key_and_whoever_isnt_known_has_one_for_each_request(
    details: SqliteDetails, path: Path
) -> None:
    for subject, request in (("p:1", "a"), ("p:1", "b"), ("", "c"), ("", "c"), ("", "d")):
        details.put(MARKER, subject=subject, request=request, made=7)
    keys = [wrapped for _, _, _, wrapped in rows(path)]
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3


def test_details_are_found_by_the_time_that_they_were_put_there(details: SqliteDetails) -> None:
    kept = [details.put(b"x", subject="", request=f"r{n}", made=n) for n in range(4)]
    assert details.before(2) == tuple(kept[:2])


def test_destroyed_details_are_gone_and_others_stay(details: SqliteDetails) -> None:
    one = details.put(MARKER, subject="p:1", request="a", made=1)
    two = details.put(b"other", subject="p:1", request="b", made=1)
    assert details.destroy([one.id, "0" * 32]) == 1
    assert details.open(one.id) is None
    assert details.open(two.id) == b"other"


def test_the_key_goes_with_the_last_that_it_opens(details: SqliteDetails, path: Path) -> None:
    kept = [details.put(MARKER, subject="p:1", request="a", made=1) for _ in range(2)]
    wrapped = rows(path)[0][3]
    details.destroy([kept[0].id])
    assert wrapped in on_disk(path)
    details.destroy([kept[1].id])
    assert wrapped not in on_disk(path)


def test_after_a_destruction_no_file_holds_a_byte_of_it_even_while_others_have_it_open(
    details: SqliteDetails, path: Path
) -> None:
    with SqliteDetails(path, KEY) as other:
        for n in range(200):
            details.put(secrets.token_bytes(n * 20), subject=f"p:{n % 7}", request="a", made=n)
        doomed = details.of_subject("p:3")
        gone = [row for row in rows(path) if row[0] in {one.id for one in doomed}]
        other.of_subject("p:3")
        assert details.destroy([one.id for one in doomed]) == len(doomed) > 20
        left = on_disk(path)
        for name, salt, sealed, wrapped in gone:
            assert name.encode() not in left
            assert salt not in left
            assert wrapped not in left
            assert sealed[:24] not in left
            assert sealed[-24:] not in left
        assert other.of_subject("p:3") == ()
        assert len(other.of_subject("p:4")) > 20


def test_a_destruction_that_another_reader_holds_up_says_so_and_can_be_done_again(
    details: SqliteDetails, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrail.stores.details.PATIENCE", 0.0)
    kept = details.put(MARKER, subject="p:1", request="a", made=1)
    wrapped = rows(path)[0][3]
    details._connection.execute("PRAGMA busy_timeout = 1")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM details").fetchall()
    with pytest.raises(EvidenceError, match="still reads") as refused:
        details.destroy([kept.id])
    assert "again" in refused.value.fix
    assert wrapped in on_disk(path)
    reader.close()
    assert details.destroy([kept.id]) == 0
    assert wrapped not in on_disk(path)


def test_many_threads_may_put_at_once(details: SqliteDetails, path: Path) -> None:
    def put(n: int) -> None:
        for m in range(10):
            details.put(b"x", subject=f"p:{m}", request=f"{n}-{m}", made=n)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(path)) == 80
    assert len({wrapped for *_, wrapped in rows(path)}) == 10


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE details SET sealed = zeroblob(60)",
        "UPDATE details SET sealed = x''",
        "UPDATE owners SET wrapped = zeroblob(60)",
        "UPDATE details SET id = '00000000000000000000000000000000'",
    ],
)
def test_what_was_changed_doesnt_open(details: SqliteDetails, path: Path, damage: str) -> None:
    kept = details.put(MARKER, subject="p:1", request="a", made=1)
    details._connection.execute(damage)
    with pytest.raises(EvidenceError) as refused:
        details.open("0" * 32 if "SET id" in damage else kept.id)
    assert refused.value.code == "evidence_details_invalid"


def test_another_key_opens_nothing_and_adds_nothing_for_a_person_that_it_doesnt_know(
    details: SqliteDetails, path: Path
) -> None:
    kept = details.put(MARKER, subject="p:1", request="a", made=1)
    with SqliteDetails(path, bytes(32)) as other:
        with pytest.raises(EvidenceError):
            other.open(kept.id)
        assert other.of_subject("p:1") == ()


def test_a_name_that_is_no_id_opens_nothing(details: SqliteDetails) -> None:
    assert details.open("x' OR 1") is None
    assert details.open("0" * 32) is None


def test_the_file_is_its_owners_alone(details: SqliteDetails, path: Path) -> None:
    details.put(MARKER, subject="p:1", request="a", made=1)
    assert all(one.stat().st_mode & 0o077 == 0 for one in path.parent.iterdir())


def test_what_cant_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="store of details"):
        SqliteDetails(tmp_path / "missing" / "details.sqlite", KEY)
    (tmp_path / "text").write_text("no database" * 200)
    with pytest.raises(ConfigError, match="store of details"):
        SqliteDetails(tmp_path / "text", KEY)


def test_a_closed_store_says_so(path: Path) -> None:
    details = SqliteDetails(path, KEY)
    details.close()
    with pytest.raises(EvidenceError, match="can't answer"):
        details.of_request("a")


class Orders(RuleBasedStateMachine):
    """Whatever order things are put, destroyed and looked at in, the store knows what it holds."""

    kept = Bundle("kept")
    directory: Callable[[], Path]

    @initialize()
    def begin(self) -> None:
        self.path = type(self).directory() / "details.sqlite"
        self.details = SqliteDetails(self.path, KEY)
        self.known: dict[str, tuple[str, str, bytes]] = {}
        self.gone: list[bytes] = []

    @rule(target=kept, subject=st.sampled_from(["", "p:1", "p:2"]), size=st.integers(0, 9_000))
    def put(self, subject: str, size: int) -> str:
        data, request = secrets.token_bytes(size), f"req_{len(self.known)}"
        made = self.details.put(data, subject=subject, request=request, made=len(self.known))
        self.known[made.id] = (subject, request, data)
        return made.id

    @rule(name=kept)
    def destroy(self, name: str) -> None:
        before = {row[0]: row for row in rows(self.path)}
        assert self.details.destroy([name]) == (name in self.known)
        if self.known.pop(name, None) is not None:
            _, salt, sealed, wrapped = before[name]
            self.gone += [salt, sealed[-28:]]
            self.gone += [wrapped] if wrapped not in {row[3] for row in rows(self.path)} else []

    @rule(subject=st.sampled_from(["p:1", "p:2"]))
    def destroy_a_persons(self, subject: str) -> None:
        for one in self.details.of_subject(subject):
            self.destroy(one.id)

    @rule()
    def open_anew(self) -> None:
        self.details.close()
        self.details = SqliteDetails(self.path, KEY)

    @invariant()
    def what_is_kept_opens(self) -> None:
        for name, (_, request, data) in self.known.items():
            assert self.details.open(name) == data
            assert name in {one.id for one in self.details.of_request(request)}
        assert {row[0] for row in rows(self.path)} == set(self.known)

    @invariant()
    def what_is_destroyed_is_nowhere(self) -> None:
        left = on_disk(self.path)
        assert not [mark for mark in self.gone if mark in left]

    def teardown(self) -> None:
        self.details.close()


def test_in_whatever_order_details_come_and_go_none_is_lost_and_none_left(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    Orders.directory = lambda: tmp_path_factory.mktemp("details")
    machine = Orders.TestCase
    machine.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
    machine().runTest()


def test_errors_hold_nothing_of_what_is_kept(details: SqliteDetails) -> None:
    kept = details.put(MARKER, subject="p:1", request="a", made=1)
    details._connection.execute("UPDATE details SET sealed = x'00'")
    with pytest.raises(EvidenceError) as refused:
        details.open(kept.id)
    assert not re.search(r"\d{6}", str(refused.value))
