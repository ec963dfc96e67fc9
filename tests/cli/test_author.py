from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import Entry, EntryKind, Value
from guardrail.rights.authorship import Record, commitment, prompt_bytes, receipt
from guardrail.settings import load
from guardrail.shells.evidence_log import log_keys, put_on_record
from guardrail.stores.signing_key import load_or_create_key
from guardrail.stores.state import ORIGIN, State

Run = Callable[..., Any]
SALT = bytes(range(32))
POEM, REQUEST, REPLY = "Қар туралы өлең жаз", b'{"messages": []}', b'{"choices": []}'
RECORD = Record(
    id=f"aut_{'0' * 32}",
    created=1_763_787_600,
    prompt=commitment(SALT, prompt_bytes(POEM)),
    request=commitment(SALT, REQUEST),
    output=commitment(SALT, REPLY),
    author=f"k:2026h2:{'a' * 32}",
)
ASK = ("author", "verify", "--receipt", "receipt.txt", "--prompt", "poem.txt")


@pytest.fixture
def state(tmp_path: Path) -> State:
    """Return the state of a guard that put `RECORD` on record; the receipt lies beside it."""
    made = State(tmp_path / "s")
    made.make()
    settings = load(flags={"state": str(made.root)}, environment={}, file=None)
    fields: dict[str, Value] = {
        "record": RECORD.id,
        "created": RECORD.created,
        "author": RECORD.author,
        "commits": {
            "prompt": RECORD.prompt,
            "request": RECORD.request,
            "output": RECORD.output,
        },
    }
    put_on_record(settings, [Entry(kind=EntryKind.AUTHORSHIP, req="req_1", fields=fields)])
    key = log_keys(settings).root
    put_receipt(tmp_path, RECORD, key)
    (tmp_path / "poem.txt").write_text(POEM + "\n", encoding="utf-8")
    (tmp_path / "request.json").write_bytes(REQUEST)
    (tmp_path / "reply.json").write_bytes(REPLY)
    return made


def put_receipt(folder: Path, record: Record, key: Ed25519PrivateKey) -> None:
    text = f"guardrail-authorship: {receipt(record, SALT, key)}\n"
    (folder / "receipt.txt").write_text(text, encoding="ascii")


def test_a_prompt_its_request_its_reply_and_its_time_are_proven(
    guardrail: Run, state: State
) -> None:
    given = ("--request", "request.json", "--output", "reply.json", "--evidence", "s")
    ran = guardrail(*ASK, *given, columns=200)
    assert ran.code == 0
    for line in ("signature: the guard's", "prompt: this one", "request: this one"):
        assert line in ran.out
    assert "output: this one" in ran.out
    assert "evidence: on record as " in ran.out
    assert f"proven: {RECORD.id}, by k:2026h2:aaaa" in ran.out
    assert POEM not in ran.out


def test_the_key_alone_proves_it_where_the_evidence_isnt_at_hand(
    guardrail: Run, state: State
) -> None:
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    assert guardrail(*ASK, "--vkey", vkey).code == 0


def test_without_any_key_nothing_is_proven(guardrail: Run, state: State) -> None:
    ran = guardrail(*ASK)
    assert ran.code == 2
    assert "--vkey" in ran.err


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("poem.txt", b"Another poem", "prompt: another"),
        ("request.json", b"{}", "request: another"),
        ("reply.json", b"{}", "output: another"),
    ],
)
def test_another_text_isnt_proven(
    guardrail: Run, state: State, tmp_path: Path, file: str, content: bytes, said: str
) -> None:
    (tmp_path / file).write_bytes(content)
    given = ("--request", "request.json", "--output", "reply.json", "--evidence", "s")
    ran = guardrail(*ASK, *given)
    assert ran.code == 1
    assert f"PROBLEM: {said}" in ran.out
    assert "NOT PROVEN" in ran.out
    assert "proven:" not in ran.out


def test_a_stream_has_no_reply_on_record(guardrail: Run, state: State, tmp_path: Path) -> None:
    key = load_or_create_key(state.evidence_key, origin=ORIGIN)
    streamed = Record(id=RECORD.id, created=0, prompt=RECORD.prompt, request=RECORD.request)
    put_receipt(tmp_path, streamed, key)
    ran = guardrail(*ASK, "--output", "reply.json", "--evidence", "s")
    assert ran.code == 1
    assert "output: not on record" in ran.out
    assert "evidence: has no such record" in ran.out


def test_a_receipt_that_anybody_wrote_isnt_the_guards(
    guardrail: Run, state: State, tmp_path: Path
) -> None:
    put_receipt(tmp_path, RECORD, Ed25519PrivateKey.generate())
    ran = guardrail(*ASK, "--evidence", "s")
    assert ran.code == 1
    assert "signature: not the guard's" in ran.out


def test_evidence_that_was_changed_proves_nothing(guardrail: Run, state: State) -> None:
    bundle = next(state.evidence.glob("*h?/tile/entries/*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[-10] ^= 1
    bundle.write_bytes(bytes(data))
    ran = guardrail(*ASK, "--evidence", "s")
    assert ran.code == 1
    assert "PROBLEM: evidence: " in ran.out


def test_what_isnt_a_receipt_or_isnt_there_ends_with_two(
    guardrail: Run, state: State, tmp_path: Path
) -> None:
    (tmp_path / "receipt.txt").write_text("id=1")
    assert guardrail(*ASK, "--evidence", "s").code == 2
    (tmp_path / "receipt.txt").write_bytes(b"\xff")
    assert "not UTF-8" in guardrail(*ASK, "--evidence", "s").err
    (tmp_path / "receipt.txt").unlink()
    assert "No such file" in guardrail(*ASK, "--evidence", "s").err


def test_without_the_logs_key_it_says_how_to_give_it(guardrail: Run, state: State) -> None:
    state.evidence_vkey.unlink()
    ran = guardrail(*ASK, "--evidence", "s")
    assert ran.code == 2
    assert "--vkey" in ran.err
