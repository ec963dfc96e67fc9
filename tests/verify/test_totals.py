"""Totals, by the product's own rule and by the verifier's."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.evidence import (
    Entry,
    EntryKind,
    Totals,
    leaf_hash,
)
from guardrail.testing.raw_entries import encoded, record
from guardrail.verify import (
    entries,
)
from guardrail.verify.totals import Name, Sum, agree, names_of

RULES = st.lists(st.sampled_from(["a", "b"]), max_size=3)


def read(body: bytes) -> entries.Entry:
    return entries.read_entry(body, leaf_hash(body))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["request", "reply"]), RULES), max_size=12))
def test_totals_are_counted_as_the_product_counts_them(
    told: list[tuple[str, list[str]]],
) -> None:
    ours, theirs = Totals(), Sum(exact=True)
    for kind, rules in told:
        hits = [{"rule": rule, "article": "Art. 1", "action": "mask"} for rule in rules]
        fields: dict[str, object] = {"dir": "request", "hits": hits} if rules else {}
        Entry(kind=EntryKind(kind), req="r", fields=fields)  # type: ignore[arg-type]
        ours.add(kind, fields)
        theirs.count(names_of(read(encoded(json.loads(record(kind, req="r")) | fields))))
    (said,) = ours.parts()
    assert theirs.right(read(record("writer.beat", totals=said)))


MASK, DELAY = ("request", "kz.pd.1", "mask"), ("request", "kz.pd.1", "delay")
OTHER = ("request", "kz.pd.1", "other")


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({MASK: 2, OTHER: 3}, {MASK: 2, DELAY: 3}),
        ({MASK: 2, OTHER: 1, DELAY: 2}, {MASK: 2, DELAY: 3}),
        ({("request",): 1, ("other",): 2}, {("request",): 1, ("handover",): 2}),
        ({OTHER: 5, MASK: 1}, {OTHER: 3, DELAY: 2, MASK: 1}),
    ],
)
def test_totals_may_say_other_of_what_only_newer_versions_know(
    told: dict[Name, int], due: dict[Name, int]
) -> None:
    assert agree(Counter(told), Counter(due))


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({MASK: 2, OTHER: 2}, {MASK: 2, DELAY: 3}),
        ({MASK: 2, OTHER: 4}, {MASK: 2, DELAY: 3}),
        ({MASK: 1, OTHER: 4}, {MASK: 2, DELAY: 3}),
        ({MASK: 3, OTHER: 2}, {MASK: 2, DELAY: 3}),
        ({OTHER: 2}, {MASK: 2}),
        ({("other",): 1}, {("request",): 1}),
        ({("other",): 3}, {DELAY: 3}),
        ({}, {DELAY: 1}),
        ({OTHER: 1}, {OTHER: 2}),
    ],
)
def test_other_hides_nothing_that_every_version_knows_and_no_count(
    told: dict[Name, int], due: dict[Name, int]
) -> None:
    assert not agree(Counter(told), Counter(due))


@given(
    st.dictionaries(st.sampled_from([MASK, DELAY, ("request",), ("handover",)]), st.integers(1, 3)),
    st.sampled_from([MASK, DELAY, ("request",), ("handover",), OTHER]),
    st.integers(-2, 2).filter(bool),
)
def test_totals_that_are_off_by_any_count_are_found(
    due: dict[Name, int], name: Name, off: int
) -> None:
    assert agree(Counter(due), Counter(due))
    told = Counter(due)
    told[name] += off
    assert not agree(told, Counter(due))
