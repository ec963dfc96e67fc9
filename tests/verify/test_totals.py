"""Totals, by the product's own rule and by the verifier's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.evidence import (
    Entry,
    EntryKind,
    Totals,
    leaf_hash,
)
from guardrail.verify import (
    entries,
)
from guardrail.verify.totals import Sum, names_of

if TYPE_CHECKING:
    pass

RULES = st.lists(st.sampled_from(["a", "b"]), max_size=3)


def encoded(record: dict[str, object]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def record(kind: str, n: int = 0, prev: bytes = b"", **fields: object) -> bytes:
    before = leaf_hash(prev).hex() if prev else ""
    head = {"v": 1, "t": kind, "ts": 1_798_761_470_000_000, "w": "x", "n": n, "prev": before}
    return encoded(head | fields)


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
