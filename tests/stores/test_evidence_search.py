import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.stores.evidence_search import naming
from guardrail.testing.logs import ToldLog

MARCH, AUGUST = 1_772_323_200_000_000, 1_785_542_400_000_000
NAME, OTHER = "p:2026h1:" + "a" * 32, "p:2026h1:" + "b" * 32


def said(n: int, **fields: str) -> Entry:
    return Entry(kind=EntryKind.ERROR, req=f"req_{n}", fields={"code": "too_deep", **fields})


@pytest.fixture
def log() -> ToldLog:
    log = ToldLog(MARCH)
    for n in range(300):
        log.record(said(n, sub=NAME) if n in {3, 299} else said(n))
        if n % 50 == 0:
            log.step()
    log.go_on(AUGUST)
    log.record(said(3))
    log.record(said(7, x_about=NAME))
    log.step()
    return log


def test_a_requests_entries_are_found_in_every_shard_in_their_order(log: ToldLog) -> None:
    found = list(naming(log.objects, ["req_3"], ("req",)))
    assert [one.shard for one in found] == ["2026h1", "2026h2"]
    assert all(one.record["req"] == "req_3" for one in found)


def test_each_entry_is_found_once_however_many_bundles_hold_it(log: ToldLog) -> None:
    partials = [name for name in log.objects.names("2026h1/tile/entries/") if ".p/" in name]
    assert len(partials) > 1
    found = list(naming(log.objects, {NAME}, ("sub",)))
    assert [one.record["req"] for one in found] == ["req_3", "req_299"]
    assert found[1].place == f"2026h1/{found[1].index}"
    assert found[1].index > 256


def test_only_whole_values_of_the_fields_that_were_named_count(log: ToldLog) -> None:
    assert list(naming(log.objects, [NAME[:20]], ("sub",))) == []
    assert list(naming(log.objects, [NAME], ("req",))) == []
    assert list(naming(log.objects, [OTHER], ("sub",))) == []
    assert list(naming(log.objects, [], ("sub",))) == []


def test_a_bundle_that_cant_be_read_is_told(log: ToldLog) -> None:
    for data in (b"\x00\x05req_3", b'\x00\x07"req_3"', b"\x00\x09req_3"):
        log.objects.held["2026h1/tile/entries/000"] = data
        with pytest.raises(EvidenceError):
            list(naming(log.objects, ["req_3"], ("req",)))


def test_what_was_deleted_meanwhile_is_passed_over(log: ToldLog) -> None:
    del log.objects.held["2026h1/tile/entries/000"]
    found = list(naming(log.objects, [NAME], ("sub",)))
    # An older part of it may still be there, until pruning comes by.
    assert found[-1].record["req"] == "req_299"
