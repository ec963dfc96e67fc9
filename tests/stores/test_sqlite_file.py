import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from guardrail.errors import ConfigError
from guardrail.stores.sqlite_file import alone, connected, make_private, migrate, transaction

FIRST = "CREATE TABLE one (a TEXT);\nINSERT INTO one VALUES ('x;y');"
SECOND = "CREATE TABLE two (b TEXT);"


def test_a_file_is_its_owners_alone_made_anew_or_there_already(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    for _ in range(2):
        make_private(path)
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)


def test_each_step_of_the_schema_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with alone(path), connected(path, 1.0) as opened:
        migrate(opened, path, [FIRST], "store")
        migrate(opened, path, [FIRST, SECOND], "store")
        migrate(opened, path, [FIRST, SECOND], "store")
        assert opened.execute("SELECT a FROM one").fetchall() == [("x;y",)]
        assert opened.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with connected(path, 1.0) as opened:
        with pytest.raises(sqlite3.Error):
            migrate(opened, path, [FIRST + "\nINSERT INTO nothing VALUES (1);"], "store")
        assert opened.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_a_file_of_a_newer_guardrail_isnt_touched(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with connected(path, 1.0) as opened:
        opened.execute("PRAGMA user_version = 7")
        with pytest.raises(ConfigError, match="the odd store"):
            migrate(opened, path, [FIRST], "odd store")


def test_a_block_that_raises_takes_its_writes_back(tmp_path: Path) -> None:
    with connected(tmp_path / "store.sqlite", 1.0) as opened:
        opened.execute("CREATE TABLE one (a TEXT)")
        with suppress(KeyError), transaction(opened, "BEGIN IMMEDIATE"):
            opened.execute("INSERT INTO one VALUES ('x')")
            raise KeyError
        assert opened.execute("SELECT count(*) FROM one").fetchone() == (0,)
