from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.consent import pseudonym
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.settings import Settings
from guardrail.shells.erasing import epoch_keys, open_keeper
from guardrail.shells.evidence_log import now_us, put_on_record
from guardrail.shells.keeping import packed
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.pruning import DAY_US
from guardrail.stores.state import State

Run = Callable[..., Any]

IIN = "900101300017"
BODY = f'{{"messages":[{{"role":"user","content":"Менің ЖСН {IIN}"}}]}}'.encode()


@pytest.fixture
def evidence(guardrail: Run) -> Run:
    """Return what runs `guardrail evidence …` in the state directory `s`."""
    return lambda *words: guardrail("evidence", *words, "--state", "s")


@pytest.fixture
def state(tmp_path: Path) -> State:
    """Return the state of a guard that refused two requests of one person and one of another."""
    state = State(tmp_path / "s")
    state.make()
    settings = Settings.model_validate({"state": state.root, "evidence": {"details": "refused"}})
    key = load_or_create_secret(state.pseudonym_key)
    keeper = open_keeper(settings)
    assert keeper is not None
    names = epoch_keys(settings).at(now_us())
    for request, subject in (("req_1", "u-17"), ("req_2", "u-17"), ("req_3", "u-18")):
        whose = pseudonym(key, subject)
        kept = keeper._details.put(
            packed("request", BODY), subject=whose, request=request, made=now_us()
        )
        fields: dict[str, Value] = {"act": "refuse", "sub": names.of(whose), "blob": kept.blob}
        put_on_record(settings, [Entry(kind=EntryKind.REQUEST, req=request, fields=fields)])
    keeper.close()
    return state


def on_disk(state: State) -> bytes:
    return b"".join(one.read_bytes() for one in state.root.rglob("*") if one.is_file())


def test_a_request_and_a_time_can_be_held(evidence: Run, state: State) -> None:
    assert evidence("hold", "add", "--reason", "c", "--request", "req_1").code == 0
    days = ("--from", "2026-01-01", "--to", "2126-01-01")
    assert evidence("hold", "add", "--reason", "c", *days).code == 0
    assert evidence("hold", "add", "--reason", "c", "--from", "2026-01-01").code == 0
    listed = evidence("hold", "list").out
    assert "req_1" in listed
    assert "from 2026-01-01T00:00:00Z to 2126-01-02T00:00:00Z" in listed
    assert "legal hold" in evidence("erase", "--request", "req_2", "--yes").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reason", "c"), "one of"),
        (("--reason", "c", "--to", "2026-01-01", "--request", "req_1"), "one of"),
        (("--reason", "c", "--from", "yesterday"), "no day"),
        (("--reason", "two words", "--request", "req_1"), "one word"),
    ],
)
def test_a_hold_that_isnt_one_is_told(
    evidence: Run, state: State, words: tuple[str, ...], said: str
) -> None:
    ran = evidence("hold", "add", *words)
    assert (ran.code, said in ran.err) == (2, True)
    assert "no such hold" in evidence("hold", "lift", "hold_1").err


def test_young_evidence_isnt_pruned(evidence: Run, state: State) -> None:
    before = on_disk(state)
    for words in (("prune", "--dry-run"), ("prune",)):
        ran = evidence(*words)
        assert ran.code == 0, ran.err
        assert ran.out.startswith("0 entries, 0 bodies")
    assert b'"t":"erasure"' not in on_disk(state)
    assert before.count(b'"t":"request"') == on_disk(state).count(b'"t":"request"')


def test_old_bodies_are_pruned_and_a_rehearsal_only_says_so(evidence: Run, state: State) -> None:
    settings = Settings.model_validate({"state": state.root, "evidence": {"details": "refused"}})
    keeper = open_keeper(settings)
    assert keeper is not None
    for request in ("old", "held"):
        made = now_us() - 31 * DAY_US
        keeper._details.put(packed("request", BODY), subject="", request=request, made=made)
    keeper.close()
    assert evidence("hold", "add", "--reason", "c", "--request", "held").code == 0
    assert evidence("prune", "--dry-run").out == ("0 entries, 1 bodies would go; 1 on hold stay\n")
    assert b'"t":"erasure"' not in on_disk(state)
    assert evidence("prune").out == "0 entries, 1 bodies deleted; 1 on hold stay\n"
    assert b'"t":"erasure"' in on_disk(state)
    assert evidence("prune").out == "0 entries, 0 bodies deleted; 1 on hold stay\n"


def test_less_retention_than_the_law_asks_for_prunes_nothing(
    evidence: Run, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRAIL_EVIDENCE__RETENTION_DAYS", "182")
    ran = evidence("prune")
    assert (ran.code, "183 days at least (230-VIII art. 15(2)(2))" in ran.err) == (2, True)
