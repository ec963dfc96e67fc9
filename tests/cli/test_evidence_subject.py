from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from guardrail.settings import Settings
from guardrail.shells.erasing import epoch_keys, open_keeper
from guardrail.shells.keeping import packed
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.verify import verify_log

Run = Callable[..., Any]

IIN = "900101300017"


def on_disk(state: State) -> bytes:
    return b"".join(one.read_bytes() for one in state.root.rglob("*") if one.is_file())


def is_sound(state: State) -> bool:
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    return verify_log(ObjectFolder(state.evidence), vkey).ok


def test_a_persons_entries_are_found_by_the_id_in_ones_own_system(
    evidence: Run, state: State
) -> None:
    ran = evidence("find", "--subject", "u-17")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert [line.split("  ")[2:] for line in lines] == [
        ["request", "req_1", "refuse"],
        ["request", "req_2", "refuse"],
    ]
    assert evidence("find", "--subject", "nobody").out == ""
    told = [json.loads(one) for one in evidence("find", "--subject", "u-18", "--json").out.split()]
    assert [one["req"] for one in told] == ["req_3"]
    assert told[0]["place"].startswith("20")


def test_a_request_is_shown_and_its_body_not_unless_one_asks(evidence: Run, state: State) -> None:
    ran = evidence("show", "req_1")
    assert ran.code == 0
    assert "refuse" in ran.out
    assert IIN not in ran.out
    assert b'"t":"export"' not in on_disk(state)


def test_to_open_a_body_takes_a_reason_and_is_on_record(
    evidence: Run, state: State, body: bytes
) -> None:
    ran = evidence("show", "req_1", "--details", "--reason", "case-114")
    assert ran.code == 0, ran.err
    assert f"--- request, {len(body)} bytes" in ran.out
    assert body.decode() in ran.out
    (line,) = [line for line in evidence("show", "req_1").out.splitlines() if "export" in line]
    assert "req_1" in line
    assert b'"reason":"case-114"' in on_disk(state)
    assert is_sound(state)


@pytest.mark.parametrize("reason", ["", "Ivan Ivanov sues"])
def test_without_a_plain_reason_no_body_is_opened(evidence: Run, state: State, reason: str) -> None:
    ran = evidence("show", "req_1", "--details", "--reason", reason)
    assert (ran.code, "one word" in ran.err) == (2, True)
    assert IIN not in ran.out


def test_what_isnt_there_is_told(evidence: Run, state: State) -> None:
    assert "no entry" in evidence("show", "req_9").err
    evidence("erase", "--request", "req_1", "--yes")
    ran = evidence("show", "req_1", "--details", "--reason", "c")
    assert (ran.code, "no body" in ran.err) == (2, True)


def test_a_body_that_was_swapped_for_another_isnt_shown(evidence: Run, state: State) -> None:
    settings = Settings.model_validate({"state": state.root, "evidence": {"details": "refused"}})
    keeper = open_keeper(settings)
    assert keeper is not None
    keeper._details.put(packed("request", b"forged"), subject="", request="req_1", made=1)
    keeper.close()
    ran = evidence("show", "req_1", "--details", "--reason", "c")
    assert (ran.code, "isn't the one on record" in ran.err) == (2, True)
    assert "forged" not in ran.out


def test_an_erased_person_cant_be_found_and_the_evidence_still_verifies(
    evidence: Run, state: State
) -> None:
    ran = evidence("erase", "--subject", "u-17", "--yes")
    assert (ran.code, ran.out) == (0, "erased: 2 bodies; unlinked in 1 half-years\n"), ran.err
    assert evidence("find", "--subject", "u-17").out == ""
    assert len(evidence("find", "--subject", "u-18").out.splitlines()) == 1
    assert "req_1" in evidence("show", "req_1").out
    assert is_sound(state)
    assert IIN.encode() not in on_disk(state)


def test_a_half_year_is_erased_whole(evidence: Run, state: State) -> None:
    (epoch,) = epoch_keys(Settings(state=state.root)).epochs()
    assert evidence("erase", "--epoch", epoch, "--yes").code == 0
    assert evidence("find", "--subject", "u-18").out == ""
    assert is_sound(state)
    assert "no key" in evidence("erase", "--epoch", "2020h1", "--yes").err


def test_nobody_is_erased_by_mistake(evidence: Run, state: State) -> None:
    assert evidence("erase", "--subject", "u-17").code == 1, "nobody said yes"
    ran = evidence("erase", "--subject", "u-17", "--request", "req_1", "--yes")
    assert (ran.code, "one of" in ran.err) == (2, True)
    assert len(evidence("find", "--subject", "u-17").out.splitlines()) == 2


def test_a_hold_keeps_a_person_from_being_erased_until_it_is_lifted(
    evidence: Run, state: State
) -> None:
    ran = evidence("hold", "add", "--reason", "case-114", "--subject", "u-17")
    assert ran.code == 0, ran.err
    hold = ran.out.removeprefix("held ").strip()
    listed = evidence("hold", "list").out
    assert (hold in listed, "case-114" in listed, "u-17" in listed) == (True, True, False)
    ran = evidence("erase", "--subject", "u-17", "--yes")
    assert (ran.code, "legal hold" in ran.err, hold in ran.err) == (2, True, True)
    assert evidence("hold", "lift", hold).out == f"lifted {hold}\n"
    assert evidence("hold", "list").out == ""
    assert evidence("erase", "--subject", "u-17", "--yes").code == 0
    assert on_disk(state).count(b'"t":"hold"') >= 2
    assert is_sound(state)
