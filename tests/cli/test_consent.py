from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.consent import peek
from guardrail.testing import recorded

Run = Callable[..., Any]

IIN = "900101300017"
GRANT = (
    *("consent", "grant", "--subject", "u-17", "--pii", "KZ_IIN", "--state", "s"),
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy", "--withdrawal", "https://example.kz/withdraw"),
)


@pytest.fixture
def granted(guardrail: Run) -> tuple[str, str]:
    """Return the id and the token of a consent that was just given."""
    ran = guardrail(*GRANT, "--own", f"KZ_IIN={IIN}")
    assert ran.code == 0, ran.err
    record, token = ran.out.splitlines()
    return record.removeprefix("record "), token.removeprefix("token ")


def test_a_consent_is_granted_shown_withdrawn_and_all_of_it_is_on_record(
    guardrail: Run, granted: tuple[str, str], tmp_path: Path
) -> None:
    record, token = granted
    peeked = peek(token)
    assert peeked is not None
    assert peeked.record_id == record
    (line,) = guardrail("consent", "show", "--subject", "u-17", "--state", "s").out.splitlines()
    assert line.startswith(f"{record}  given  until ")
    assert line.endswith("KZ_IIN")
    ran = guardrail("consent", "withdraw", record, "--state", "s")
    assert ran.out == f"withdrawn {record}\n"
    (line,) = guardrail("consent", "show", "--subject", "u-17", "--state", "s").out.splitlines()
    assert "withdrawn" in line
    verified = guardrail("evidence", "verify", "s")
    assert verified.code == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file())
    kinds = [entry["t"] for entry in recorded(tmp_path / "s" / "evidence")]
    assert kinds.count("consent") == 2
    for value in (IIN, "u-17"):
        assert value.encode() not in kept


def test_one_record_is_shown_whole(guardrail: Run, granted: tuple[str, str]) -> None:
    ran = guardrail("consent", "show", "--record", granted[0], "--state", "s")
    assert granted[0] in json.dumps(json.loads(ran.out))


def test_of_an_unknown_person_nothing_is_shown(guardrail: Run) -> None:
    ran = guardrail("consent", "show", "--subject", "nobody", "--state", "s")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize("asked", [(), ("--subject", "a", "--record", "b")])
def test_show_wants_one_of_two(guardrail: Run, asked: tuple[str, ...]) -> None:
    ran = guardrail("consent", "show", *asked, "--state", "s")
    assert ran.code == 2
    assert "--subject ID, or one --record ID" in ran.err


def test_a_fresh_token_can_be_had_while_the_consent_holds(
    guardrail: Run, granted: tuple[str, str]
) -> None:
    token = guardrail("consent", "token", granted[0], "--state", "s").out.strip()
    assert token != granted[1]
    assert peek(token) == peek(granted[1])
    guardrail("consent", "withdraw", granted[0], "--state", "s")
    ran = guardrail("consent", "token", granted[0], "--state", "s")
    assert ran.code == 2
    assert "doesn't hold now" in ran.err


def test_a_receipt_is_for_people_and_for_machines(guardrail: Run, granted: tuple[str, str]) -> None:
    text = guardrail("consent", "receipt", granted[0], "--state", "s").out
    assert "Example LLP" in text
    assert granted[0] in text
    machine = json.loads(guardrail("consent", "receipt", granted[0], "--json", "--state", "s").out)
    assert granted[0] in json.dumps(machine)


@pytest.mark.parametrize("command", ["token", "withdraw", "receipt", "show"])
def test_an_unknown_record_is_named_as_such(guardrail: Run, command: str) -> None:
    unknown = "urn:uuid:00000000-0000-4000-8000-000000000000"
    asked = ("--record", unknown) if command == "show" else (unknown,)
    ran = guardrail("consent", command, *asked, "--state", "s")
    assert ran.code == 2
    assert "no such" in ran.err


@pytest.mark.parametrize("own", ["KZ_IIN", "KZ_IIN="])
def test_an_own_value_needs_its_kind(guardrail: Run, own: str) -> None:
    ran = guardrail(*GRANT, "--own", own)
    assert ran.code == 2
    assert "--own is a kind and a value" in ran.err


def test_what_the_law_asks_to_be_said_must_be_said(guardrail: Run) -> None:
    ran = guardrail("consent", "grant", "--subject", "u", "--pii", "KZ_IIN", "--state", "s")
    assert ran.code == 2
    assert ran.err.startswith("guardrail: ")
    assert guardrail("consent", "show", "--subject", "u", "--state", "s").out == ""


def test_who_asks_and_what_for_come_from_the_settings(guardrail: Run, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(
        "state: t\nservice: {owner: Мысал ЖШС, bin: '990140000007', purpose: support.answer}\n",
        encoding="utf-8",
    )
    ran = guardrail(
        *("consent", "grant", "--subject", "u", "--pii", "KZ_IIN", "--config", "g.yaml"),
        *("--notice-url", "https://example.kz/p", "--withdrawal", "https://example.kz/w"),
        *("--recipient", "llm1", "--location", "KZ", "--location", "US", "--public"),
    )
    assert ran.code == 0, ran.err
    record = ran.out.splitlines()[0].removeprefix("record ")
    shown = guardrail("consent", "show", "--record", record, "--config", "g.yaml").out
    for said in ("Мысал ЖШС", "support.answer", "llm1", "US"):
        assert said in shown
    assert (tmp_path / "t").is_dir()


def test_a_grant_that_cant_be_proved_isnt_given(
    guardrail: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guardrail.cli import consent  # noqa: PLC0415 - the module, not the command
    from guardrail.errors import EvidenceError  # noqa: PLC0415

    def fail(*_: object) -> None:
        raise EvidenceError("disk full")

    monkeypatch.setattr(consent, "_put_on_record", fail)
    assert guardrail(*GRANT).code == 2
    assert guardrail("consent", "show", "--subject", "u-17", "--state", "s").out == ""
