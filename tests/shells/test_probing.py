"""Probes look like anybody's requests, and what was promised of them is held against the log."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import orjson
import pytest

from guardrail.errors import BadInput, EvidenceError
from guardrail.evidence import Receipt, open_checkpoint
from guardrail.evidence.proof import prove
from guardrail.shells.probing import Probe, check, probe, prove_by_url, read_probes
from guardrail.testing.log_of_tiles import LogOfTiles
from guardrail.testing.web import Web

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def log() -> LogOfTiles:
    one = LogOfTiles()
    one.grow(9)
    return one


def proofs(log: LogOfTiles, receipt: Receipt) -> tuple[bytes, bytes]:
    def read(name: str) -> bytes | None:
        return log.objects.read(f"2026h2/{name}")

    note = read("checkpoint") or b""
    checkpoint = open_checkpoint(note, log.shard_key)
    return bytes(prove(read, receipt.n, note, checkpoint)), read("key") or b""


def kept(*receipts: str) -> Probe:
    return Probe(at="2026-11-23", status=200, request="req_1", receipts=", ".join(receipts))


def test_a_probe_is_a_question_like_any_and_its_receipts_are_kept() -> None:
    with Web(lambda *_: (200, "application/json", b"{}")) as web:
        web.extra = {"Guardrail-Receipt": "a receipt", "guardrail-request-id": "req_1"}
        sent = [
            probe(f"{web.url}/v1/chat/completions", model="m", headers={"A": "b"}, now=lambda: NOW)
            for _ in range(20)
        ]
    assert sent[0] == Probe(
        at="2026-11-23T07:00:00+00:00", status=200, request="req_1", receipts="a receipt"
    )
    bodies = [orjson.loads(body) for _, body in web.asked]
    questions = {body["messages"][0]["content"] for body in bodies}
    assert len(questions) > 10
    assert all(re.search(r"\d{3}", question) for question in questions)
    assert not any("probe" in question.lower() for question in questions)
    assert {body["model"] for body in bodies} == {"m"}


def test_what_was_kept_is_read_again() -> None:
    some = [kept("x"), kept()]
    assert read_probes(b"".join(map(bytes, some)) + b"\n") == some


@pytest.mark.parametrize("data", [b"x", b"{}", b"[]", b'{"at": 1}'])
def test_what_wasnt_kept_by_a_probe_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="probe"):
        read_probes(data)


def test_each_receipt_is_proven_or_told(log: LogOfTiles) -> None:
    good = log.receipts[3].header("guard.example")
    changed = good.replace(log.receipts[3].leaf, "0" * 64)
    foreign = log.receipts[3].header("other.example")
    beyond = good.replace(";n=3;", ";n=99;")
    results = list(
        check(
            [kept(good, changed), kept(), kept(foreign, beyond)],
            log.root,
            lambda receipt: proofs(log, receipt),
        )
    )
    problems = [one.problem for one in results]
    assert [bool(problem) for problem in problems] == [False, True, True, True]
    assert "doesn't lead" in problems[1]
    assert "another log" in problems[2]
    assert "yet" in problems[3]


def test_a_receipt_that_isnt_one_is_told(log: LogOfTiles) -> None:
    with pytest.raises(BadInput, match="receipt"):
        list(check([kept("nonsense")], log.root, lambda receipt: proofs(log, receipt)))


def test_a_proof_under_somebody_elses_key_is_none(log: LogOfTiles) -> None:
    forger = LogOfTiles(seed=2)
    forger.grow(9)
    receipt = forger.receipts[0].header("guard.example")
    [result] = check([kept(receipt)], log.root, lambda one: proofs(forger, one))
    assert result.problem


def test_a_guard_is_asked_for_the_proof_and_the_key(log: LogOfTiles) -> None:
    def guard(path: str, _: bytes) -> tuple[int, str, bytes]:
        place = "/.well-known/guardrail/evidence/"
        proof, key = proofs(log, log.receipts[3])
        found = {f"{place}writer-3.tlog-proof": proof, f"{place}2026h2.key": key}
        return (200, "text/plain", found[path]) if path in found else (404, "text/plain", b"")

    with Web(guard) as web:
        ask = prove_by_url(f"{web.url}/")
        some = [log.receipts[3].header("guard.example"), log.receipts[4].header("guard.example")]
        problems = [one.problem for one in check([kept(*some)], log.root, ask)]
    assert problems == ["", "it isn't in the log"]


def test_a_guard_that_fails_or_is_gone_proves_nothing(log: LogOfTiles) -> None:
    with (
        Web(lambda *_: (503, "text/plain", b"")) as web,
        pytest.raises(EvidenceError, match="503"),
    ):
        prove_by_url(web.url)(log.receipts[3])
    with pytest.raises(EvidenceError, match="doesn't answer"):
        prove_by_url(web.url)(log.receipts[3])
    with pytest.raises(BadInput, match="http"):
        prove_by_url("file:///etc")(log.receipts[3])
