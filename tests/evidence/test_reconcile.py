from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guardrail.evidence.reconcile import Counted, reconcile

Record = dict[str, Any]
HIT = {"rule": "kz.10", "action": "mask"}


def told(writer: str, count: int) -> list[Record]:
    """A writer's start, and requests in which a rule applied."""
    start = {"t": "writer.start", "w": writer, "n": 0}
    more = [
        {"t": "request", "dir": "request", "hits": [HIT], "w": writer, "n": n}
        for n in range(1, count)
    ]
    return [start, *more][:count]


def counted(records: Sequence[Mapping[str, Any]]) -> Counted:
    """What a guard would have counted that wrote these."""
    made = Counted()
    for record in records:
        made.writers[record["w"]] = record["n"] + 1
        made.totals.add(record["t"], record)
    return made


def said(made: Counted, records: Sequence[Record]) -> list[str]:
    return [str(one) for one in reconcile(made, records)]


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9)),
    st.randoms(use_true_random=False),
)
def test_whatever_came_later_or_of_others_every_log_that_holds_what_was_counted_is_fine(
    before: dict[str, int], later: dict[str, int], random: Random
) -> None:
    made = counted([one for writer, count in before.items() for one in told(writer, count)])
    writers = {
        writer: told(writer, before.get(writer, 0) + later.get(writer, 0))
        for writer in before.keys() | later
    }
    turns = [writer for writer, records in writers.items() for _ in records]
    random.shuffle(turns)
    left = {writer: iter(records) for writer, records in writers.items()}
    log = [next(left[writer]) for writer in turns]
    again = [one for records in writers.values() for one in records]
    assert said(made, log + again) == []


def test_an_entry_that_the_log_lost_is_told_by_writer_kind_and_rule() -> None:
    records = told("a", 4)
    for log in (records[:3], records[:1] + records[2:], records[2:]):
        told_ = said(counted(records), log)
        assert told_[0] == f"entries of writer a: 4 by the metrics, {len(log)} in the log"
        requests = sum(one["t"] == "request" for one in log)
        assert f"entries request: 3 by the metrics, {requests} in the log" in told_
        assert told_[-1] == f"decisions request kz.10 mask: 3 by the metrics, {requests} in the log"


def test_an_entry_that_was_rewritten_is_told() -> None:
    records = told("a", 3)
    other = [*records[:2], {**records[2], "hits": [{"rule": "kz.10", "action": "allow"}]}]
    assert said(counted(records), other) == [
        "decisions request kz.10 allow: 0 by the metrics, 1 in the log",
        "decisions request kz.10 mask: 2 by the metrics, 1 in the log",
    ]


def test_a_writer_that_the_log_doesnt_know_lacks_all_its_entries() -> None:
    assert said(counted(told("a", 1)), told("b", 5)) == [
        "entries of writer a: 1 by the metrics, 0 in the log",
        "entries writer.start: 1 by the metrics, 0 in the log",
    ]


def test_records_without_a_writer_or_number_are_passed_over() -> None:
    assert (
        said(counted(told("a", 2)), [{"t": "request"}, *told("a", 2), {"w": "a", "n": "2"}]) == []
    )
