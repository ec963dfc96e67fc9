import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.stores import index_names
from guardrail.stores.index_names import Names, Told, line

NAMES = Names("requests")
SHARD, NEXT = "2026h2", "2027h1"


@contextmanager
def made() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for statement in NAMES.schema:
            db.execute(statement)
        yield db


def lists(db: sqlite3.Connection) -> int:
    ((count,),) = db.execute("SELECT COUNT(*) FROM requests_lists")
    return int(count)


@given(
    st.lists(st.lists(st.sampled_from(["a", "a!", "ab", "b", "я"]), max_size=9), max_size=40),
    st.integers(0, 120),
)
def test_all_that_names_something_is_found_however_it_came(
    steps: list[list[str]], below: int
) -> None:
    with made() as db, pytest.MonkeyPatch.context() as small:
        for limit, value in {"PIECE": 2, "FEW": 2, "LONG": 8}.items():
            small.setattr(index_names, limit, value)
        told: list[tuple[str, Told]] = []
        for shard in (SHARD, NEXT):
            at = 0
            for names in steps:
                new = [(name, Told(shard, at + n, n, "reply")) for n, name in enumerate(names)]
                NAMES.add(db, shard, [line(name, one.at, one.ts, one.kind) for name, one in new])
                told += new
                at += len(names)
        for name in ("a", "a!", "ab", "b", "c", "я"):
            assert NAMES.find(db, name, 999) == [one for called, one in told if called == name]
        NAMES.forget(db, SHARD, below)
        for name in ("a", "a!", "ab", "b", "я"):
            assert NAMES.find(db, name, 999) == [
                one for called, one in told if called == name and not _is_below(one, below)
            ]


def _is_below(one: Told, below: int) -> bool:
    return one.shard == SHARD and one.at < below


def test_many_short_lists_become_a_few_long_ones() -> None:
    with made() as db:
        for at in range(5_000):
            NAMES.add(db, SHARD, [line(f"req_{at}", at, 1, "request")])
        assert lists(db) < 40
        assert NAMES.find(db, "req_77", 9) == [Told(SHARD, 77, 1, "request")]


def test_a_long_list_stays_as_it_is() -> None:
    with made() as db:
        for turn in range(index_names.FEW):
            places = range(turn * index_names.LONG, (turn + 1) * index_names.LONG)
            NAMES.add(db, SHARD, [line(f"req_{at}", at, 1, "request") for at in places])
        assert lists(db) == index_names.FEW


def test_only_the_first_are_told_of_what_is_named_often() -> None:
    with made() as db:
        for at in range(0, 300, 30):
            NAMES.add(db, SHARD, [line("p", at + n, 1, "reply") for n in range(30)])
        assert [one.at for one in NAMES.find(db, "p", 100)] == list(range(100))


def test_what_no_name_can_be_is_left_out_and_nothing_else() -> None:
    with made() as db:
        wrong = [line("a\nb", 1, 1, "request"), line("a\tb", 2, 1, "request")]
        NAMES.add(db, SHARD, [line("a", 0, 1, "request"), *wrong, line("a", 3, 1, "\u2028")])
        assert [one.at for one in NAMES.find(db, "a", 9)] == [0, 3]
        NAMES.add(db, SHARD, wrong)
        NAMES.add(db, SHARD, [])
        assert lists(db) == 1


def test_who_looks_for_a_name_reads_no_whole_table() -> None:
    with made() as db:
        plans: list[str] = []
        NAMES.add(db, SHARD, [line("a", 0, 1, "request")])
        db.set_trace_callback(plans.append)
        NAMES.find(db, "a", 9)
        db.set_trace_callback(None)
        (asked,) = plans
        steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked}")]
        scanned = [step for step in steps if step.startswith("SCAN")]
        assert scanned, "each list is looked into"
        assert all(step.startswith("SCAN lists") for step in scanned)
