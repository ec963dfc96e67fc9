"""What is particular to the file; the shared contract is in `tests/consent/test_registry.py`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guardrail.consent import (
    ConsentDraft,
    ConsentRecord,
    ConsentState,
    Method,
    Operator,
    ShownNotice,
    grant,
)
from guardrail.errors import ConfigError, EvidenceError
from guardrail.stores.sqlite import MIGRATIONS, SqliteConsents

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SUBJECT = "p:" + "a" * 64


def record(number: int) -> ConsentRecord:
    draft = ConsentDraft(
        subject=SUBJECT,
        operator=Operator(name="Мысал ЖШС", bin="990140000123"),
        purposes=("support.answer",),
        pii=frozenset({"KZ_IIN"}),
        third_parties=False,
        cross_border=False,
        public_sources=False,
        valid_to=NOW + timedelta(days=90),
        method=Method.WRITTEN,
        notice=ShownNotice(url="https://ops.example.kz/privacy"),
        withdrawal_method="https://ops.example.kz/withdraw",
    )
    return grant(draft, record_id=f"urn:uuid:00000000-0000-4000-8000-{number:012x}", now=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consents.db"


@pytest.fixture
def consents(path: Path) -> Iterator[SqliteConsents]:
    with SqliteConsents(path) as consents:
        yield consents


def tampered(path: Path, *statements: str) -> None:
    """Run what only somebody with the file in hands could."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER consent_events_stay")
    connection.execute("DROP TRIGGER consent_events_remain")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], text=True, stdout=subprocess.PIPE
    )


WITHDRAW = """
import sys, datetime, pathlib
from guardrail.stores.sqlite import SqliteConsents
with SqliteConsents(pathlib.Path(sys.argv[1])) as consents:
    consents.withdraw(sys.argv[2], now=datetime.datetime.fromisoformat(sys.argv[3]))
print("done")
"""


def test_a_withdrawal_in_another_process_is_seen_at_once(
    path: Path, consents: SqliteConsents
) -> None:
    given = record(1)
    consents.put(given)
    assert consents.find(SUBJECT)[0].state is ConsentState.GIVEN
    with python(WITHDRAW, str(path), given.record_id, NOW.isoformat()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert consents.find(SUBJECT)[0].state is ConsentState.WITHDRAWN
    assert consents.verify() == 2


OPEN = """
import sys, pathlib
from guardrail.stores.sqlite import SqliteConsents
print("ready", flush=True)
sys.stdin.readline()
with SqliteConsents(pathlib.Path(sys.argv[1])) as consents:
    print(len(consents.history("urn:uuid:none")))
"""


def test_processes_that_make_the_file_at_once_all_get_it(path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(path)],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[0] for process in processes] == ["0\n"] * 4


def test_what_is_kept_outlives_the_process(path: Path) -> None:
    with SqliteConsents(path) as consents:
        consents.put(record(1))
    with SqliteConsents(path) as consents:
        assert list(consents.find(SUBJECT)) == [record(1)]


def test_nobody_else_can_read_the_files(path: Path, consents: SqliteConsents) -> None:
    consents.put(record(1))
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "consents.db-wal" in modes


def test_a_file_open_to_others_is_closed_to_them(path: Path) -> None:
    path.touch(mode=0o644)
    with SqliteConsents(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_writes_are_synced_and_logged_ahead(consents: SqliteConsents) -> None:
    for connection in (consents._reader, consents._writer):
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    version = consents._reader.execute("PRAGMA user_version").fetchone()
    assert version == (len(MIGRATIONS),)


def test_a_writer_elsewhere_does_not_hold_up_a_look_up(
    path: Path, consents: SqliteConsents
) -> None:
    consents.put(record(1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert len(consents.find(SUBJECT)) == 1
    other.execute("ROLLBACK")
    other.close()


def test_no_event_can_be_changed_or_deleted(path: Path, consents: SqliteConsents) -> None:
    consents.put(record(1))
    connection = sqlite3.connect(path)
    for statement in ("UPDATE consent_events SET version = 2", "DELETE FROM consent_events"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE consent_events SET record = x'00' WHERE seq = 2", "at event 2"),
        ("UPDATE consent_events SET version = 9 WHERE seq = 2", "at event 2"),
        ("UPDATE consent_events SET hash = x'00' WHERE seq = 3", "at event 3"),
        ("DELETE FROM consent_events WHERE seq = 1", "at event 1"),
        ("DELETE FROM consent_events WHERE seq = 4", "in the row derived from"),
        ("UPDATE consents SET seq = 1 WHERE seq = 4", "in the row derived from"),
        ("DELETE FROM consents WHERE seq = 4", "in 1 missing derived rows"),
        ("INSERT INTO consents VALUES ('p:x', 'y', 1)", "in the row derived from"),
    ],
)
def test_what_is_changed_behind_our_back_is_found_and_named(
    path: Path, statement: str, where: str
) -> None:
    with SqliteConsents(path) as consents:
        for number in (1, 2, 3):
            consents.put(record(number))
        consents.withdraw(record(1).record_id, now=NOW)
        assert consents.verify() == 4
    tampered(path, statement)
    with SqliteConsents(path) as consents, pytest.raises(EvidenceError, match=where) as caught:
        consents.verify()
    assert caught.value.code == "consent_chain_broken"


def test_a_record_that_cannot_be_read_is_not_repeated(path: Path) -> None:
    with SqliteConsents(path) as consents:
        consents.put(record(1))
    tampered(path, """UPDATE consent_events SET record = CAST('{"secret": "Айгүл"}' AS BLOB)""")
    with SqliteConsents(path) as consents, pytest.raises(EvidenceError) as caught:
        consents.find(SUBJECT)
    assert "Айгүл" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_closed_store_is_unavailable_not_empty(path: Path) -> None:
    consents = SqliteConsents(path)
    consents.close()
    for call in (lambda: consents.find(SUBJECT), lambda: consents.put(record(1))):
        with pytest.raises(EvidenceError) as caught:
            call()
        assert (caught.value.code, caught.value.status) == ("store_unavailable", 503)


def test_a_store_whose_tables_are_gone_is_unavailable(path: Path, consents: SqliteConsents) -> None:
    tampered(path, "DROP TABLE consents")
    with pytest.raises(EvidenceError) as caught:
        consents.find(SUBJECT)
    assert caught.value.code == "store_unavailable"


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(
    consents: SqliteConsents,
) -> None:
    consents.put(record(1))
    pages = consents._writer.execute("PRAGMA page_count").fetchone()[0]
    consents._writer.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for number in range(2, 50):
            consents.put(record(number))

    with pytest.raises(EvidenceError, match="full") as caught:
        fill()
    assert caught.value.code == "store_unavailable"
    consents._writer.execute("PRAGMA max_page_count = 100000")
    assert consents.verify() == len(consents.find(SUBJECT))
    consents.put(record(99))


@pytest.mark.parametrize("content", [b"not a database, but long enough to look" * 40])
def test_a_file_that_is_no_database_is_a_start_up_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"consents\.db") as caught:
        SqliteConsents(path)
    assert caught.value.fix


def test_a_missing_directory_is_a_start_up_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        SqliteConsents(tmp_path / "missing" / "consents.db")


def test_a_newer_schema_is_a_start_up_error(path: Path) -> None:
    with SqliteConsents(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigError, match="schema 99"):
        SqliteConsents(path)
