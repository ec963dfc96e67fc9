from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.evidence import Entry, EntryKind, Receipt
from guardrail.settings import Settings, load
from guardrail.shells.evidence_log import open_writer, put_on_record
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.state import State

Run = Callable[..., Any]
ENTRIES = [
    Entry(kind=EntryKind.ERROR, req=f"req_{n}", fields={"code": "too_deep"}) for n in range(5)
]


def settings_of(state: Path) -> Settings:
    return load(flags={"state": str(state)}, environment={}, file=None)


@pytest.fixture
def state(tmp_path: Path) -> State:
    """Return the state of a guard that was stopped."""
    made = State(tmp_path / "s")
    made.make()
    put_on_record(settings_of(made.root), ENTRIES)
    return made


def files_of(state: State) -> list[Path]:
    return [path for path in sorted(state.evidence.glob("*h?/**/*")) if path.is_file()]


def test_sound_evidence_verifies(guardrail: Run, state: State) -> None:
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[-1] == "VERIFIED"
    assert "0 waiting" in ran.out


def test_the_logs_own_directory_verifies_with_the_key(guardrail: Run, state: State) -> None:
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    assert guardrail("evidence", "verify", "s/evidence", "--vkey", vkey).code == 0
    ran = guardrail("evidence", "verify", "s/evidence")
    assert ran.code == 2
    assert "--vkey" in ran.err


def test_programs_get_json(guardrail: Run, state: State) -> None:
    told = json.loads(guardrail("evidence", "verify", "s", "--json").out)
    assert told["ok"] is True
    assert told["problems"] == []


def test_a_flipped_byte_is_found_and_named(guardrail: Run, state: State, tmp_path: Path) -> None:
    file = next(path for path in files_of(state) if "entries" in path.parts)
    data = file.read_bytes()
    for at in range(0, len(data), 97):
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(state.root, tmp_path / "copy")
        changed = bytearray(data)
        changed[at] ^= 1
        (tmp_path / "copy" / file.relative_to(state.root)).write_bytes(bytes(changed))
        ran = guardrail("evidence", "verify", "copy")
        assert ran.code == 1, at
        assert f"problem: {file.relative_to(state.evidence)}" in ran.out
        assert ran.out.splitlines()[-1] == "NOT VERIFIED"


def test_one_file_that_cant_be_read_is_named_and_the_rest_is_checked(
    guardrail: Run, state: State
) -> None:
    bundle = max(state.evidence.glob("*h?/tile/entries/*.p/*"), key=lambda path: int(path.name))
    with bundle.open("r+b") as file:
        file.truncate(65 << 20)  # more than anybody reads at once
    ran = guardrail("evidence", "verify", "s", "--json")
    assert ran.code == 1
    problems = json.loads(ran.out)["problems"]
    name = bundle.relative_to(state.evidence).as_posix()
    assert any(one["where"] == name and "can't be read" in one["what"] for one in problems)


def test_without_the_key_it_says_how_to_give_it(guardrail: Run, state: State) -> None:
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    state.evidence_vkey.unlink()
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 2
    assert "--vkey" in ran.err
    assert guardrail("evidence", "verify", "s", "--vkey", vkey).code == 0


def test_another_key_doesnt_verify(guardrail: Run, state: State, tmp_path: Path) -> None:
    other = State(tmp_path / "other")
    other.make()
    put_on_record(settings_of(other.root), ENTRIES)
    vkey = other.evidence_vkey.read_text("utf-8").strip()
    assert guardrail("evidence", "verify", "s", "--vkey", vkey).code == 1


@pytest.mark.parametrize("vkey", ["nonsense", "guardrail+00000000+AAAA"])
def test_a_key_that_is_none_is_refused(guardrail: Run, state: State, vkey: str) -> None:
    ran = guardrail("evidence", "verify", "s", "--vkey", vkey)
    assert ran.code == 2
    assert ran.err.startswith("guardrail: ")


def test_a_directory_that_isnt_there_is_named(guardrail: Run) -> None:
    ran = guardrail("evidence", "verify", "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


def test_a_checkpoint_that_was_kept_must_be_of_the_log(
    guardrail: Run, state: State, tmp_path: Path
) -> None:
    (checkpoint,) = state.evidence.glob("*h?/checkpoint")
    kept = tmp_path / "kept.note"
    kept.write_bytes(checkpoint.read_bytes())
    put_on_record(settings_of(state.root), ENTRIES)
    assert guardrail("evidence", "verify", "s", "--anchor", "kept.note").code == 0
    other = State(tmp_path / "other")
    shutil.copytree(state.root / "keys", other.root / "keys")
    put_on_record(settings_of(other.root), ENTRIES * 9)
    ran = guardrail("evidence", "verify", "other", "--anchor", "kept.note")
    assert ran.code == 1
    assert "kept.note" in ran.out


def test_a_receipt_that_was_kept_must_be_in_the_log(guardrail: Run, state: State) -> None:
    (receipt,) = written_but_not_sealed(state)
    told = receipt.header("guardrail/2026h2")
    gone = Receipt(writer=receipt.writer, n=99, leaf=receipt.leaf).header("guardrail/2026h2")
    assert guardrail("evidence", "verify", "s", "--receipt", told).code == 0
    assert guardrail("evidence", "seal", "--state", "s").code == 0
    assert guardrail("evidence", "verify", "s", "--receipt", told).code == 0
    ran = guardrail("evidence", "verify", "s", "--receipt", gone)
    assert ran.code == 1
    assert receipt.writer in ran.out


def test_the_verifier_is_written_as_one_file_that_checks_the_log(
    guardrail: Run, state: State, tmp_path: Path
) -> None:
    assert guardrail("evidence", "verifier", "-o", "check.pyz").code == 0
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    command = [sys.executable, "-I", "check.pyz", "s/evidence", "--vkey", vkey]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "VERIFIED"


@pytest.mark.parametrize("there", ["check.pyz", "nowhere/check.pyz"])
def test_the_verifier_replaces_no_file_and_makes_no_folder(
    guardrail: Run, tmp_path: Path, there: str
) -> None:
    (tmp_path / "check.pyz").write_bytes(b"mine")
    ran = guardrail("evidence", "verifier", "-o", there)
    assert ran.code == 2
    assert there in ran.err
    assert (tmp_path / "check.pyz").read_bytes() == b"mine"


def test_what_a_killed_guard_left_can_be_sealed_by_hand(guardrail: Run, state: State) -> None:
    written_but_not_sealed(state)
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 0
    assert " 0 waiting" not in ran.out
    assert guardrail("evidence", "seal", "--state", "s").code == 0
    assert " 0 waiting" in guardrail("evidence", "verify", "s").out


def written_but_not_sealed(state: State) -> tuple[Receipt, ...]:
    objects = open_objects("", state)
    log = open_writer(settings_of(state.root), objects)
    receipts = log.append(ENTRIES[:1]).result()
    log.close()
    objects.close()
    return receipts
