"""What is particular to PostgreSQL; what every store promises is in `test_objects.py`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.object_postgres import ObjectPostgres
from guardrail.stores.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import PostgresServer


@pytest.fixture
def server(fresh_postgres: PostgresServer) -> PostgresServer:
    return fresh_postgres


@pytest.fixture
def objects(server: PostgresServer) -> Iterator[ObjectPostgres]:
    objects = ObjectPostgres(server.url)
    yield objects
    objects.close()


@pytest.fixture
def guard(server: PostgresServer) -> Iterator[str]:
    """A user who may make nothing; its address."""
    server.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    server.sql("CREATE ROLE guard LOGIN")
    yield server.url_of("guard")
    server.sql("DROP OWNED BY guard")
    server.sql("DROP ROLE guard")


def test_an_object_is_a_row(server: PostgresServer, objects: ObjectPostgres) -> None:
    assert objects.create("2026h2/state", b"one")
    assert objects.swap("2026h2/state", b"two", expected=b"one")
    assert server.sql("SELECT name, data FROM guardrail_objects") == [("2026h2/state", b"two")]


def test_a_user_who_may_only_read_and_write_uses_tables_that_another_made(
    server: PostgresServer, objects: ObjectPostgres, guard: str, tmp_path: Path
) -> None:
    objects.create("a", b"one")
    server.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON guardrail_objects TO guard")
    server.sql("GRANT SELECT ON guardrail_schema TO guard")
    other = open_objects(guard, State(tmp_path))
    assert other.read("a") == b"one"
    assert other.swap("a", b"two", expected=b"one")
    other.close()


def test_a_user_who_may_too_little_is_refused_at_the_start(
    server: PostgresServer, objects: ObjectPostgres, guard: str, tmp_path: Path
) -> None:
    server.sql("GRANT SELECT ON guardrail_schema, guardrail_objects TO guard")
    with pytest.raises(ConfigError, match="42501") as caught:
        open_objects(guard, State(tmp_path))
    assert "grants" in caught.value.fix


def test_a_row_that_is_too_large_is_refused_before_it_is_sent(
    server: PostgresServer, objects: ObjectPostgres
) -> None:
    server.sql(
        "INSERT INTO guardrail_objects (name, data)"
        f" SELECT 'a', decode(repeat('00', {OBJECT_LIMIT + 1}), 'hex')"
    )
    with pytest.raises(EvidenceError, match=str(OBJECT_LIMIT + 1)):
        objects.read("a")


def test_names_sort_as_bytes_in_a_database_that_sorts_otherwise(objects: ObjectPostgres) -> None:
    names = ["a-b", "a.b", "a/b", "a0", "a_b", "ab"]
    for name in reversed(names):
        objects.create(name, b"")
    assert list(objects.names("a")) == names == sorted(names)


def test_a_server_that_dies_in_mid_write_loses_nothing_it_acknowledged(
    server: PostgresServer, objects: ObjectPostgres
) -> None:
    stop = threading.Event()
    kept: dict[str, bytes] = {}
    errors: list[EvidenceError] = []

    def write(me: int) -> None:
        n = 0
        while not stop.is_set():
            name, data = f"wal/{me}/{n:06}", b"%d" % n * 5_000
            try:
                assert objects.create(name, data)
            except EvidenceError as error:
                errors.append(error)
                time.sleep(0.01)
            else:
                kept[name] = data
                n += 1

    threads = [threading.Thread(target=write, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            time.sleep(0.2)
            server.stop()
            server.start()
        before = len(kept)
        until = time.monotonic() + 20
        while len(kept) < before + 20:
            assert time.monotonic() < until, "it never works again"
            time.sleep(0.01)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors
    assert not [error for error in errors if "secret-word" in f"{error}{error.fix}"]
    assert {name: objects.read(name) for name in kept} == kept
    assert set(objects.names("wal/")) - set(kept) <= {
        f"wal/{me}/{sum(name.startswith(f'wal/{me}/') for name in kept):06}" for me in range(4)
    }
