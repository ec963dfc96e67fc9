"""What docs/evidence-stores.md says to copy works when it is copied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import kubernetes_validate
import pytest
import yaml

from guardrail.settings import load
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.object_postgres import MIGRATIONS
from guardrail.stores.state import State

if TYPE_CHECKING:
    from tests.conftest import PostgresServer

PAGE = (Path(__file__).parents[2] / "docs" / "evidence-stores.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def guard(fresh_postgres: PostgresServer) -> Iterator[str]:
    fresh_postgres.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    fresh_postgres.sql("CREATE ROLE guard LOGIN")
    yield fresh_postgres.url_of("guard")
    fresh_postgres.sql("DROP OWNED BY guard")
    fresh_postgres.sql("DROP ROLE guard")


def test_a_guard_works_with_tables_made_by_the_pages_sql(
    fresh_postgres: PostgresServer, guard: str, tmp_path: Path
) -> None:
    (text,) = blocks("sql")
    for statement in text.split(";\n"):
        if statement.strip():
            fresh_postgres.sql(statement)
    objects = open_objects(guard, State(tmp_path))
    assert objects.create("a", b"one")
    objects.close()


def test_the_pages_tables_are_those_that_a_guard_makes(
    fresh_postgres: PostgresServer, tmp_path: Path
) -> None:
    def made() -> object:
        return fresh_postgres.sql(
            "SELECT table_name, column_name, data_type, is_nullable, column_default,"
            " collation_name FROM information_schema.columns"
            " WHERE table_name LIKE 'guardrail_%' ORDER BY table_name, ordinal_position"
        ) + fresh_postgres.sql("SELECT part, version FROM guardrail_schema")

    open_objects(fresh_postgres.url, State(tmp_path)).close()
    ours = made()
    fresh_postgres.sql("DROP TABLE guardrail_objects, guardrail_schema")
    for statement in blocks("sql")[0].partition("GRANT")[0].split(";\n"):
        if statement.strip():
            fresh_postgres.sql(statement)
    assert made() == ours
    assert f"('objects', {len(MIGRATIONS)})" in PAGE


def test_settings_and_manifests_of_the_page_are_right() -> None:
    stores, manifests = [], []
    for text in blocks("yaml"):
        if "apiVersion" in text:
            manifests.append(yaml.safe_load(text))
            kubernetes_validate.validate(manifests[-1], "1.37", strict=True)
        else:
            told = load(flags={}, environment={}, file=("page", text.encode()))
            stores.append(told.evidence.store)
    assert [store.partition(":")[0] for store in stores] == ["postgresql", "s3", "s3"]
    (container,) = manifests[0]["spec"]["template"]["spec"]["containers"]
    environment = {one["name"]: one.get("value", "x") for one in container["env"]}
    evidence = load(flags={}, environment=environment).evidence
    assert (evidence.store, str(evidence.key)) == ("x", "/keys/evidence.pem")


def test_the_rights_on_the_page_are_a_policy() -> None:
    (policy,) = map(json.loads, blocks("json"))
    actions = [one["Action"] for one in policy["Statement"]]
    assert actions == [["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "s3:ListBucket"]
