from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.evidence import RECORD_LIMIT, Entry, EntryKind, Totals, Value
from guardrail.evidence.entry import COMMON_BYTES
from guardrail.evidence.totals import KINDS, counted
from guardrail.facts import Action, Direction

RULES = st.from_regex(r"[a-z][a-z0-9.]{0,20}", fullmatch=True)
HITS = st.lists(st.fixed_dictionaries({"rule": RULES, "action": st.sampled_from(Action)}))
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(EntryKind),
        st.fixed_dictionaries({"dir": st.sampled_from(Direction), "hits": HITS}),
    )
)


def totals_of(entries: list[tuple[EntryKind, dict[str, Value]]]) -> Totals:
    totals = Totals()
    for kind, fields in entries:
        totals.add(kind, fields)
    return totals


def test_a_rule_counts_once_for_each_entry_by_direction_and_action() -> None:
    hit = {"rule": "kz.10", "action": "mask"}
    totals = Totals()
    totals.add("request", {"dir": "request", "hits": [hit, {"rule": "kz.11", "action": "allow"}]})
    totals.add("reply", {"dir": "reply", "hits": (hit,)})
    totals.add("request", {"dir": "request", "hits": [hit]})
    totals.add("request", {})
    assert list(totals.parts()) == [
        {
            "records": {"request": 3, "reply": 1},
            "decisions": [
                {"dir": "reply", "rule": "kz.10", "action": "mask", "count": 1},
                {"dir": "request", "rule": "kz.10", "action": "mask", "count": 2},
                {"dir": "request", "rule": "kz.11", "action": "allow", "count": 1},
            ],
        }
    ]


def test_a_rule_that_applied_in_no_direction_isnt_counted() -> None:
    totals = Totals()
    totals.add("request", {"hits": [{"rule": "kz.10", "action": "mask"}]})
    assert list(totals.parts()) == [{"records": {"request": 1}, "decisions": []}]


@given(ENTRIES)
def test_what_totals_say_in_however_many_parts_is_what_was_counted(
    entries: list[tuple[EntryKind, dict[str, Value]]],
) -> None:
    totals, heard = totals_of(entries), Totals()
    for part in totals.parts():
        heard.take(part)
    assert heard.records == totals.records
    assert heard.decisions == totals.decisions


def most(rules: int) -> Totals:
    """The largest totals that there can be of so many rules."""
    totals = Totals()
    for kind in EntryKind:
        totals.records[str(kind)] = 2**53 - 1
    for n in range(rules):
        key = "reply", f"{n:03d}{'r' * 157}", str(max(Action, key=len))
        totals.decisions[key] = 2**53 - 1
    return totals


@pytest.mark.parametrize(("rules", "parts"), [(0, 1), (1, 1), (30, 1), (31, 2), (200, 7)])
def test_the_largest_totals_fit_their_entries_beside_thirty_heads(rules: int, parts: int) -> None:
    heads: Value = [{"w": "w" * 65, "n": 2**53 - 1, "leaf": "f" * 64}] * 30
    said = list(most(rules).parts())
    assert len(said) == parts
    for part in said:
        fields: Mapping[str, Value] = {"totals": part, "heads": heads, "more": True}
        Entry(kind=EntryKind.LOG_SEAL, fields=fields)


def test_no_part_of_totals_comes_near_the_limit_of_a_record() -> None:
    assert max(len(str(part)) for part in most(100).parts()) < RECORD_LIMIT - COMMON_BYTES


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"hits": "kz.10"}, ()),
        ({"dir": "request", "hits": {"rule": "kz.10"}}, ()),
        ({"dir": "request", "hits": ["kz.10", {"rule": "r", "action": "mask"}]},
         (("request", "r", "mask"),)),
        ({"dir": "sideways", "hits": [{"rule": "r", "action": "mask"}]}, (("other", "r", "mask"),)),
        ({"dir": "reply", "hits": [{"rule": "a b", "action": "mask"}]},
         (("reply", "other", "mask"),)),
        ({"dir": "reply", "hits": [{"rule": "r", "action": "delay"}]}, (("reply", "r", "other"),)),
        ({"dir": "reply", "hits": [{}]}, (("reply", "None", "other"),)),
    ],
)  # fmt: skip
def test_what_isnt_known_here_is_counted_as_other(
    fields: dict[str, object], told: tuple[tuple[str, str, str], ...]
) -> None:
    assert counted(fields) == told


def test_a_kind_that_no_record_could_name_is_counted_as_other_and_so_are_very_many() -> None:
    totals = Totals()
    for kind in ("no kind", "k" * 65, "", *(f"kind{n}" for n in range(KINDS + 50)), "kind1"):
        totals.add(kind, {})
    assert totals.records["other"] == 3 + 51
    assert totals.records["kind1"] == 2
    assert totals.records.total() == KINDS + 54
    for part in totals.parts():
        Entry(kind=EntryKind.LOG_SEAL, fields={"totals": part})


def test_what_wasnt_understood_of_totals_counts_as_nothing() -> None:
    totals = Totals()
    totals.take({"records": None, "decisions": "none"})
    assert (totals.records, totals.decisions) == ({}, {})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["request", "reply", "Ж"]),
            st.sampled_from([(), (("reply", "a", "mask"),), (("reply", "a", "mask"),) * 2]),
        )
    )
)
def test_entries_counted_at_once_are_counted_as_one_by_one(
    entries: list[tuple[str, tuple[tuple[str, str, str], ...]]],
) -> None:
    at_once, one_by_one = Totals(), Totals()
    at_once.count_all(entries)
    for kind, rules in entries:
        one_by_one.count(kind, rules)
    assert (at_once.records, at_once.decisions) == (one_by_one.records, one_by_one.decisions)
    assert at_once.records.total() == len(entries)
