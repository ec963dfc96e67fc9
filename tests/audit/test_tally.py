from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.audit import Place, Tally
from guardrail.audit.tally import CASES_PER_RULE

TS = 1_795_000_000_000_000


def place(index: int) -> Place:
    return Place(shard="2026h2", index=index, leaf=f"{index * 2_654_435_761 % 2**32:064x}")


def refused(number: int) -> Mapping[str, object]:
    return {"t": "request", "ts": TS + number, "w": "w", "req": f"r{number}", "act": "refuse",
            "hits": [{"rule": "a", "article": "x", "action": "refuse"}]}  # fmt: skip


def counted(*entries: Mapping[str, object]) -> Tally:
    tally = Tally()
    for index, entry in enumerate(entries):
        tally.add({"ts": TS, "w": "w", **entry}, place(index))
    return tally


def test_messages_are_counted_by_kind_and_action(tally: Tally) -> None:
    assert tally.acts["request", "refuse"] == 3
    assert tally.acts["request", "mask"] == 3
    assert tally.acts["request", "allow"] == 6
    assert tally.acts["reply", "allow"] == 9
    assert tally.entries == 21


def test_rules_articles_and_data_are_counted(tally: Tally) -> None:
    assert tally.of_rule("kz.10.personal-data") == {"mask": 3, "refuse": 3}
    assert tally.articles["230-VIII art. 10", "refuse"] == 3
    assert tally.entities["KZ_IIN", "request"] == 12
    assert tally.entities_of["kz.10.personal-data", "KZ_IIN"] == 12
    assert tally.standings["missing"] == 12


def test_persons_packs_notices_and_labels_are_counted(tally: Tally) -> None:
    assert tally.subjects.count() == 3
    ((key, period),) = tally.packs.items()
    assert key[:2] == ("kz-230-viii", "2026.11.2")
    assert (period.count, period.last - period.first) == (21, (11 * 3_600 + 1) * 1_000_000)
    assert tally.disclosed["text", "kk+ru"] == 9
    assert tally.labels["text"] == 9


def test_days_are_those_of_the_zone() -> None:
    late = {"t": "request", "ts": 1_795_046_400_000_000 - 3_600_000_000, "act": "allow"}
    for hours, day in ((0, "2026-11-18"), (5, "2026-11-19")):
        tally = Tally(zone=timezone(timedelta(hours=hours)))
        tally.add(late, place(0))
        assert list(tally.days) == [((day, "allow"), 1)]


def test_a_streams_end_doesnt_count_its_rules_again() -> None:
    hits = [{"rule": "a", "article": "x", "action": "allow"}]
    tally = counted(
        {"t": "stream.open", "act": "allow", "hits": hits},
        {"t": "stream.close", "act": "allow", "hits": hits, "code": "complete"},
    )
    assert tally.of_rule("a") == {"allow": 1}
    assert tally.endings["complete"] == 1
    assert tally.rules["a", "allow", "reply"] == 1


def test_what_went_wrong_is_counted_by_its_name() -> None:
    tally = counted(
        {"t": "error", "req": "r", "code": "upstream_timeout"},
        {"t": "unexamined", "req": "r", "opaque": {"remote": 2}, "act": "allow"},
        {"t": "incident", "code": "breach", "record": "B-1", "reason": "leak"},
        {"t": "log.anchor", "anchor": "rfc3161", "ok": True},
        {"t": "log.anchor", "anchor": "rfc3161", "ok": False},
        {"t": "consent", "state": "withdrawn"},
    )
    assert tally.errors["upstream_timeout"] == 1
    assert tally.opaque["remote"] == 2
    assert tally.kinds["unexamined"] == 1
    assert [(one.code, one.record) for one in tally.incidents] == [("breach", "B-1")]
    assert list(tally.anchors) == [(("rfc3161", False), 1), (("rfc3161", True), 1)]
    assert tally.consents["withdrawn"] == 1


def test_a_request_that_was_never_closed_is_told() -> None:
    tally = counted({"t": "request", "req": "lost", "act": "mask"})
    tally.add({"t": "writer.beat", "ts": TS + 3_600_000_000, "w": "w"}, place(9))
    assert tally.orphans() == ("lost",)


@given(st.permutations(range(30)))
def test_the_same_cases_are_shown_in_whatever_order_entries_come(order: list[int]) -> None:
    straight, mixed = Tally(), Tally()
    for number in range(30):
        straight.add(refused(number), place(number))
    for number in order:
        mixed.add(refused(number), place(number))
    assert straight.cases("a") == mixed.cases("a")
    least = sorted(place(number).leaf for number in range(30))[:CASES_PER_RULE]
    assert {case.place.leaf for case in straight.cases("a")} == set(least)


def test_an_entry_in_which_a_rule_applied_twice_is_one_case() -> None:
    twice = {**refused(1), "hits": [{"rule": "a", "action": "mask"}] * 2}
    assert len(counted(twice).cases("a")) == 1


def test_how_long_examination_took_is_counted_where_it_is_told() -> None:
    tally = counted(*({"t": "request", "act": "allow", "lat_us": us} for us in (100, 100, 9_000)))
    assert 95 <= tally.latency.at(0.5) <= 106


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=6,
)  # fmt: skip
names = st.sampled_from(["act", "hits", "pol", "sub", "standings", "lat_us", "marks", "req",
                         "disclosed", "lang", "w", "opaque", "code", "purposes"])  # fmt: skip
kinds = st.sampled_from(["request", "reply", "stream.close", "error", "incident", "x"])


@given(kinds, st.dictionaries(names, json_values))
def test_no_entry_however_odd_breaks_the_count(kind: str, fields: dict[str, object]) -> None:
    tally = Tally()
    tally.add({**fields, "t": kind, "ts": TS}, place(0))
    assert tally.entries == 1
    assert tally.kinds[kind] == 1


def test_memory_doesnt_grow_with_requests_that_come_to_an_end() -> None:
    def many() -> Iterator[Mapping[str, object]]:
        for number in range(3_000):
            yield {"t": "request", "req": f"r{number}", "act": "allow"}
            yield {"t": "reply", "req": f"r{number}", "act": "allow"}

    tally = counted(*many())
    assert tally.open.closed == 3_000
    assert not tally.open._open


@pytest.mark.parametrize("shards", [("2026h2", "2027h1")])
def test_which_entries_were_read_is_known_by_shard(shards: tuple[str, str]) -> None:
    tally = Tally()
    for shard in shards:
        for index in (7, 5, 9):
            tally.add({"t": "x", "ts": TS}, Place(shard=shard, index=index, leaf="0"))
    assert tally.shards == dict.fromkeys(shards, (5, 9))
