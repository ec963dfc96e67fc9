"""A real database: how it is reached, lost, found again, and brought up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest

from guardrail.errors import ConfigError, EvidenceError
from guardrail.stores import postgres as module
from guardrail.stores.postgres import Connection, Database

if TYPE_CHECKING:
    from tests.conftest import PostgresServer

STEPS = ("CREATE TABLE one (a integer); INSERT INTO one VALUES (1)", "UPDATE one SET a = a + 1")


@pytest.fixture
def server(fresh_postgres: PostgresServer) -> Iterator[PostgresServer]:
    fresh_postgres.sql("DROP TABLE IF EXISTS one")
    yield fresh_postgres
    fresh_postgres.sql("DROP TABLE IF EXISTS one")


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    database = Database(server.url)
    yield database
    database.close()


def ask(connection: Connection) -> object:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row
    return row[0]


def setting(database: Database, name: str) -> object:
    def work(connection: Connection) -> object:
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        assert row
        return row[0]

    return database.run(work, repeatable=True)


def test_every_session_is_durable_and_bounded_whatever_the_user_is_set_to(
    server: PostgresServer,
) -> None:
    server.sql("CREATE ROLE careless LOGIN")
    server.sql("ALTER ROLE careless SET synchronous_commit = off")
    server.sql("ALTER ROLE careless SET default_transaction_isolation = serializable")
    database = Database(server.url_of("careless"))
    try:
        assert setting(database, "synchronous_commit") == "on"
        assert setting(database, "default_transaction_isolation") == "read committed"
        assert setting(database, "statement_timeout") == "10s"
        server.sql("ALTER ROLE careless SET synchronous_commit = remote_apply")
        stricter = Database(server.url_of("careless"))
        assert setting(stricter, "synchronous_commit") == "remote_apply"
        stricter.close()
    finally:
        database.close()
        server.sql("DROP ROLE careless")


def test_connections_are_kept_and_no_more_than_so_many(server: PostgresServer) -> None:
    database = Database(server.url, connections=2)
    busy, most, lock = 0, 0, threading.Lock()

    def work(connection: Connection) -> object:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        connection.execute("SELECT pg_sleep(0.02)")
        with lock:
            busy -= 1
        return ask(connection)

    with ThreadPoolExecutor(8) as threads:
        seen = set(threads.map(lambda _: database.run(work, repeatable=True), range(16)))
    database.close()
    assert len(seen) == most == 2


def test_who_gets_no_connection_in_time_is_told(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    database = Database(server.url, connections=1)

    def nested(_: Connection) -> object:
        return database.run(ask, repeatable=True)

    with pytest.raises(EvidenceError, match="no connection came free"):
        database.run(nested, repeatable=True)
    assert database.run(ask, repeatable=True)
    database.close()


def test_a_lost_connection_is_no_matter_for_what_can_be_repeated(
    server: PostgresServer, database: Database
) -> None:
    before = database.run(ask, repeatable=True)
    server.sql(f"SELECT pg_terminate_backend({before})")
    assert database.run(ask, repeatable=True) != before


def test_what_cant_be_repeated_asks_first_if_a_connection_is_alive(
    server: PostgresServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = database.run(ask, repeatable=False)
    assert database.run(ask, repeatable=False) == before
    monkeypatch.setattr(module, "FRESH", 0.0)
    server.sql(f"SELECT pg_terminate_backend({before})")
    assert database.run(ask, repeatable=False) != before


def test_what_cant_be_repeated_isnt(server: PostgresServer, database: Database) -> None:
    tried: list[object] = []

    def work(connection: Connection) -> object:
        tried.append(ask(connection))
        server.sql(f"SELECT pg_terminate_backend({tried[-1]})")
        return ask(connection)

    with pytest.raises(EvidenceError):
        database.run(work, repeatable=False)
    assert len(tried) == 1
    assert database.run(ask, repeatable=False)


def test_a_statement_that_takes_too_long_is_ended_and_told_of(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(server.url)

    def slow(connection: Connection) -> object:
        connection.execute("SET statement_timeout = '50ms'")
        connection.execute("SELECT pg_sleep(5)")
        return None

    begun = time.monotonic()
    with pytest.raises(EvidenceError, match=r"57014 \(QueryCanceled\)"):
        database.run(slow, repeatable=True)
    assert time.monotonic() - begun < 4
    database.close()


@pytest.fixture
def lonely(server: PostgresServer, database: Database) -> Iterator[PostgresServer]:
    """A server whose commits wait for a standby that isn't there."""
    server.sql("CREATE TABLE one (a integer)")
    server.sql("ALTER SYSTEM SET synchronous_standby_names = 'ghost'")
    server.sql("SELECT pg_reload_conf()")
    until = time.monotonic() + 5
    while setting(database, "synchronous_standby_names") != "ghost":
        assert time.monotonic() < until
    # Commits wait once the checkpointer has read it, too: it does before it begins with another.
    server.sql("CHECKPOINT")
    yield server
    server.sql("ALTER SYSTEM RESET synchronous_standby_names")
    server.sql("SELECT pg_reload_conf()")


def insert(connection: Connection) -> None:
    connection.execute("INSERT INTO one VALUES (2)")


def test_a_commit_isnt_waited_for_without_end(
    lonely: PostgresServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", -0.9)
    begun = time.monotonic()
    with pytest.raises(EvidenceError):
        database.run(insert, repeatable=False)
    assert time.monotonic() - begun < 10
    monkeypatch.undo()
    assert database.run(ask, repeatable=False)


def test_a_commit_that_isnt_with_the_standbys_is_a_failure(
    lonely: PostgresServer, database: Database
) -> None:
    waits = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    given_up = threading.Event()

    def give_up() -> None:
        while not given_up.wait(0.05):
            lonely.sql(waits)

    administrator = threading.Thread(target=give_up)
    administrator.start()
    with pytest.raises(EvidenceError, match="standbys"):
        database.run(insert, repeatable=False)
    given_up.set()
    administrator.join()


def test_a_database_that_can_only_be_read_is_left_for_another(
    server: PostgresServer, database: Database
) -> None:
    before = database.run(ask, repeatable=True)

    def write(connection: Connection) -> object:
        connection.execute("SET default_transaction_read_only = on")
        return connection.execute("CREATE TABLE one (a integer)")

    with pytest.raises(EvidenceError, match="ReadOnlySqlTransaction"):
        database.run(write, repeatable=True)
    assert database.run(ask, repeatable=True) != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("postgres:secret-word", "nobody-here:secret-word"), "refuses this user"),
        (("/postgres?", "/nothing-here?"), "refuses this user"),
        (("?host=", "?host=/tmp/no-such-place"), "can't be reached"),
        (("?host=", "?hots="), "no address"),
    ],
)
def test_what_is_wrong_at_the_start_is_told_without_the_address(
    server: PostgresServer, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        Database(server.url.replace(*change))
    told = f"{caught.value} {caught.value.fix}"
    assert "secret-word" not in told
    assert str(server.root) not in told
    assert caught.value.__suppress_context__


def test_a_database_that_doesnt_sync_is_refused(server: PostgresServer) -> None:
    server.sql("ALTER SYSTEM SET fsync = off")
    server.stop("fast")
    server.start()
    try:
        with pytest.raises(ConfigError, match="doesn't sync"):
            Database(server.url)
    finally:
        server.sql("ALTER SYSTEM RESET fsync")
        server.stop("fast")
        server.start()


def test_whatever_happens_to_the_server_calls_fail_and_work_again_when_it_is_back(
    server: PostgresServer, database: Database
) -> None:
    database.migrate("one", STEPS[:1])

    stop, done, failed = threading.Event(), 0, 0

    def write() -> None:
        nonlocal done, failed
        while not stop.is_set():
            try:
                database.run(insert, repeatable=False)
            except EvidenceError:
                failed += 1
                time.sleep(0.01)
            else:
                done += 1

    def goes_on() -> None:
        before, until = done, time.monotonic() + 20
        while done < before + 5:
            assert time.monotonic() < until, "it never works again"
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(2):
            goes_on()
            server.stop()
            time.sleep(0.1)
            server.start()
        goes_on()
    finally:
        stop.set()
        writer.join()
    assert failed
    kept = server.sql("SELECT count(*) FROM one WHERE a = 2")[0][0]
    assert done <= kept <= done + failed


def test_a_closed_database_is_asked_nothing(database: Database) -> None:
    database.close()
    with pytest.raises(EvidenceError, match="closed"):
        database.run(ask, repeatable=True)


def test_tables_are_brought_up_to_date_step_by_step_and_once(
    server: PostgresServer, database: Database
) -> None:
    database.migrate("one", STEPS[:1])
    database.migrate("one", STEPS[:1])
    assert server.sql("SELECT a FROM one") == [(1,)]
    database.migrate("one", STEPS)
    database.migrate("one", STEPS)
    assert server.sql("SELECT a FROM one") == [(2,)]
    with pytest.raises(ConfigError, match="newer"):
        database.migrate("one", STEPS[:1])
    assert server.sql("SELECT a FROM one") == [(2,)]


def test_a_step_that_fails_leaves_everything_as_it_was(
    server: PostgresServer, database: Database
) -> None:
    with pytest.raises(EvidenceError, match="42P01"):
        database.migrate("one", (STEPS[0], "UPDATE two SET a = 1"))
    assert server.sql("SELECT to_regclass('one')") == [(None,)]
    database.migrate("one", STEPS)
    assert server.sql("SELECT a FROM one") == [(2,)]


def test_of_many_guards_that_start_at_once_one_makes_the_tables(server: PostgresServer) -> None:
    databases = [Database(server.url) for _ in range(8)]
    start = threading.Barrier(8)

    def migrate(database: Database) -> None:
        start.wait(10)
        database.migrate("one", STEPS)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(migrate, databases))
    for database in databases:
        database.close()
    assert server.sql("SELECT a FROM one") == [(2,)]


def test_a_user_without_the_right_to_make_tables_is_told_so(server: PostgresServer) -> None:
    server.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    server.sql("CREATE ROLE guard LOGIN")
    database = Database(server.url_of("guard"))
    try:
        with pytest.raises(ConfigError, match="may not make them") as caught:
            database.migrate("one", STEPS)
        assert "docs/evidence-stores.md" in caught.value.fix
    finally:
        database.close()
        server.sql("DROP ROLE guard")


def test_psycopg_waits_in_c() -> None:
    assert psycopg.pq.__impl__ == "binary"
