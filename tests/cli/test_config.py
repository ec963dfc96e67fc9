from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrail.settings import Settings

Run = Callable[..., Any]

KEPT = Path(__file__).parents[2] / "docs" / "guardrail.schema.json"


def test_the_schema_in_the_documentation_is_up_to_date(guardrail: Run) -> None:
    ran = guardrail("config", "schema")
    assert ran.out == KEPT.read_text("utf-8"), (
        "run: guardrail config schema > docs/guardrail.schema.json"
    )


def test_the_schema_describes_every_key_and_knows_no_other(guardrail: Run) -> None:
    schema = json.loads(guardrail("config", "schema").out)
    assert schema["properties"].keys() == Settings.model_fields.keys()
    assert schema["additionalProperties"] is False
    assert all("description" in one or "$ref" in one for one in schema["properties"].values())


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("port: 9000\nlimits: {json_depth: 5}\npolicy: [kz-230-viii]", True),
        ("prot: 9000", False),
        ("personal_data: keep", False),
    ],
)
def test_the_schema_agrees_with_what_is_accepted(
    tmp_path: Path,
    text: str,
    valid: bool,  # noqa: FBT001 - a case
) -> None:
    file = tmp_path / "guardrail.yaml"
    file.write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(KEPT), str(file)]
    assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is valid


def test_what_is_shown_is_what_is_effective_without_secrets(
    guardrail: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "g.yaml").write_text("port: 9000\nupstream_key: sk-secret\n")
    monkeypatch.setenv("GUARDRAIL_LIMITS__JSON_DEPTH", "7")
    ran = guardrail("config", "show", "--config", "g.yaml")
    shown = yaml.safe_load(ran.out)
    assert (shown["port"], shown["limits"]["json_depth"]) == (9000, 7)
    assert "upstream_key" not in shown
    assert "sk-secret" not in ran.out + ran.err
    monkeypatch.setenv("GUARDRAIL_CONFIG", "g.yaml")
    assert yaml.safe_load(guardrail("config", "show").out)["port"] == 9000


def test_what_is_shown_can_be_used_as_a_file(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(guardrail("config", "show").out)
    ran = guardrail("config", "show", "--config", "g.yaml")
    assert ran.code == 0
    assert yaml.safe_load(ran.out) == yaml.safe_load((tmp_path / "g.yaml").read_text())


def test_an_unknown_key_names_the_nearest(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("limits: {json_dept: 7}\n")
    ran = guardrail("config", "show", "--config", "g.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "guardrail: g.yaml: unknown setting 'limits.json_dept' (did you mean 'json_depth'?)\n"
    )


def test_a_file_that_isnt_there_is_named(guardrail: Run) -> None:
    ran = guardrail("config", "show", "--config", "none.yaml")
    assert (ran.code, ran.err) == (2, "guardrail: none.yaml: No such file or directory\n")
