"""Packs of one's own, and packs that change under a running server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

OK = 'guardrail_policy_reload_total{result="ok"}'
FAILED = 'guardrail_policy_reload_total{result="failed"}'
SINCE = "guardrail_policy_loaded_timestamp_seconds"


def pack(version: str, action: str = "refuse", **changes: object) -> dict[str, Any]:
    """Return a pack that wants e-mail addresses treated so."""
    rule = {
        "id": "acme.1.e-mail",
        "article": {"instrument": "ACME order 7", "article": "1", "unit": "p."},
        "source": "Made up.",
        "verify_with_counsel": False,
        "valid_from": "2026-01-01",
        "when": {"direction": ["request"], "entity": ["EMAIL_ADDRESS"]},
        "action": action,
        "on_error": "refuse",
        "notice": "acme.e-mail",
        "obligation": ["KZ-AI-07"],
    }
    return {
        "id": "acme",
        "version": version,
        "rank": "tenant",
        "jurisdiction": "KZ",
        "languages": ["kk", "ru"],
        "title": {"kk": "ACME ережелері", "ru": "Правила ACME", "en": "ACME's rules"},
        "rules": [rule],
    } | changes


def write(folder: Path, version: str, action: str = "refuse") -> None:
    """Write the pack as a deployment does: each file replaced whole."""
    own = folder / "acme"
    own.mkdir(parents=True, exist_ok=True)
    finding = {"entity": "EMAIL_ADDRESS", "category": "personal", "consent": "missing"}
    case = {"rule": "acme.1.e-mail", "today": "2026-11-22"}
    said = {"direction": "request", "findings": [finding]}
    cases = [
        {**case, "name": "one", "situation": said, "expect": {"action": action}},
        {
            **case,
            "name": "none",
            "situation": {"direction": "request"},
            "expect": {"action": "allow"},
        },
    ]
    notices = {"acme.e-mail": {"kk": "Пошта жіберілмейді.", "ru": "Почта не передаётся."}}
    for name, content in (
        ("pack.yaml", pack(version, action)),
        ("notices.yaml", notices),
        ("cases.yaml", {"cases": cases}),
    ):
        put(own / name, json.dumps(content, ensure_ascii=False))


def put(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def policy_of(guard: Guard) -> str:
    reply = guard.chat("Hi")
    assert reply.status_code == 200, reply.text
    return reply.headers["guardrail-policy"]


def loads(guard: Guard) -> list[list[str]]:
    """Return the versions of `acme` in the evidence's entries of packs, one list a writer."""
    found: dict[str, list[str]] = {}
    for entry in guard.entries():
        if entry["t"] == "policy.load":
            found.setdefault(entry["w"], []).extend(
                p["ver"] for p in entry["pol"] if p["id"] == "acme"
            )
    return list(found.values())


@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.thorough), 2])
def test_a_changed_pack_is_in_force_after_a_signal_and_a_broken_one_never_is(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    tmp_path: Path,
    number: int,
) -> None:
    write(tmp_path, "2026.11.1", "mask")
    config = {"policies": str(tmp_path), "personal_data": "mask"}
    guard = start(the_assistant[1], "--workers", str(number), config=config)
    assert "acme@2026.11.1" in policy_of(guard)
    assert guard.chat("Mail a@example.kz").status_code == 200
    started = guard.counted(SINCE)

    write(tmp_path, "2026.11.2", "refuse")
    guard.process.send_signal(signal.SIGHUP)
    guard.until(lambda: guard.counted(OK) == number, 20)
    for _ in range(8):
        assert "acme@2026.11.2" in policy_of(guard)
    refused = guard.chat("Mail a@example.kz")
    assert refused.status_code == 400
    assert "acme.1.e-mail" in refused.headers["guardrail-rules"]
    assert "Почта не передаётся." in refused.json()["error"]["message"]
    assert guard.counted(SINCE) > started
    assert loads(guard) == [["2026.11.1", "2026.11.2"]] * number
    told = httpx.get(f"{guard.url}/.well-known/ai-transparency.json").text
    assert "acme@2026.11.2" in told
    guard.until(lambda: "acme@2026.11.2" in httpx.get(f"{guard.admin}/status").text, 10)

    write(tmp_path, "2026.11.3", "refsue")
    guard.process.send_signal(signal.SIGHUP)
    guard.until(lambda: guard.counted(FAILED) == number, 20)
    assert "acme@2026.11.2" in policy_of(guard)
    assert guard.counted(OK) == number
    lines = [line for line in guard.stderr.splitlines() if "weren't taken over" in line]
    assert len(lines) == 1, guard.stderr
    assert "acme/pack.yaml" in lines[0]
    assert guard.process.poll() is None
    guard.stop()


def test_a_worker_that_comes_later_has_the_packs_in_force(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], tmp_path: Path
) -> None:
    write(tmp_path, "2026.11.1")
    config = {"policies": str(tmp_path), "policy_reload_seconds": 1}
    guard = start(the_assistant[1], "--workers", "2", config=config)
    write(tmp_path, "2026.11.2")
    guard.until(lambda: loads(guard) == [["2026.11.1", "2026.11.2"]] * 2, 20)
    put(tmp_path / "acme" / "pack.yaml", "{")
    guard.until(lambda: guard.counted(FAILED) >= 2, 20)
    pid = guard.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    os.kill(int(children[0]), signal.SIGKILL)
    guard.until(lambda: len(loads(guard)) == 3, 20)
    assert sorted(loads(guard)) == [["2026.11.1", "2026.11.2"]] * 2 + [["2026.11.2"]]
    guard.until(guard.ready, 20)


def test_one_worker_looks_by_itself_and_takes_what_is_signed_only(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], tmp_path: Path
) -> None:
    folder, key, public = tmp_path / "packs", tmp_path / "packs.pem", tmp_path / "packs.pub"
    private = Ed25519PrivateKey.generate()
    key.write_bytes(
        private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    )
    public.write_bytes(
        private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    )

    def signed(version: str) -> None:
        write(folder, version)
        command = ["policy", "bundle", str(folder), "--key", str(key)]
        subprocess.run([sys.executable, "-m", "guardrail", *command], check=True, timeout=60)

    signed("2026.11.1")
    config = {
        "policies": str(folder),
        "policies_key": str(public),
        "policy_reload_seconds": 0.2,
    }
    guard = start(the_assistant[1], config=config)
    assert "acme@2026.11.1" in policy_of(guard)
    write(folder, "2026.11.2")
    guard.until(lambda: guard.counted(FAILED) > 0, 20)
    assert "acme@2026.11.1" in policy_of(guard)
    signed("2026.11.3")
    guard.until(lambda: "acme@2026.11.3" in policy_of(guard), 20)
    signed("2026.11.2")
    guard.until(lambda: "is older than" in guard.stderr, 20)
    assert "acme@2026.11.3" in policy_of(guard)
