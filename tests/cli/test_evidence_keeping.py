from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.settings import Settings
from guardrail.shells.erasing import open_keeper
from guardrail.shells.evidence_log import now_us
from guardrail.shells.keeping import packed
from guardrail.stores.pruning import DAY_US
from guardrail.stores.state import State

Run = Callable[..., Any]


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


def test_old_bodies_are_pruned_and_a_rehearsal_only_says_so(
    evidence: Run, state: State, body: bytes
) -> None:
    settings = Settings.model_validate({"state": state.root, "evidence": {"details": "refused"}})
    keeper = open_keeper(settings)
    assert keeper is not None
    for request in ("old", "held"):
        made = now_us() - 31 * DAY_US
        keeper._details.put(packed("request", body), subject="", request=request, made=made)
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
