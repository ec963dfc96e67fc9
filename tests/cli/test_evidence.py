from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.evidence import Entry, EntryKind
from guardrail.stores.segments import SegmentLog, load_or_create_key
from guardrail.stores.state import ORIGIN, State

Run = Callable[..., Any]


@pytest.fixture
def state(tmp_path: Path) -> State:
    """Return the state of a guard that was stopped."""
    made = State(tmp_path / "s")
    made.make()
    key = load_or_create_key(made.evidence_key, origin=ORIGIN)
    log = SegmentLog(made.evidence, signer=key, origin=ORIGIN, clock=lambda: 1_800_000_000_000_000)
    for n in range(5):
        entry = Entry(kind=EntryKind.ERROR, req=f"req_{n}", fields={"code": "too_deep"})
        log.append([entry]).result()
    log.close()
    return made


def test_sound_evidence_verifies(guardrail: Run, state: State) -> None:
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 0
    assert re.search(r"^verified: 7 entries in 1 segments, 7 sealed$", ran.out, re.MULTILINE)


def test_a_flipped_byte_is_found_and_named(guardrail: Run, state: State, tmp_path: Path) -> None:
    (file,) = [path for path in state.evidence.iterdir() if b"too_deep" in path.read_bytes()]
    data = file.read_bytes()
    for at in range(0, len(data), 97):
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(state.root, tmp_path / "copy")
        changed = bytearray(data)
        changed[at] ^= 1
        (tmp_path / "copy" / "evidence" / file.name).write_bytes(bytes(changed))
        ran = guardrail("evidence", "verify", "copy")
        assert ran.code == 1, at
        assert "PROBLEM: " in ran.out
        assert file.stem.partition(".")[0] in ran.out
        assert "NOT VERIFIED" in ran.out


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
    load_or_create_key(other.evidence_key, origin=ORIGIN)
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


def test_what_is_too_much_to_tell_is_counted(guardrail: Run, state: State) -> None:
    key = load_or_create_key(state.evidence_key, origin=ORIGIN)
    log = SegmentLog(state.evidence, signer=key, origin=ORIGIN, clock=lambda: 1_800_000_000_000_000)
    entry = Entry(kind=EntryKind.ERROR, req="req_x", fields={"code": "too_late"})
    log.append([entry] * 1_000).result()
    log.close()
    (file,) = [path for path in state.evidence.iterdir() if b"too_late" in path.read_bytes()]
    file.write_bytes(file.read_bytes().replace(b"too_late", b"too_soon"))
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 1
    assert re.search(r"^… and \d+ more$", ran.out, re.MULTILINE)
    assert len(ran.out.splitlines()) < 300


def test_a_log_that_was_cut_off_in_work_is_noted(guardrail: Run, state: State) -> None:
    (file,) = [path for path in state.evidence.iterdir() if b"too_deep" in path.read_bytes()]
    file.write_bytes(file.read_bytes() + b'{"half')
    ran = guardrail("evidence", "verify", "s")
    assert ran.code in {0, 1}
    assert re.search("^(note|PROBLEM): ", ran.out, re.MULTILINE)


def test_what_is_odd_but_not_wrong_is_noted(guardrail: Run, tmp_path: Path) -> None:
    made = State(tmp_path / "s")
    made.make()
    key = load_or_create_key(made.evidence_key, origin=ORIGIN)
    backwards = iter(range(1_800_000_000_000_000, 0, -1_000_000))
    log = SegmentLog(made.evidence, signer=key, origin=ORIGIN, clock=lambda: next(backwards))
    log.append([Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "x"})]).result()
    log.close()
    ran = guardrail("evidence", "verify", "s")
    assert ran.code == 0
    assert ran.out.startswith("note: ")
