"""A prompt put on record for its author, by the real server, and proven by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Guard

POEM = "Write a poem about snow over Almaty"


def test_a_registered_prompt_is_proven_offline_and_kept_nowhere(
    guard: Guard, tmp_path: Path
) -> None:
    reply = guard.chat(POEM, guardrail_authorship="register", authorization="Bearer sk-author")
    assert reply.status_code == 200
    receipt, prompt, body = (tmp_path / name for name in ("receipt.txt", "poem.txt", "reply.json"))
    receipt.write_text(reply.headers["guardrail-authorship"], encoding="ascii")
    prompt.write_text(POEM, encoding="utf-8")
    body.write_bytes(reply.content)
    ask = ("author", "verify", "--receipt", str(receipt), "--evidence", str(guard.state))
    done = guard.cli(*ask, "--prompt", str(prompt), "--output", str(body))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", by k:" in done.stdout
    prompt.write_text("Write a poem about rain", encoding="utf-8")
    assert guard.cli(*ask, "--prompt", str(prompt)).returncode == 1
    (entry,) = [one for one in guard.of_request(reply) if one["t"] == "authorship"]
    assert f"{entry['w']}-{entry['n']}" in reply.headers["guardrail-evidence"]
    kept = b"".join(path.read_bytes() for path in guard.state.rglob("*") if path.is_file())
    assert b"snow over Almaty" not in kept
    assert b"sk-author" not in kept


def test_a_streamed_reply_brings_its_receipt_with_its_head(guard: Guard, tmp_path: Path) -> None:
    reply = guard.chat(POEM, stream=True, guardrail_authorship="register")
    receipt, prompt = tmp_path / "receipt.txt", tmp_path / "poem.txt"
    receipt.write_text(reply.headers["guardrail-authorship"], encoding="ascii")
    prompt.write_text(POEM, encoding="utf-8")
    ask = ("author", "verify", "--receipt", str(receipt), "--evidence", str(guard.state))
    done = guard.cli(*ask, "--prompt", str(prompt))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "whoever holds the receipt" in done.stdout or ", by k:" in done.stdout


def test_nothing_is_registered_that_wasnt_asked_for(guard: Guard) -> None:
    for reply in (guard.chat(POEM), guard.chat(POEM, guardrail_authorship="please")):
        assert "guardrail-authorship" not in reply.headers
        assert [one["t"] for one in guard.of_request(reply)] == ["request", "reply"]


def test_a_refused_request_has_no_receipt(guard: Guard) -> None:
    reply = guard.chat("My IIN is 900101300017", guardrail_authorship="register")
    assert reply.status_code == 400
    assert "guardrail-authorship" not in reply.headers
