"""`guardrail evidence prove`, `anchor`, `witness`, `probe`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.evidence import Entry, EntryKind
from guardrail.evidence.cosignature import parse_cosigner
from guardrail.settings import Settings, load
from guardrail.shells.evidence_log import open_writer, put_on_record, settle
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.state import State
from guardrail.testing.time_authority import TimeAuthority
from guardrail.testing.web import Web

Run = Callable[..., Any]
REQUEST = "req_" + "1" * 32
ENTRIES = [
    Entry(kind=EntryKind.ERROR, req=REQUEST, fields={"code": "too_deep"}),
    Entry(kind=EntryKind.ERROR, req="req_" + "2" * 32, fields={"code": "too_deep"}),
]


def settings_of(state: Path) -> Settings:
    return load(flags={"state": str(state)}, environment={}, file=None)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "s")
    made.make()
    put_on_record(settings_of(made.root), ENTRIES)
    return made


def recorded(state: State) -> str:
    """Put one more entry on record and return its receipt as a header has it."""
    settings = settings_of(state.root)
    objects = open_objects("", state)
    writer = open_writer(settings, objects)
    [receipt] = writer.append(ENTRIES[:1]).result()
    writer.close()
    objects.close()
    settle(settings)
    return receipt.header("guardrail")


def vkey_of(state: State) -> str:
    return state.evidence_vkey.read_text("utf-8").strip()


# ------------------------------------------------------------------ prove


def test_where_nothing_can_be_written_one_line_says_so(guardrail: Run, state: State) -> None:
    file = state.evidence_vkey
    ran = guardrail("evidence", "prove", REQUEST, "--log", "s", "-o", str(file / "proofs"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"guardrail: {file / 'proofs'}: Not a directory\n"


def test_the_proof_of_a_request_is_checked_without_us(guardrail: Run, state: State) -> None:
    ran = guardrail("evidence", "prove", REQUEST, "--log", "s", "-o", "proofs")
    assert ran.code == 0, ran.err
    folder = state.root.parent / "proofs"
    assert [Path(line) for line in ran.out.split()] == [
        one.relative_to(folder.parent) for one in sorted(folder.iterdir(), key=_as_written)
    ]
    [proof], [entry], [key] = (
        list(folder.glob(pattern)) for pattern in ("*.tlog-proof", "*.json", "*.key")
    )
    assert json.loads(entry.read_bytes())["req"] == REQUEST
    command = [sys.executable, "-m", "guardrail.verify", str(entry), "--proof", str(proof)]
    command += ["--vkey", vkey_of(state), "--key-statement", str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    entry.write_bytes(entry.read_bytes().replace(b"too_deep", b"too_deer"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def _as_written(path: Path) -> int:
    return [".tlog-proof", ".key", ".json"].index(path.suffix)


def test_an_id_and_a_receipt_name_an_entry_too(guardrail: Run, state: State) -> None:
    receipt = recorded(state)
    by_receipt = guardrail("evidence", "prove", receipt, "--log", "s", "-o", "a")
    writer, n = receipt.split(";")[1][2:], receipt.split(";")[2][2:]
    by_id = guardrail("evidence", "prove", f"{writer}-{n}", "--log", "s/evidence", "-o", "b")
    assert by_receipt.code == by_id.code == 0
    assert by_receipt.out.replace("a/", "b/") == by_id.out
    comment = guardrail(
        "evidence", "prove", f": guardrail-receipt {receipt}", "--log", "s", "-o", "c"
    )
    assert comment.out.replace("c/", "b/") == by_id.out


@pytest.mark.parametrize("name", ["req_" + "3" * 32, "nobody-7", "nonsense"])
def test_what_isnt_in_the_log_has_no_proof(guardrail: Run, state: State, name: str) -> None:
    ran = guardrail("evidence", "prove", name, "--log", "s")
    assert ran.code == 2
    assert not list(state.root.parent.glob("*.tlog-proof"))


def test_a_proof_outlasts_the_entry(guardrail: Run, state: State) -> None:
    objects = open_objects("", state)
    index = EvidenceIndex(state.evidence_index)
    index.follow(objects, time.time_ns() // 1_000)
    index.close()
    [bundles] = state.evidence.glob("*/tile/entries")
    shutil.rmtree(bundles)
    objects.create(f"{bundles.parent.parent.name}/minimum-index", b"256")
    ran = guardrail("evidence", "prove", REQUEST, "--log", "s", "-o", "proofs")
    assert ran.code == 0, ran.err
    assert "kept no more" in ran.out
    assert {one.suffix for one in (state.root.parent / "proofs").iterdir()} == {
        ".tlog-proof",
        ".key",
    }


# ------------------------------------------------------------------ anchor


def test_without_an_anchor_in_the_settings_there_is_nothing_to_do(
    guardrail: Run, state: State
) -> None:
    ran = guardrail("evidence", "anchor", "--state", "s")
    assert ran.code == 2
    assert "evidence.witnesses" in ran.err


def test_a_checkpoint_is_pushed_now_and_that_is_on_record(guardrail: Run, state: State) -> None:
    copies = state.root.parent / "copies"
    copies.mkdir()
    (state.root.parent / "c.yaml").write_text("evidence: {push: [copies]}", "utf-8")
    ran = guardrail("evidence", "anchor", "--state", "s", "--config", "c.yaml")
    assert (ran.code, ran.out[:10]) == (0, "push:0: ok"), ran.err
    [copy] = copies.iterdir()
    verified = guardrail("evidence", "verify", "s", "--anchor", copy)
    assert verified.code == 0, verified.out
    entries = b"".join(one.read_bytes() for one in state.evidence.glob("*/tile/entries/000.p/*"))
    assert b'"t":"log.anchor"' in entries


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")
def test_a_time_stamp_verifies_with_the_authoritys_certificate(
    guardrail: Run, state: State, tmp_path: Path
) -> None:
    (tmp_path / "tsa").mkdir()
    authority = TimeAuthority(tmp_path / "tsa")
    kind = "application/timestamp-reply"
    with Web(lambda _, query: (200, kind, authority.answer(query))) as web:
        (tmp_path / "c.yaml").write_text(f"evidence: {{timestamps: '{web.url}/tsr'}}", "utf-8")
        ran = guardrail("evidence", "anchor", "--state", "s", "--config", "c.yaml")
    assert (ran.code, ran.out[:13]) == (0, "timestamp: ok"), ran.err
    verified = guardrail("evidence", "verify", "s", "--tsa-ca", authority.root)
    assert verified.code == 0, verified.out
    assert "their signatures: verified" in verified.out


def test_an_anchor_that_fails_is_told_and_ends_with_1(guardrail: Run, state: State) -> None:
    (state.root.parent / "c.yaml").write_text("evidence: {push: [gone]}", "utf-8")
    ran = guardrail("evidence", "anchor", "--state", "s", "--config", "c.yaml")
    assert ran.code == 1
    assert "push_failed" in ran.out


def test_a_log_without_a_checkpoint_has_nothing_to_anchor(guardrail: Run, tmp_path: Path) -> None:
    State(tmp_path / "empty").make()
    (tmp_path / "c.yaml").write_text("evidence: {push: [/tmp]}", "utf-8")
    ran = guardrail("evidence", "anchor", "--state", "empty", "--config", "c.yaml")
    assert (ran.code, ran.out) == (0, "there is no checkpoint yet\n")


def test_the_logs_public_keys_are_told(guardrail: Run, state: State) -> None:
    (state.root.parent / "c.yaml").write_text("evidence: {ml_dsa: true}", "utf-8")
    lines = guardrail("evidence", "keys", "--state", "s").out.splitlines()
    assert lines[0] == f"root: {vkey_of(state)}"
    assert len(lines) == 2
    with_second = guardrail("evidence", "keys", "--state", "s", "--config", "c.yaml").out
    assert with_second.splitlines()[:2] == lines
    shard, _, vkey = with_second.splitlines()[2].partition(": ")
    assert parse_cosigner(vkey).name == f"guardrail/{shard}"


# ------------------------------------------------------------------ witness


@pytest.mark.parametrize("listen", ["8085", "host:", "host:port", "host:70000"])
def test_a_witness_needs_to_know_where_to_listen(guardrail: Run, state: State, listen: str) -> None:
    flags = ("--name", "w", "--key", "w.pem", "--state", "w", "--log", vkey_of(state))
    ran = guardrail("evidence", "witness", "--listen", listen, *flags)
    assert ran.code == 2
    assert "host:port" in ran.err


@pytest.mark.parametrize("vkey", ["nonsense", "name+00000000+AAAA"])
def test_a_witness_needs_a_logs_key(guardrail: Run, vkey: str) -> None:
    flags = ("--name", "w", "--key", "w.pem", "--state", "w")
    assert guardrail("evidence", "witness", "--log", vkey, *flags).code == 2


# ------------------------------------------------------------------ probe


def test_probes_keep_their_receipts_and_find_them_in_the_log(guardrail: Run, state: State) -> None:
    receipts: list[str] = []

    def guard(_: str, __: bytes) -> tuple[int, str, bytes]:
        receipts.append(recorded(state))
        web.extra = {"Guardrail-Receipt": receipts[-1], "Guardrail-Request-Id": REQUEST}
        return 200, "application/json", b"{}"

    with Web(guard) as web:
        ran = guardrail("evidence", "probe", web.url, "--count", "2", "--header", "A: b")
    assert (ran.code, ran.out) == (0, "2 sent, 2 receipts kept in probes.jsonl\n")
    flags = ("--check", "--log", "s", "--vkey", vkey_of(state))
    ran = guardrail("evidence", "probe", *flags)
    assert (ran.code, ran.out) == (0, "2 of 2 receipts are proven\n")
    kept = state.root.parent / "probes.jsonl"
    kept.write_bytes(kept.read_bytes().replace(b";n=1;", b";n=0;", 1))
    ran = guardrail("evidence", "probe", *flags)
    assert ran.code == 1
    assert "PROBLEM" in ran.out
    assert ran.out.endswith("1 of 2 receipts are proven\n")


def test_an_answer_without_a_receipt_is_a_problem(guardrail: Run) -> None:
    with Web(lambda *_: (200, "application/json", b"{}")) as web:
        ran = guardrail("evidence", "probe", web.url, "--count", "1")
    assert ran.code == 1
    assert "no receipt" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("ftp://a.example",),
        ("http://127.0.0.1:9", "--header", "nonsense"),
        ("http://127.0.0.1:9", "--count", "1"),
        ("--check",),
        ("--check", "--vkey", "x"),
        ("http://127.0.0.1:9", "--check", "--vkey", "x", "--log", "s"),
        ("--check", "--vkey", "x", "--log", "s", "--save", "gone"),
    ],
)
def test_what_a_probe_lacks_is_said(guardrail: Run, arguments: tuple[str, ...]) -> None:
    ran = guardrail("evidence", "probe", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("guardrail: ")
