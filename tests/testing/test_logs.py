from guardrail.evidence import Entry, EntryKind
from guardrail.stores.evidence_reader import read_entries
from guardrail.testing.logs import ToldLog
from guardrail.verify import verify_log

MARCH, AUGUST = 1_772_323_200_000_000, 1_785_542_400_000_000


def test_a_told_log_is_one_that_verifies_over_shards_and_writers() -> None:
    log = ToldLog(MARCH)
    log.record(Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "client_gone"}))
    log.step()
    log.go_on(AUGUST)
    log.record(Entry(kind=EntryKind.ERROR, req="req_2", fields={"code": "client_gone"}))
    log.step()
    report = verify_log(log.objects, vkey=log.vkey)
    assert report.problems == ()
    found = [
        one for one in read_entries(log.objects, MARCH, AUGUST + 1) if b'"t":"error"' in one[2]
    ]
    assert [shard for shard, _, _ in found] == ["2026h1", "2026h2"]
